"""Text messages by Twilio: forms as it sends them, and what is asked of it. All over real HTTP on loopback."""

import re
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.errors import BadRequest, ProviderBusy, ProviderRefused, ProviderUncertain, SanadError
from gateway.core.messages import MessageId, MessageStatus
from gateway.core.phone import PhoneNumber
from gateway.providers.twilio.messages import (
    MESSAGE_REFUSALS,
    MESSAGE_STATUSES,
    TwilioMessages,
    TwilioTexting,
    message_status,
    parse_message,
    parse_message_status,
)
from gateway.providers.twilio.transport import Transport
from gateway.providers.wires import RawRequest
from tests.providers.twilio import vectors
from tests.providers.twilio.conftest import HERS, SECRETS, TOKEN
from tests.providers.twilio.rest_server import ACCOUNT, Answer, RestServer, error_json

SID = "SM" + "0123456789abcdef" * 2
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
ONE = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}.json"
TEXT = "تم تسجيل الطلب. للإلغاء: توقف"
INCOMING = (
    f"ToCountry=IQ&ToState=&SmsMessageSid={SID}&NumMedia=0&ToCity=&FromZip=&SmsSid={SID}&FromState=&SmsStatus=received"
    "&FromCity=&Body=%D8%A7%D8%AA%D8%B5%D9%84+%D8%A8%D9%8A&FromCountry=IQ&To=%2B9647500000000&ToZip=&NumSegments=1"
    f"&MessageSid={SID}&AccountSid=AC{'a' * 32}&From=%2B9647701234567&ApiVersion=2010-04-01"
)
DELIVERED = (
    f"SmsSid={SID}&SmsStatus=delivered&MessageStatus=delivered&To=%2B9647701234567&MessageSid={SID}"
    f"&AccountSid=AC{'a' * 32}&From=%2B9647500000000&ApiVersion=2010-04-01&RawDlrDoneDate=2511241001"
)


def message_json(**changes: object) -> dict[str, object]:
    """A message as Twilio describes it when neither its text nor its address is kept."""
    return {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": "",
        "date_created": "Mon, 24 Nov 2025 10:00:00 +0000",
        "date_sent": None,
        "date_updated": "Mon, 24 Nov 2025 10:00:00 +0000",
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": "+9647500000000",
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": None,
        "sid": SID,
        "status": "queued",
        "subresource_uris": {},
        "to": "+964770123XXXX",
        "uri": ONE,
        **changes,
    }


@pytest.fixture
def texting(provider: RestServer, turns: list[str]) -> TwilioTexting:
    return TwilioTexting(
        account=ACCOUNT,
        token=TOKEN,
        service_number="+9647500000000",
        public_url="https://hotline.example.org/",
        pace=lambda: turns.append("asked"),
        transport=Transport(provider.url, connect_within=timedelta(seconds=0.5), answer_within=timedelta(seconds=0.3)),
    )


Send = Callable[[], MessageId]


@pytest.fixture
def send(texting: TwilioTexting, her_number: PhoneNumber) -> Send:
    return lambda: texting.send(her_number, TEXT, valid_for=timedelta(minutes=10), token="abcdefgh")


def caught(action: Callable[[], object]) -> SanadError:
    """The error of ours that the action ends with; checked for what must never be in one."""
    with pytest.raises(SanadError) as raised:
        action()
    error = raised.value
    told = "".join(traceback.format_exception(error)) + repr(error.__context__) + repr(error.__cause__)
    assert error.__context__ is None
    assert not [secret for secret in SECRETS if secret in told]
    return error


# --- inbound -----------------------------------------------------------------------------------------


def test_a_message_is_read_as_the_provider_sends_it() -> None:
    parsed = parse_message(parse_qsl(INCOMING, keep_blank_values=True))

    assert (parsed.id, parsed.from_text, parsed.to, parsed.text) == (SID, HERS, "+9647500000000", "اتصل بي")
    assert TwilioMessages("https://hotline.example.org").read(RawRequest(body=INCOMING.encode())) == parsed
    assert "770" not in repr(parsed)


@pytest.mark.parametrize("sender", ["", "ASIACELL", "497", "whatsapp:+9647701234567", "+4915112345678"])
def test_a_sender_is_handed_on_as_it_came(sender: str) -> None:
    assert parse_message([("MessageSid", SID), ("From", sender)]).from_text == sender


def test_a_picture_without_words_is_an_empty_text() -> None:
    assert parse_message([("MessageSid", SID), ("NumMedia", "1")]).text == ""


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ([], "MessageSid is missing"),
        ([("MessageSid", "../x")], "MessageSid does not look"),
        ([("MessageSid", SID), ("Body", "a" * 9000)], "Body is longer"),
        ([("MessageSid", SID), ("Body", "a"), ("Body", "b")], "Body comes twice"),
        ([("MessageSid", SID), ("Body", "\ud800")], "Body holds"),
    ],
)
def test_what_is_wrong_with_a_form_is_said_in_clear_words(fields: list[tuple[str, str]], words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        parse_message(fields)


def test_a_report_is_read_as_the_provider_sends_it() -> None:
    report = parse_message_status(parse_qsl(DELIVERED))

    assert (report.id, report.status) == (SID, MessageStatus.DELIVERED)
    assert "770" not in repr(report)


def test_every_status_of_ours_has_a_word_of_theirs() -> None:
    assert set(MESSAGE_STATUSES.values()) == set(MessageStatus)


@pytest.mark.parametrize("word", ["", "Delivered", "cancelled", "received"])
def test_a_status_that_is_not_one_of_ours_is_unknown(word: str) -> None:
    with pytest.raises(BadRequest, match="known are accepted"):
        message_status(word)


def test_only_what_cannot_change_any_more_is_final() -> None:
    assert {status for status in MessageStatus if not status.is_final} == {MessageStatus.QUEUED, MessageStatus.SENT}


names = st.sampled_from(["MessageSid", "From", "To", "Body", "MessageStatus", "X"])
anything = st.text(st.characters() | st.characters(categories=["Cs"]), max_size=70)


@settings(deadline=None)
@given(st.lists(st.tuples(names, anything | st.just(SID)), max_size=6), st.binary(max_size=80))
def test_no_form_raises_anything_but_a_bad_request(fields: list[tuple[str, str]], raw: bytes) -> None:
    for parse in (parse_message, parse_message_status):
        with suppress(BadRequest):
            parse(fields)
    with suppress(BadRequest):
        TwilioMessages("https://hotline.example.org").read(RawRequest(body=raw))


def test_a_reply_is_twiml_and_no_reply_is_an_empty_one() -> None:
    said = TwilioMessages("https://hotline.example.org").answer("1 < 2 & 3", valid_for=timedelta(minutes=5))
    silent = TwilioMessages("https://hotline.example.org").answer("", valid_for=timedelta(minutes=5))

    assert ElementTree.fromstring(said.body).findtext("Message") == "1 < 2 & 3"
    assert list(ElementTree.fromstring(silent.body)) == []
    assert said.content_type == "text/xml; charset=utf-8"


# --- outgoing ----------------------------------------------------------------------------------------


def test_a_message_goes_out_with_a_short_life_and_leaves_nothing_behind(
    provider: RestServer, send: Send, turns: list[str]
) -> None:
    provider.will(Answer(201, message_json()))

    message = send()

    [request] = provider.requests
    assert message == SID
    assert turns == ["asked"]
    assert (request.method, request.path) == ("POST", MESSAGES)
    assert {name.lower(): value for name, [value] in request.form.items()} == {
        "to": HERS,
        "from": "+9647500000000",
        "body": TEXT,
        "validityperiod": "600",
        "contentretention": "discard",
        "addressretention": "obfuscate",
        "smartencoded": "false",
        "statuscallback": "https://hotline.example.org/twilio/status/message/abcdefgh",
    }


@pytest.mark.parametrize(
    ("length", "seconds"),
    [(timedelta(days=1), "14400"), (timedelta(seconds=0.5), "1"), (timedelta(seconds=90.9), "90")],
)
def test_a_message_never_lives_longer_than_it_may(
    provider: RestServer, texting: TwilioTexting, her_number: PhoneNumber, length: timedelta, seconds: str
) -> None:
    provider.will(Answer(201, message_json()))

    texting.send(her_number, TEXT, valid_for=length, token="abcdefgh")

    assert provider.requests[0].form["ValidityPeriod"] == [seconds]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(201, message_json(), delay=0.6),
        Answer(cut=True),
        Answer(500, error_json(20500, f"Failed for {HERS}", 500)),
        Answer(503, error_json(21610, "a known code does not make a 5xx certain", 503)),
        Answer(201, "<html>a captive portal</html>"),
        Answer(201, {}),
        Answer(201, message_json(sid=None)),
        Answer(201, message_json(sid="../" + SID)),
    ],
    ids=lambda answer: f"{answer.status}-{str(answer.body)[:20]}",
)
def test_a_message_that_may_have_been_sent_is_uncertain_and_never_tried_twice(
    provider: RestServer, send: Send, answer: Answer
) -> None:
    provider.will(answer)

    error = caught(send)

    assert type(error) is ProviderUncertain
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    ("answer", "kind", "mend"),
    [
        (Answer(429, error_json(20429, "Too Many Requests", 429)), ProviderBusy, "slower"),
        (Answer(401, error_json(20003, "Authenticate", 401)), ProviderRefused, "TWILIO_AUTH_TOKEN"),
        (Answer(400, error_json(21211, f"To {HERS}", 400)), ProviderRefused, "does not take the number"),
        (Answer(400, error_json(21408, f"Geo {HERS}", 400)), ProviderRefused, "21408.*Geo permissions"),
        (Answer(400, error_json(21610, f"STOP {HERS}", 400)), ProviderRefused, "respect it"),
        (Answer(400, error_json(30029, "ContentRetention", 400)), ProviderRefused, "Message Redaction"),
        (Answer(429, error_json(14107, f"Rate {HERS}", 429)), ProviderBusy, "too many"),
        (Answer(400, error_json(99999, f"New {HERS}", 400)), ProviderRefused, "answered 400"),
        (Answer(400, {"code": [HERS], "message": HERS}), ProviderRefused, "answered 400"),
    ],
    ids=lambda value: f"{value.status}-{str(value.body)[:24]}" if isinstance(value, Answer) else None,
)
def test_a_refusal_says_what_a_person_can_do_and_nothing_of_the_number(
    provider: RestServer, send: Send, answer: Answer, kind: type[SanadError], mend: str
) -> None:
    provider.will(answer)

    error = caught(send)

    assert type(error) is kind
    assert re.search(mend, error.advice)


def test_every_refusal_is_one_of_ours() -> None:
    assert {kind for kind, _ in MESSAGE_REFUSALS.values()} == {ProviderBusy, ProviderRefused}


@pytest.mark.parametrize("answer", [Answer(204), Answer(404, error_json(20404, "not found", 404))])
def test_a_message_is_forgotten_once_it_is_deleted_or_gone(
    provider: RestServer, texting: TwilioTexting, answer: Answer
) -> None:
    provider.will(answer)

    texting.forget(MessageId(SID))

    [request] = provider.requests
    assert (request.method, request.path) == ("DELETE", ONE)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(409, error_json(20009, "Cannot delete this resource before it is complete", 409)),
        Answer(400, error_json(20009, "not complete", 400)),
        Answer(500, error_json(20500, "x", 500)),
        Answer(cut=True),
    ],
    ids=lambda answer: str(answer.status),
)
def test_a_deletion_that_did_not_work_is_tried_again_later(
    provider: RestServer, texting: TwilioTexting, answer: Answer
) -> None:
    provider.will(answer)

    error = caught(lambda: texting.forget(MessageId(SID)))

    assert type(error) is ProviderBusy


def test_nothing_secret_shows_in_a_repr(texting: TwilioTexting) -> None:
    assert TOKEN not in repr(texting)


# --- against the provider's own description of its API -------------------------------------------------


@vectors.needed
def test_every_request_fits_the_providers_description(provider: RestServer, texting: TwilioTexting, send: Send) -> None:
    provider.will(Answer(201, message_json()), Answer(204))

    send()
    texting.forget(MessageId(SID))

    sent, forgotten = provider.requests
    vectors.check("POST", "/2010-04-01/Accounts/{AccountSid}/Messages.json", sent)
    vectors.check("DELETE", "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json", forgotten)
    assert {"ContentRetention", "AddressRetention", "ValidityPeriod"} <= set(sent.form)
