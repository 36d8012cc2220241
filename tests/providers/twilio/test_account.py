"""Whether the provider knows us: asked once, and each answer has its own word."""

import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from gateway.core.errors import ProviderError
from gateway.core.troubles import Trouble
from gateway.providers.twilio.account import TwilioAccount
from gateway.providers.twilio.transport import Transport
from tests.providers.twilio.asking import caught
from tests.providers.twilio.conftest import TOKEN
from tests.providers.twilio.rest_server import ACCOUNT, Answer, RestServer, error_json


def account_at(api_base: str) -> TwilioAccount:
    limits = timedelta(seconds=0.5)
    transport = Transport(api_base, connect_within=limits, answer_within=limits)
    return TwilioAccount(account=ACCOUNT, token=TOKEN, transport=transport)


def account_json(**changes: Any) -> dict[str, Any]:
    return {"sid": ACCOUNT, "friendly_name": "x", "status": "active", "type": "Full", **changes}


def trouble(action: Callable[[], object]) -> Trouble:
    error = caught(action)
    assert isinstance(error, ProviderError)
    return error.trouble


def test_an_active_account_is_well_and_was_asked_for_by_its_id_only(provider: RestServer) -> None:
    provider.will(Answer(200, account_json()))

    account_at(provider.url).check()

    [request] = provider.requests
    assert (request.method, request.path) == ("GET", f"/2010-04-01/Accounts/{ACCOUNT}.json")


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (Answer(401, error_json(20003, "Authenticate", 401)), Trouble.CREDENTIALS),
        (Answer(404, error_json(20404, "not found", 404)), Trouble.UNKNOWN_RECORD),
        (Answer(200, account_json(status="suspended")), Trouble.ACCOUNT),
        (Answer(403, error_json(20005, "Account not active", 403)), Trouble.ACCOUNT),
        (Answer(503, error_json(20503, "down", 503)), Trouble.FAILING),
        (Answer(cut=True), Trouble.SILENT),
        (Answer(200, account_json(), delay=1), Trouble.SILENT),
    ],
)
def test_each_way_to_be_unwell_has_its_own_word(provider: RestServer, answer: Answer, word: Trouble) -> None:
    provider.will(answer)

    assert trouble(account_at(provider.url).check) is word


def test_a_provider_that_is_not_there_is_unreachable() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        account = account_at(f"http://127.0.0.1:{nobody.getsockname()[1]}")

        assert trouble(account.check) is Trouble.UNREACHABLE
