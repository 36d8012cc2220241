"""A telephone writes to the service, and the service replies."""

import pytest
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]  # the SDK ships no py.typed

from tests.simulator.people import HOTLINE, MARYAM, NOOR, STAFF, ZAHRA, People, Refusal, network, sdk, wait_for
from tests.simulator.service import Service

REPLY = "<Response><Message>first</Message><Message><Body>second &amp; last</Body></Message></Response>"


def test_a_message_is_told_signed_with_twilios_fields(service: Service, people: People) -> None:
    sid = people.text(ZAHRA, "اتصل")
    visit = wait_for(lambda: service.to("/text"), "the webhook")[0]

    expected = {
        "MessageSid": sid,
        "SmsSid": sid,
        "SmsMessageSid": sid,
        "SmsStatus": "received",
        "From": ZAHRA,
        "To": HOTLINE,
        "Body": "اتصل",
        "NumMedia": "0",
        "NumSegments": "1",
        "ApiVersion": "2010-04-01",
        "FromCountry": "IQ",
    }
    assert visit.signed
    assert visit.token
    assert expected.items() <= visit.params.items()
    assert people.messages(ZAHRA, "out") == ["اتصل"]
    assert people.until("message")["units"] == 4


def test_each_message_of_the_answer_comes_back(service: Service, people: People) -> None:
    service.pages["/text"] = REPLY

    people.text(ZAHRA, "1", to=STAFF)

    wait_for(lambda: len(people.messages(ZAHRA)) == 2, "two replies")
    assert sorted(people.messages(ZAHRA)) == ["first", "second & last"]
    assert {entry["with"] for entry in people.look(ZAHRA)["messages"]} == {STAFF}


@pytest.mark.parametrize("document", ["<Response/>", "<Response></Response>", ""])
def test_an_empty_answer_sends_nothing(service: Service, people: People, document: str) -> None:
    service.pages["/text"] = document

    people.text(ZAHRA, "1")
    people.until("webhook")

    assert people.events("violation", "application_error") == []
    assert len(people.events("message")) == 1


@pytest.mark.parametrize(
    "document",
    [
        "<Response><Say>hello</Say></Response>",
        "<Response><Message/></Response>",
        "<Response><Message to='+9647700000099'>hello</Message></Response>",
        "<Response><Message><Media>http://127.0.0.1/a.png</Media></Message></Response>",
        f"<Response><Message>{'a' * 1601}</Message></Response>",
        "<Response><Message>hello</Response>",
        "hello",
    ],
)
def test_an_answer_that_breaks_the_rules_is_a_violation_and_sends_nothing(
    service: Service, people: People, document: str
) -> None:
    service.pages["/text"] = document

    sid = people.text(ZAHRA, "1")
    people.until("application_error", message_sid=sid)

    assert len(people.events("violation", message_sid=sid)) == 1
    assert people.messages(ZAHRA) == []


def test_an_error_of_the_service_is_told_and_not_tried_again(service: Service, people: People) -> None:
    service.pages["/text"] = lambda form: (503, "")

    people.text(ZAHRA, "1")

    assert people.until("application_error", where="message")["code"] == 11200
    assert len(service.to("/text")) == 1


def test_a_service_that_is_down_is_asked_twice_with_one_token() -> None:
    with network(Service("http://127.0.0.1:9")) as people:
        people.phone(ZAHRA)

        people.text(ZAHRA, "1")
        people.until("application_error", where="message")

        tokens = [event["token"] for event in people.events("webhook")]
        assert (len(tokens), len(set(tokens))) == (2, 1)


def test_a_repeated_webhook_is_the_same_request_and_only_the_second_answer_counts(
    service: Service, people: People
) -> None:
    answers = iter(["<Response><Message>one</Message></Response>", "<Response><Message>two</Message></Response>"])
    service.pages["/text"] = lambda form: next(answers)
    people.ask("faults", {"repeat_webhook": 1})

    people.text(ZAHRA, "1")

    wait_for(lambda: people.messages(ZAHRA), "the reply")
    assert people.messages(ZAHRA) == ["two"]
    assert len({(visit.token, visit.params["MessageSid"]) for visit in service.to("/text")}) == 1


def test_the_same_id_again_is_the_same_message_told_again(service: Service, people: People) -> None:
    for _ in range(2):
        people.text(ZAHRA, "1", id="SMsame")

    wait_for(lambda: len(service.to("/text")) == 2, "two webhooks")
    assert [visit.params["MessageSid"] for visit in service.to("/text")] == ["SMsame", "SMsame"]
    assert len({visit.token for visit in service.to("/text")}) == 2
    assert people.messages(ZAHRA, "out") == ["1"]


@pytest.mark.parametrize("sender", ["", "anonymous", "Bank", "497", "+4915110000000"])
def test_the_sender_need_not_be_a_telephone(service: Service, people: People, sender: str) -> None:
    service.pages["/text"] = "<Response><Message>hello</Message></Response>"

    people.text(sender, "1")

    assert people.until("message_status", status="undelivered")["number"] == sender
    assert service.to("/text")[0].params["From"] == sender


@pytest.mark.parametrize("text", ["a" * 4096, "\u064b\u064c", "👍", "\u202eabc", "\u200b\x00", "", "a&b=c+d%20"])
def test_any_text_is_told_as_it_is(service: Service, people: People, text: str) -> None:
    people.text(ZAHRA, text)

    visit = wait_for(lambda: service.to("/text"), "the webhook")[0]

    assert (visit.params["Body"], visit.signed) == (text, True)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"to": MARYAM}, 409),
        ({"to": ""}, 400),
        ({"text": None}, 400),
        ({"text": "a" * 10_001}, 400),
        ({"text": "\ud800"}, 400),
        ({"from": 7}, 400),
        ({"colour": "red"}, 400),
    ],
)
def test_what_cannot_be_written_is_refused_with_words(people: People, body: dict[str, object], status: int) -> None:
    with pytest.raises(Refusal) as refused:
        people.ask("messages", {"from": ZAHRA, "to": HOTLINE, "text": "1", **body})

    assert refused.value.status == status


def test_an_inbound_message_is_kept_at_twilio_until_it_is_deleted(service: Service, people: People) -> None:
    sid = people.text(ZAHRA, "1")
    kept = sdk(people).messages(sid).fetch()

    sdk(people).messages(sid).delete()

    assert (kept.direction, kept.status, kept.body) == ("inbound", "received", "1")
    with pytest.raises(TwilioRestException):
        sdk(people).messages(sid).fetch()


def test_a_machine_answers_every_message_until_nobody_answers_it(service: Service, people: People) -> None:
    answers = iter(["<Response><Message>who are you</Message></Response>"] * 3)
    service.pages["/text"] = lambda form: next(answers, "<Response/>")
    people.phone(NOOR, sms_auto="I am not at home")

    people.text(NOOR, "1")

    wait_for(lambda: len(service.to("/text")) == 4, "three answers of the machine")
    assert people.messages(NOOR, "out") == ["1", *["I am not at home"] * 3]


def test_a_service_that_never_stops_answering_a_machine_is_a_violation(service: Service) -> None:
    service.pages["/text"] = "<Response><Message>who are you</Message></Response>"
    with network(service, speed=1000) as people:
        people.phone(NOOR, sms_auto="I am not at home")

        people.text(NOOR, "1")

        assert people.until("violation")["message"] == "messages that go round in circles"
        assert len(people.messages(NOOR, "out")) == 201


def test_a_reset_forgets_messages(service: Service, people: People) -> None:
    people.text(ZAHRA, "1")

    people.ask("reset", {})

    assert sdk(people).messages.list() == []
    people.phone(ZAHRA)
    assert people.look(ZAHRA)["messages"] == []
