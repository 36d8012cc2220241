"""Which records of our numbers the provider still holds, by its own lists. Over real HTTP on loopback."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.core.errors import ProviderBusy, ProviderRefused
from gateway.core.messages import Record, RecordKind, RecordPage
from gateway.providers.twilio.records import TwilioRecords
from gateway.providers.twilio.transport import Transport
from tests.providers.twilio.asking import CALLS, caught
from tests.providers.twilio.conftest import HERS, TOKEN
from tests.providers.twilio.rest_server import ACCOUNT, CALL, Answer, RestServer, call_json, error_json
from tests.providers.twilio.shelf import calls, messages, shelf
from workers.jobclass import ARGUMENT

MESSAGES = CALLS.replace("Calls", "Messages")
HOTLINE, STAFF = "+9647500000000", "+9647500000001"
TEN = datetime(2025, 11, 24, 10, 0, tzinfo=UTC)


def records(provider: RestServer, *numbers: str) -> TwilioRecords:
    transport = Transport(api_base=provider.url, answer_within=timedelta(seconds=2))
    return TwilioRecords(account=ACCOUNT, token=TOKEN, numbers=numbers, transport=transport)


def page(name: str, *items: dict[str, object], following: str | None = None) -> Answer:
    return Answer(200, {name: list(items), "next_page_uri": following, "page_size": 200})


def message_json(sid: str, made_at: str) -> dict[str, object]:
    return {"sid": sid, "status": "received", "from": HERS, "to": HOTLINE, "body": "x", "date_created": made_at}


def read_to_the_end(lists: TwilioRecords, name: str) -> list[Record]:
    found, following = list[Record](), tuple[str, ...]()
    while True:
        one = lists.page(name, *following, before=TEN)
        found += one.records
        if not one.following:
            return found
        following = one.following


def test_there_is_a_list_for_each_of_our_numbers_both_kinds_and_directions(provider: RestServer) -> None:
    provider.will(*[page(name) for _ in range(2) for name in ("calls", "calls", "messages", "messages")])
    lists = records(provider, HOTLINE, STAFF, HOTLINE)

    assert [lists.page(name, before=TEN) for name in lists.names] == [RecordPage()] * 8

    asked = [(request.path, request.query) for request in provider.requests]
    assert asked == [
        (path, {which: [number], "PageSize": [size]})
        for number in (HOTLINE, STAFF)
        for path, size in ((CALLS, "200"), (MESSAGES, "40"))
        for which in ("To", "From")
    ]
    assert {request.method for request in provider.requests} == {"GET"}


def test_the_names_of_the_lists_can_stand_in_a_job(provider: RestServer) -> None:
    names = records(provider, HOTLINE, STAFF).names

    assert names[:4] == ("calls-to-1", "calls-from-1", "messages-to-1", "messages-from-1")
    assert all(ARGUMENT.fullmatch(name) for name in names)


def test_only_what_was_made_before_that_moment_is_found(provider: RestServer) -> None:
    old, fresh, text = CALL[:-1] + "c", CALL[:-1] + "d", "SM" + "e" * 32
    before = "Mon, 24 Nov 2025 09:59:59 +0000"
    calls = page(
        "calls",
        call_json(sid=fresh, date_created="Mon, 24 Nov 2025 10:00:00 +0000"),
        call_json(sid=old, date_created=before, start_time=None, status="no-answer"),
        call_json(sid="no id at all", date_created=before),
        call_json(sid=CALL, date_created=None),
    )
    provider.will(calls, page("messages", message_json(text, before)))
    lists = records(provider, HOTLINE)

    found = [lists.page(name, before=TEN).records for name in ("calls-to-1", "messages-to-1")]

    assert found == [(Record(RecordKind.CALL, old),), (Record(RecordKind.MESSAGE, text),)]


@pytest.mark.parametrize(
    ("name", "kept"), [("calls-to-1", {"calls": calls(600)}), ("messages-from-1", {"messages": messages(120)})]
)
def test_a_list_is_read_to_its_end_however_long_its_entries_are(
    provider: RestServer, name: str, kept: dict[str, list[dict[str, object]]]
) -> None:
    provider.will(Answer(body=shelf(**kept)))

    found = read_to_the_end(records(provider, HOTLINE), name)

    assert [record.id for record in found] == [one["sid"] for ones in kept.values() for one in ones]


def test_a_search_reads_a_thousand_entries_of_a_list_and_no_more(provider: RestServer) -> None:
    provider.will(Answer(body=shelf(calls=calls(1001))))

    found = read_to_the_end(records(provider, HOTLINE), "calls-to-1")

    assert (len(found), len(provider.requests)) == (1000, 5)


@pytest.mark.parametrize("following", ["?PageToken=%2B9647701234567", "?PageToken=", "", "?Page=0", "#"])
def test_nothing_of_a_pages_address_that_we_do_not_know_comes_into_a_job(provider: RestServer, following: str) -> None:
    provider.will(page("calls", following=f"{CALLS}{following}"))

    assert records(provider, HOTLINE).page("calls-to-1", before=TEN).following == ("1",)


@pytest.mark.parametrize("place", [("calls-to-2",), ("calls-to-1", "5"), ("calls-to-1", "9" * 60), ("no-such-list",)])
def test_nobody_is_asked_for_a_list_that_there_is_not_or_a_page_beyond_the_last(
    provider: RestServer, place: tuple[str, ...]
) -> None:
    assert records(provider, HOTLINE).page(*place, before=TEN) == RecordPage()

    assert provider.requests == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(401, error_json(20003, "Authenticate", 401)), ProviderRefused),
        (Answer(404, error_json(20404, "Not found", 404)), ProviderRefused),
        (Answer(429, error_json(20429, "Too Many Requests", 429)), ProviderBusy),
        (Answer(503, "not JSON"), ProviderBusy),
        (Answer(200, "not JSON"), ProviderBusy),
        (Answer(200, {"calls": [], "next_page_uri": 7}), ProviderBusy),
        (Answer(cut=True), ProviderBusy),
    ],
)
def test_a_list_that_is_not_given_is_an_error_of_ours(
    provider: RestServer, answer: Answer, kind: type[Exception]
) -> None:
    provider.will(answer)

    error = caught(lambda: records(provider, HOTLINE).page("calls-to-1", before=TEN))

    assert type(error) is kind
    assert HERS[1:] not in str(error)
