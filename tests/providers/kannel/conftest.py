"""A loopback smsbox to answer as told, a client that sends through it, and an ear on every log."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from gateway.core.phone import PhoneNumber
from gateway.providers.kannel.client import KannelTexting
from tests.providers.ears import listening
from tests.providers.twilio import rest_server
from tests.providers.twilio.rest_server import RestServer

HERS = "+9647701234567"
PASSWORD = "passwordofnobody"
SECRET = "secretofnobody"
SECRETS = ("7701234567", "٧٧٠١٢٣٤٥٦٧", PASSWORD, SECRET)


@pytest.fixture
def smsbox() -> Iterator[RestServer]:
    with rest_server.running() as server:
        yield server


@pytest.fixture(autouse=True)
def ear(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield from listening(caplog, SECRETS)


@pytest.fixture
def turns() -> list[str]:
    """One entry for each time the client asked when it may send."""
    return []


@pytest.fixture
def texting(smsbox: RestServer, turns: list[str]) -> KannelTexting:
    return texting_for(smsbox.url + "/cgi-bin/sendsms", turns)


def texting_for(url: str, turns: list[str]) -> KannelTexting:
    return KannelTexting(
        url,
        username="sanad",
        password=PASSWORD,
        service_number="7070",
        report_url="https://hotline.example.org/kannel/status/",
        secret=SECRET,
        pace=lambda: turns.append("asked"),
        connect_within=timedelta(seconds=0.5),
        answer_within=timedelta(seconds=0.3),
    )


@pytest.fixture
def her_number() -> PhoneNumber:
    return PhoneNumber.parse(HERS)
