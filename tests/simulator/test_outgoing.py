"""The service calls a telephone, through Twilio's own SDK."""

import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]  # the SDK ships no py.typed

from tests.simulator.people import HOTLINE, MARYAM, NOOR, ZAHRA, People, sdk, wait_for
from tests.simulator.service import Service

EVENTS = ["initiated", "ringing", "answered", "completed"]
HELLO = "<Response><Say>hello</Say></Response>"


def ring(service: Service, people: People, to: str = ZAHRA, **options: object) -> str:
    wanted = {
        "url": service.url("/offer/abc?x=1"),
        "status_callback": service.url("/status/abc"),
        "status_callback_event": EVENTS,
        "timeout": 20,
        **options,
    }
    return str(sdk(people).calls.create(to=to, from_=HOTLINE, **wanted).sid)


def test_an_answered_call_is_told_from_the_first_to_the_last_step_in_order(service: Service, people: People) -> None:
    service.pages["/offer/abc"] = HELLO
    people.phone(ZAHRA, on_ring="answer")

    sid = ring(service, people)
    wait_for(lambda: len(service.to("/status/abc")) == 4, "four callbacks")

    told = [(visit.params["SequenceNumber"], visit.params["CallStatus"]) for visit in service.to("/status/abc")]
    assert told == [("0", "initiated"), ("1", "ringing"), ("2", "in-progress"), ("3", "completed")]
    assert all(visit.signed for visit in service.visits)
    assert "CallDuration" in service.to("/status/abc")[-1].params
    assert service.to("/offer/abc")[0].params["Direction"] == "outbound-api"
    assert sdk(people).calls(sid).fetch().status == "completed"


def test_the_phone_shows_the_services_number_while_it_rings(service: Service, people: People) -> None:
    sid = ring(service, people)
    people.until("ring", call_sid=sid)

    phone = people.look(ZAHRA)

    assert (phone["state"], phone["display"]) == ("ringing", HOTLINE)


@pytest.mark.parametrize(
    ("behaviour", "status"),
    [("no_answer", "no-answer"), ("busy", "busy"), ("fail", "failed")],
)
def test_a_call_that_is_not_answered_ends_with_the_reason(
    service: Service, people: People, behaviour: str, status: str
) -> None:
    people.phone(ZAHRA, on_ring=behaviour)

    sid = ring(service, people, timeout=5)
    told = wait_for(lambda: [v for v in service.to("/status/abc") if v.params["CallStatus"] == status], "the end")

    assert "CallDuration" not in told[0].params
    assert sdk(people).calls(sid).fetch().status == status
    assert service.to("/offer/abc") == []


def test_a_number_without_a_phone_fails_and_a_phone_in_a_call_is_busy(service: Service, people: People) -> None:
    service.pages["/offer/abc"] = '<Response><Say>hold on</Say><Pause length="100"/></Response>'
    people.phone(ZAHRA, on_ring="answer")

    nobody = ring(service, people, to=NOOR)
    first = ring(service, people)
    people.until("answer", call_sid=first)
    second = ring(service, people)

    assert people.until("ended", call_sid=nobody)["status"] == "failed"
    assert people.until("ended", call_sid=second)["status"] == "busy"


def test_a_phone_held_by_hand_answers_or_declines_when_its_person_wants(service: Service, people: People) -> None:
    service.pages["/offer/abc"] = HELLO

    declined = ring(service, people)
    people.until("ring", call_sid=declined)
    people.does(ZAHRA, "decline")
    accepted = ring(service, people, to=MARYAM)
    people.until("ring", call_sid=accepted)
    people.does(MARYAM, "answer")

    assert people.until("ended", call_sid=declined)["status"] == "busy"
    assert people.until("ended", call_sid=accepted)["status"] == "completed"
    assert people.heard(MARYAM) == ["hello"]


def test_voicemail_answers_hears_everything_and_presses_nothing(service: Service, people: People) -> None:
    service.pages["/offer/abc"] = '<Response><Gather timeout="3" action="/in"><Say>one?</Say></Gather></Response>'
    people.phone(ZAHRA, on_ring="voicemail", keys=["1"])

    sid = ring(service, people)
    people.until("ended", call_sid=sid)

    assert people.heard(ZAHRA) == ["one?"]
    assert service.to("/in") == []


def test_voicemail_hangs_up_by_itself(service: Service, people: People) -> None:
    service.pages["/offer/abc"] = '<Response><Pause length="3600"/></Response>'
    people.phone(ZAHRA, on_ring="voicemail")

    sid = ring(service, people)

    assert 30 <= people.until("ended", call_sid=sid)["duration"] <= 60


def test_a_running_call_can_be_ended_and_a_ringing_one_cancelled(service: Service, people: People) -> None:
    service.pages["/offer/abc"] = '<Response><Pause length="600"/></Response>'
    people.phone(ZAHRA, on_ring="answer")

    running, ringing = ring(service, people), ring(service, people, to=MARYAM)
    people.until("answer", call_sid=running)
    people.until("ring", call_sid=ringing)
    calls = sdk(people).calls
    unharmed = calls(running).update(status="canceled").status
    ended, cancelled = calls(running).update(status="completed"), calls(ringing).update(status="canceled")

    assert unharmed == "in-progress"
    assert (ended.status, cancelled.status) == ("completed", "canceled")
    assert people.look(MARYAM)["state"] == "idle"


def test_a_call_is_deleted_only_when_it_is_final(service: Service, people: People) -> None:
    sid = ring(service, people)
    call = sdk(people).calls(sid)

    with pytest.raises(TwilioRestException) as early:
        call.delete()
    call.update(status="canceled")

    assert (early.value.status, early.value.code) == (409, 20009)
    assert call.delete() is True
    with pytest.raises(TwilioRestException) as gone:
        call.fetch()
    assert gone.value.status == 404


def test_a_final_call_can_be_neither_redirected_nor_ended(service: Service, people: People) -> None:
    sid = ring(service, people, to=NOOR)
    people.until("ended", call_sid=sid)

    with pytest.raises(TwilioRestException) as redirected:
        sdk(people).calls(sid).update(url=service.url("/x"))
    with pytest.raises(TwilioRestException) as ended:
        sdk(people).calls(sid).update(status="completed")

    assert {redirected.value.code, ended.value.code} == {21220}


def test_a_call_ends_at_its_time_limit(service: Service, people: People) -> None:
    service.pages["/offer/abc"] = '<Response><Pause length="3600"/></Response>'
    people.phone(ZAHRA, on_ring="answer")

    sid = ring(service, people, time_limit=10)

    assert 9 <= people.until("ended", call_sid=sid)["duration"] <= 20


def test_calls_are_listed_by_filters_and_in_pages(service: Service, people: People) -> None:
    first, second = ring(service, people, to=NOOR), ring(service, people, to=NOOR)
    other = ring(service, people, to=MARYAM)
    for sid in (first, second):
        people.until("ended", call_sid=sid)

    calls = sdk(people).calls

    assert [call.sid for call in calls.list(to=NOOR, page_size=1)] == [second, first]
    assert [call.sid for call in calls.list(status="failed")] == [second, first]
    assert [call.sid for call in calls.list(from_=HOTLINE, limit=1)] == [other]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"to": "12"}, 21211),
        ({"from_": ZAHRA}, 21210),
        ({"url": "/relative"}, 21205),
        ({"record": True}, 21200),
        ({"machine_detection": "Enable"}, 21200),
        ({"status_callback_event": ["answerd"]}, 21626),
        ({"timeout": 0}, 20001),
    ],
)
def test_what_twilio_would_refuse_is_refused(
    service: Service, people: People, options: dict[str, object], code: int
) -> None:
    wanted = {"to": ZAHRA, "from_": HOTLINE, "url": service.url("/a"), "status_callback": service.url("/b"), **options}

    with pytest.raises(TwilioRestException) as refused:
        sdk(people).calls.create(**wanted)

    assert (refused.value.status, refused.value.code) == (400, code)


def test_a_wish_to_record_is_a_violation(service: Service, people: People) -> None:
    with pytest.raises(TwilioRestException):
        ring(service, people, record=True)

    assert people.events("violation")[0]["forbidden"] is True


def test_a_wrong_token_is_turned_away(people: People) -> None:
    with pytest.raises(TwilioRestException) as refused:
        sdk(people, token="another").calls.create(to=ZAHRA, from_=HOTLINE, url="http://127.0.0.1/")

    assert (refused.value.status, refused.value.code) == (401, 20003)
    assert people.events("ring") == []
