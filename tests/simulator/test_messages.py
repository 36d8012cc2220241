"""The service sends an SMS, through Twilio's own SDK."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]  # the SDK ships no py.typed

from tests.simulator.people import ACCOUNT, HOTLINE, MARYAM, NOOR, STAFF, ZAHRA, People, network, sdk, wait_for
from tests.simulator.service import TOKEN, Service

ARABIC = "تم تسجيل الطلب. الاتصال في الوقت المختار. للإلغاء: توقف"


def send(people: People, to: str = ZAHRA, body: str = ARABIC, **options: object) -> str:
    return str(sdk(people).messages.create(to=to, from_=HOTLINE, body=body, **options).sid)


def until(people: People, sid: str, status: str) -> None:
    people.until("message_status", message_sid=sid, status=status)


def told(service: Service) -> list[str]:
    return [visit.params["MessageStatus"] for visit in service.to("/told")]


def test_a_message_arrives_on_the_phone_and_each_step_is_told_in_order(service: Service, people: People) -> None:
    sid = send(people, status_callback=service.url("/told"))

    wait_for(lambda: len(service.to("/told")) == 3, "three callbacks")

    assert told(service) == ["queued", "sent", "delivered"]
    assert all(visit.signed and visit.params["MessageSid"] == sid for visit in service.visits)
    assert people.messages(ZAHRA) == [ARABIC]
    assert people.look(ZAHRA)["messages"][0]["with"] == HOTLINE
    assert sdk(people).messages(sid).fetch().status == "delivered"


def test_the_event_tells_the_alphabet_the_units_and_the_parts(people: People) -> None:
    send(people)
    send(people, body=ARABIC * 2)

    one, two = people.until("message", times=1), people.until("message", times=2)

    assert (one["number"], one["direction"], one["text"]) == (ZAHRA, "in", ARABIC)
    assert (one["encoding"], one["units"], one["parts"]) == ("UCS-2", len(ARABIC), 1)
    assert (two["units"], two["parts"]) == (2 * len(ARABIC), 2)
    assert wait_for(lambda: people.look(ZAHRA)["messages"], "the message")[0]["units"] == len(ARABIC)


def test_a_refused_message_fails_and_one_to_no_phone_is_undelivered(service: Service, people: People) -> None:
    people.phone(ZAHRA, sms="fail")

    failed = send(people, status_callback=service.url("/told"))
    until(people, failed, "failed")
    nowhere = send(people, to=NOOR)
    until(people, nowhere, "undelivered")

    wait_for(lambda: told(service) == ["queued", "failed"], "two callbacks")
    assert service.to("/told")[-1].params["ErrorCode"] == "30008"
    assert sdk(people).messages(nowhere).fetch().error_code == 30005
    assert people.messages(ZAHRA) == []


def test_a_lost_message_gets_no_receipt_and_is_final_when_its_validity_is_over(
    service: Service, people: People
) -> None:
    people.phone(ZAHRA, sms="lost")
    sid = send(people, status_callback=service.url("/told"), validity_period=20)
    until(people, sid, "sent")
    with pytest.raises(TwilioRestException) as early:
        sdk(people).messages(sid).delete()

    wait_for(lambda: deleted(people, sid), "a message that can be deleted")

    assert early.value.code == 20009
    assert told(service) == ["queued", "sent"]
    assert people.messages(ZAHRA) == []


def deleted(people: People, sid: str) -> bool:
    try:
        return bool(sdk(people).messages(sid).delete())
    except TwilioRestException:
        return False


def test_a_phone_that_is_off_gets_its_message_when_it_is_on_again(people: People) -> None:
    people.phone(ZAHRA, sms="off")
    sid = send(people, validity_period=3600)
    until(people, sid, "sent")
    before = people.messages(ZAHRA)

    people.phone(ZAHRA, sms="deliver")

    until(people, sid, "delivered")
    assert before == []
    assert people.messages(ZAHRA) == [ARABIC]


@pytest.mark.parametrize("behaviour", [{"sms": "off"}, {"sms": "late", "sms_late": 60}])
def test_a_message_that_is_too_late_never_arrives(people: People, behaviour: dict[str, object]) -> None:
    people.phone(ZAHRA, **behaviour)

    sid = send(people, validity_period=5)
    until(people, sid, "undelivered")
    people.phone(ZAHRA, sms="deliver")
    until(people, send(people, body="later"), "delivered")

    assert people.messages(ZAHRA) == ["later"]
    assert sdk(people).messages(sid).fetch().error_code == 30036


def test_a_late_message_arrives_while_it_is_valid(people: People) -> None:
    people.phone(ZAHRA, sms="late", sms_late=20)

    until(people, send(people, validity_period=60), "delivered")

    assert people.messages(ZAHRA) == [ARABIC]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"to": ""}, 21604),
        ({"to": "497"}, 21211),
        ({"to": "0770"}, 21211),
        ({"from_": MARYAM}, 21606),
        ({"from_": ""}, 21603),
        ({"to": HOTLINE}, 21266),
        ({"body": ""}, 21602),
        ({"body": "a" * 1601}, 21617),
        ({"validity_period": 36_001}, 20001),
        ({"content_retention": "burn"}, 30029),
        ({"address_retention": "hide"}, 30030),
        ({"status_callback": "/told"}, 21609),
        ({"media_url": ["http://127.0.0.1/a.png"]}, 21200),
        ({"persistent_action": ["geo:1,2"]}, 21200),
    ],
)
def test_a_wish_that_cannot_be_is_refused_with_twilios_code(
    people: People, options: dict[str, object], code: int
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        sdk(people).messages.create(**{"to": ZAHRA, "from_": HOTLINE, "body": "hello", **options})

    assert refused.value.code == code
    assert people.events("message") == []


def test_an_unknown_parameter_is_refused(people: People) -> None:
    answer = requests.post(
        f"{people.address}/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
        data={"To": ZAHRA, "From": HOTLINE, "Body": "hello", "ValidityPeriods": "5"},
        auth=(ACCOUNT, TOKEN),
        timeout=5,
    )

    assert (answer.status_code, answer.json()["code"]) == (400, 21200)


def test_words_and_address_are_forgotten_at_the_end_where_the_sender_wishes_it(people: People) -> None:
    people.phone(ZAHRA, sms="off")
    sid = send(people, content_retention="discard", address_retention="obfuscate")
    until(people, sid, "sent")
    before = sdk(people).messages(sid).fetch()

    people.phone(ZAHRA, sms="deliver")
    until(people, sid, "delivered")
    after = sdk(people).messages(sid).fetch()

    assert (before.body, before.to) == (ARABIC, ZAHRA)
    assert (after.body, after.to) == ("", ZAHRA[:-4] + "XXXX")
    assert people.messages(ZAHRA) == [ARABIC]


def test_a_message_is_redacted_and_deleted_once_it_is_final_and_not_before(people: People) -> None:
    people.phone(ZAHRA, sms="off")
    sid = send(people)
    until(people, sid, "sent")
    with pytest.raises(TwilioRestException) as unchanged:
        sdk(people).messages(sid).update(body="")
    with pytest.raises(TwilioRestException) as kept:
        sdk(people).messages(sid).delete()

    people.phone(ZAHRA, sms="deliver")
    until(people, sid, "delivered")
    redacted = sdk(people).messages(sid).update(body="")
    gone = sdk(people).messages(sid).delete()

    assert (unchanged.value.code, kept.value.code) == (20009, 20009)
    assert (redacted.body, gone) == ("", True)
    assert sdk(people).messages.list() == []


def test_other_words_cannot_be_put_in_its_place(people: People) -> None:
    sid = send(people)
    until(people, sid, "delivered")

    with pytest.raises(TwilioRestException):
        sdk(people).messages(sid).update(body="something else")

    assert sdk(people).messages(sid).fetch().body == ARABIC


def test_messages_are_listed_by_both_sides_and_by_date(people: People) -> None:
    first, second = send(people), send(people, to=MARYAM)
    until(people, second, "delivered")
    messages, now = sdk(people).messages, datetime.now(UTC)

    found = {
        "all": messages.list(),
        "to": messages.list(to=MARYAM),
        "from": messages.list(from_=STAFF),
        "today": messages.list(date_sent=now),
        "before": messages.list(date_sent_before=now - timedelta(hours=1)),
        "after": messages.list(date_sent_after=now - timedelta(hours=1)),
    }

    sids = {name: [message.sid for message in some] for name, some in found.items()}
    both = [second, first]
    assert sids == {"all": both, "to": [second], "from": [], "today": both, "before": [], "after": both}


def test_status_callbacks_can_be_lost_and_reordered(service: Service, people: People) -> None:
    people.ask("faults", {"drop_status": 1})
    until(people, send(people, status_callback=service.url("/told")), "delivered")
    people.ask("faults", {"reorder_status": 0.5, "seed": 3})

    for _ in range(4):
        send(people, status_callback=service.url("/told"))

    wait_for(lambda: len(service.to("/told")) == 12, "all callbacks")
    assert told(service) != ["queued", "sent", "delivered"] * 4


def test_a_request_that_times_out_after_working_has_sent_the_message(service: Service) -> None:
    with network(service) as people:
        people.phone(ZAHRA)
        people.ask("faults", {"rest_times_out_after_working": 1, "rest_hold": 0.1})
        with pytest.raises(requests.ConnectionError):
            send(people)

        people.until("message_status", status="delivered")

        assert people.messages(ZAHRA) == [ARABIC]
