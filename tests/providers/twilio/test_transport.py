"""How a request reaches the provider, and what a silence on the way means. All over real HTTP on loopback."""

from datetime import UTC, datetime

import pytest

from gateway.core.calls import CallStatus
from gateway.core.errors import BrokenSetting
from gateway.core.phone import PhoneNumber
from gateway.providers.twilio.client import TwilioTelephone
from gateway.providers.twilio.transport import Transport
from tests.providers.twilio import vectors
from tests.providers.twilio.asking import ONE, THE_CALL, Ring, ringing
from tests.providers.twilio.conftest import telephone_for
from tests.providers.twilio.rest_server import ACCOUNT, CALL, Answer, RestServer, call_json


@pytest.fixture
def ring(telephone: TwilioTelephone, her_number: PhoneNumber) -> Ring:
    return ringing(telephone, her_number)


# --- the transport -----------------------------------------------------------------------------------


def test_a_base_with_a_path_of_its_own_keeps_it(provider: RestServer) -> None:
    provider.will(Answer(200, call_json(status="ringing")))

    status = telephone_for(provider.url + "/switch/", []).status(THE_CALL)

    assert status is CallStatus.RINGING
    assert provider.requests[0].path == "/switch" + ONE


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "TWILIO_EDGE", "TWILIO_REGION"])
def test_the_environment_does_not_bend_the_address(
    provider: RestServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "http://127.0.0.1:1")
    provider.will(Answer(200, call_json(status="ringing")))

    assert telephone_for(provider.url, []).status(THE_CALL) is CallStatus.RINGING


@pytest.mark.parametrize("base", ["", "api.twilio.com", "ftp://x", "http://[", "http://h:no", "http://h/?a=1"])
def test_a_base_that_is_no_address_is_refused_with_its_name(base: str) -> None:
    with pytest.raises(BrokenSetting, match="TWILIO_API_BASE"):
        Transport(base)


# --- against the provider's own description of its API -------------------------------------------------


@vectors.needed
def test_every_request_fits_the_providers_description(
    provider: RestServer, telephone: TwilioTelephone, ring: Ring, her_number: PhoneNumber
) -> None:
    provider.will(
        Answer(201, call_json()), Answer(200, call_json()), Answer(200, call_json()), Answer(200, call_json())
    )
    provider.will(Answer(200, {"calls": []}), Answer(204))

    ring()
    telephone.redirect(THE_CALL, path="/x")
    telephone.hang_up(THE_CALL)
    telephone.status(THE_CALL)
    telephone.placed_since(her_number, datetime(2025, 11, 24, tzinfo=UTC))
    telephone.forget(THE_CALL)

    assert len(provider.requests) == 6
    for request in provider.requests:
        vectors.check(request.method, request.path.replace(ACCOUNT, "{AccountSid}").replace(CALL, "{Sid}"), request)
