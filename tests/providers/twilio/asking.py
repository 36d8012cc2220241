"""How the tests of the client and of its transport ask for a call, and what they make of an error."""

import traceback
from collections.abc import Callable
from datetime import timedelta

import pytest

from gateway.core.errors import SanadError
from gateway.core.identity import CallId
from gateway.core.phone import PhoneNumber
from gateway.providers.twilio.client import TwilioTelephone
from tests.providers.twilio.conftest import SECRETS
from tests.providers.twilio.rest_server import ACCOUNT, CALL

CALLS = f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
ONE = f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{CALL}.json"
THE_CALL = CallId(CALL)
Ring = Callable[[], CallId]


def ringing(telephone: TwilioTelephone, number: PhoneNumber) -> Ring:
    return lambda: telephone.ring(
        number,
        answer_path="/twilio/voice/gate/abc",
        status_path="/twilio/status/attempt/abc",
        ring_for=timedelta(seconds=25),
        limit=timedelta(minutes=50),
    )


def caught(action: Callable[[], object]) -> SanadError:
    """The error of ours that the action ends with; checked for what must never be in one."""
    with pytest.raises(SanadError) as raised:
        action()
    error = raised.value
    told = "".join(traceback.format_exception(error)) + repr(error.__context__) + repr(error.__cause__)
    assert error.__context__ is None
    assert not [secret for secret in SECRETS if secret in told]
    return error
