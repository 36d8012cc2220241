"""A loopback provider, a telephone that calls it, and an ear on every log."""

import base64
from collections.abc import Iterator
from datetime import timedelta

import pytest

from gateway.core.phone import PhoneNumber
from gateway.providers.twilio.client import TwilioTelephone
from gateway.providers.twilio.transport import Transport
from tests.providers.ears import listening
from tests.providers.twilio import rest_server
from tests.providers.twilio.rest_server import ACCOUNT, RestServer

TOKEN = "tokenofnobody" * 3
HERS = "+9647701234567"
SECRETS = ("7701234567", "٧٧٠١٢٣٤٥٦٧", TOKEN, base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode())


@pytest.fixture
def provider() -> Iterator[RestServer]:
    with rest_server.running() as server:
        yield server


@pytest.fixture(autouse=True)
def ear(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield from listening(caplog, SECRETS)


@pytest.fixture
def turns() -> list[str]:
    """One entry for each time the telephone asked when it may place a new call."""
    return []


@pytest.fixture
def telephone(provider: RestServer, turns: list[str]) -> TwilioTelephone:
    return telephone_for(provider.url, turns)


def telephone_for(api_base: str, turns: list[str]) -> TwilioTelephone:
    return TwilioTelephone(
        account=ACCOUNT,
        token=TOKEN,
        service_number="+9647500000000",
        public_url="https://hotline.example.org/",
        pace=lambda: turns.append("asked"),
        transport=Transport(api_base, connect_within=timedelta(seconds=0.5), answer_within=timedelta(seconds=0.3)),
    )


@pytest.fixture
def her_number() -> PhoneNumber:
    return PhoneNumber.parse(HERS)
