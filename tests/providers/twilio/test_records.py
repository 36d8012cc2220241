"""Which records of our numbers the provider still holds, by its own lists. Over real HTTP on loopback."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.core.errors import ProviderBusy, ProviderRefused
from gateway.core.messages import Record, RecordKind
from gateway.providers.twilio.records import TwilioRecords
from gateway.providers.twilio.transport import Transport
from tests.providers.twilio.asking import CALLS, caught
from tests.providers.twilio.conftest import HERS, TOKEN
from tests.providers.twilio.rest_server import ACCOUNT, CALL, Answer, RestServer, call_json, error_json

MESSAGES = CALLS.replace("Calls", "Messages")
HOTLINE, STAFF = "+9647500000000", "+9647500000001"
TEN = datetime(2025, 11, 24, 10, 0, tzinfo=UTC)


def records(provider: RestServer, *numbers: str) -> TwilioRecords:
    transport = Transport(api_base=provider.url, answer_within=timedelta(seconds=2))
    return TwilioRecords(account=ACCOUNT, token=TOKEN, numbers=numbers, transport=transport)


def page(name: str, *items: dict[str, object]) -> Answer:
    return Answer(200, {name: list(items), "next_page_uri": None, "page_size": 1000})


def message_json(sid: str, made_at: str) -> dict[str, object]:
    return {"sid": sid, "status": "received", "from": HERS, "to": HOTLINE, "body": "x", "date_created": made_at}


def test_calls_and_messages_of_both_directions_are_asked_for_by_each_of_our_numbers(provider: RestServer) -> None:
    provider.will(*[page(name) for _ in range(2) for name in ("calls", "calls", "messages", "messages")])

    assert records(provider, HOTLINE, STAFF, HOTLINE).left_before(TEN) == []

    asked = [(request.path, request.query) for request in provider.requests]
    assert asked == [
        (path, {which: [number], "PageSize": ["1000"]})
        for number in (HOTLINE, STAFF)
        for path in (CALLS, MESSAGES)
        for which in ("To", "From")
    ]
    assert {request.method for request in provider.requests} == {"GET"}


def test_only_what_was_made_before_that_moment_is_found_and_each_once(provider: RestServer) -> None:
    old, fresh, text = CALL[:-1] + "c", CALL[:-1] + "d", "SM" + "e" * 32
    before = "Mon, 24 Nov 2025 09:59:59 +0000"
    calls = page(
        "calls",
        call_json(sid=fresh, date_created="Mon, 24 Nov 2025 10:00:00 +0000"),
        call_json(sid=old, date_created=before, start_time=None, status="no-answer"),
        call_json(sid="no id at all", date_created=before),
        call_json(sid=CALL, date_created=None),
    )
    provider.will(calls, calls, page("messages", message_json(text, before)), page("messages"))

    found = records(provider, HOTLINE).left_before(TEN)

    assert found == [Record(RecordKind.CALL, old), Record(RecordKind.MESSAGE, text)]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(401, error_json(20003, "Authenticate", 401)), ProviderRefused),
        (Answer(429, error_json(20429, "Too Many Requests", 429)), ProviderBusy),
        (Answer(503, "not JSON"), ProviderBusy),
        (Answer(200, "not JSON"), ProviderBusy),
        (Answer(cut=True), ProviderBusy),
    ],
)
def test_a_list_that_is_not_given_is_an_error_of_ours(
    provider: RestServer, answer: Answer, kind: type[Exception]
) -> None:
    provider.will(answer)

    error = caught(lambda: records(provider, HOTLINE).left_before(TEN))

    assert type(error) is kind
    assert HERS[1:] not in str(error)
