"""What is asked of Kannel, and what its answers and silences mean. All over real HTTP on loopback."""

import re
import socket
import traceback
from collections.abc import Callable
from datetime import timedelta

import pytest

from gateway.core.errors import BrokenSetting, ProviderBusy, ProviderRefused, ProviderUncertain, SanadError
from gateway.core.messages import MessageId
from gateway.core.phone import PhoneNumber
from gateway.providers.kannel.client import KannelTexting
from tests.providers.kannel.conftest import HERS, PASSWORD, SECRET, SECRETS, texting_for
from tests.providers.twilio.rest_server import Answer, RestServer

TEXT = "تم تسجيل الطلب. للإلغاء: توقف"
TAKEN = Answer(202, "0: Accepted for delivery")


def sending(texting: KannelTexting, to: PhoneNumber, text: str = TEXT) -> Callable[[], MessageId]:
    return lambda: texting.send(to, text, valid_for=timedelta(minutes=10, seconds=30), token="abcdefgh")


def caught(action: Callable[[], object]) -> SanadError:
    """The error of ours that the action ends with; checked for what must never be in one."""
    with pytest.raises(SanadError) as raised:
        action()
    error = raised.value
    told = "".join(traceback.format_exception(error)) + repr(error.__context__) + repr(error.__cause__)
    assert error.__context__ is None
    assert not [secret for secret in SECRETS if secret in told]
    return error


def test_a_message_goes_out_in_ucs2_with_a_short_life_and_an_address_for_reports(
    smsbox: RestServer, texting: KannelTexting, her_number: PhoneNumber, turns: list[str]
) -> None:
    smsbox.will(TAKEN)

    message = sending(texting, her_number)()

    [request] = smsbox.requests
    assert message == "abcdefgh"
    assert turns == ["asked"]
    assert (request.method, request.path) == ("GET", "/cgi-bin/sendsms")
    assert {name: value for name, [value] in request.query.items()} == {
        "username": "sanad",
        "password": PASSWORD,
        "from": "7070",
        "to": HERS,
        "text": TEXT,
        "charset": "UTF-8",
        "coding": "2",
        "validity": "10",
        "dlr-mask": "31",
        "dlr-url": f"https://hotline.example.org/kannel/status/abcdefgh?secret={SECRET}&status=%d",
    }


def test_a_text_that_fits_the_gsm_alphabet_is_left_in_it(
    smsbox: RestServer, texting: KannelTexting, her_number: PhoneNumber
) -> None:
    smsbox.will(TAKEN)

    sending(texting, her_number, "1 yes 2 no & + % ?")()

    assert "coding" not in smsbox.requests[0].query
    assert smsbox.requests[0].query["text"] == ["1 yes 2 no & + % ?"]


def test_what_the_address_holds_already_is_kept(smsbox: RestServer, her_number: PhoneNumber) -> None:
    smsbox.will(TAKEN)
    texting = texting_for(smsbox.url + "/cgi-bin/sendsms?smsc=ASIA", [])

    sending(texting, her_number)()

    assert smsbox.requests[0].query["smsc"] == ["ASIA"]


@pytest.mark.parametrize(
    "answer",
    [
        TAKEN,
        Answer(202, "3: Queued for later delivery"),
        Answer(202, ""),
        Answer(200, "0: Accepted for delivery"),
        Answer(200, "Sent."),
    ],
    ids=lambda answer: f"{answer.status}-{answer.body}",
)
def test_a_message_that_kannel_took_is_sent(
    smsbox: RestServer, texting: KannelTexting, her_number: PhoneNumber, answer: Answer
) -> None:
    smsbox.will(answer)

    assert sending(texting, her_number)() == "abcdefgh"


@pytest.mark.parametrize(
    ("answer", "kind", "mend"),
    [
        (Answer(403, "Authorization failed for sendsms"), ProviderRefused, "KANNEL_PASSWORD"),
        (Answer(200, "Authorization failed for sendsms"), ProviderRefused, "KANNEL_PASSWORD"),
        (Answer(401, f"no {HERS}"), ProviderRefused, "KANNEL_PASSWORD"),
        (Answer(403, "Not routable. Do not try again."), ProviderRefused, "no route"),
        (Answer(503, "Temporal failure, try again later."), ProviderBusy, "later"),
        (Answer(503, f"busy {HERS}"), ProviderBusy, "later"),
        (Answer(429, "slow"), ProviderBusy, "later"),
        (Answer(400, "Missing receiver number, rejected"), ProviderRefused, "did not take"),
        (Answer(404, "Unknown request."), ProviderRefused, "KANNEL_SENDSMS_URL"),
        (Answer(302, "moved"), ProviderRefused, "answered 302"),
        (Answer(413, f"{HERS} is too long"), ProviderRefused, "answered 413"),
    ],
    ids=lambda value: f"{value.status}-{str(value.body)[:16]}" if isinstance(value, Answer) else None,
)
def test_a_refusal_says_what_a_person_can_do_and_nothing_of_the_number(
    smsbox: RestServer, texting: KannelTexting, answer: Answer, kind: type[SanadError], mend: str
) -> None:
    smsbox.will(answer)

    error = caught(sending(texting, PhoneNumber.parse(HERS)))

    assert type(error) is kind
    assert re.search(mend, error.advice)


@pytest.mark.parametrize(
    "answer",
    [Answer(202, "late", delay=0.6), Answer(cut=True), Answer(500, "x"), Answer(502, "x"), Answer(200, "<html>")],
    ids=lambda answer: f"{answer.status}-{answer.body}",
)
def test_a_message_that_may_have_been_taken_is_uncertain_and_never_sent_twice(
    smsbox: RestServer, texting: KannelTexting, her_number: PhoneNumber, answer: Answer
) -> None:
    smsbox.will(answer)

    error = caught(sending(texting, her_number))

    assert type(error) is ProviderUncertain
    assert len(smsbox.requests) == 1


def test_a_kannel_that_cannot_be_reached_has_certainly_sent_nothing(her_number: PhoneNumber) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        texting = texting_for(f"http://127.0.0.1:{nobody.getsockname()[1]}/cgi-bin/sendsms", [])

        error = caught(sending(texting, her_number))

    assert type(error) is ProviderBusy


def test_forgetting_asks_nobody(smsbox: RestServer, texting: KannelTexting) -> None:
    texting.forget(MessageId("abcdefgh"))

    assert smsbox.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:13013/cgi-bin/sendsms",
        "ftp://127.0.0.1/cgi-bin/sendsms",
        "http:///cgi-bin/sendsms",
        "http://127.0.0.1:13013",
        "http://127.0.0.1:port/cgi-bin/sendsms",
        "http://u:p@127.0.0.1/cgi-bin/sendsms",
        "http://[::1/cgi-bin/sendsms",
        "http://127.0.0.1/رسالة",
    ],
)
def test_an_address_that_is_none_is_refused_with_the_mend(url: str) -> None:
    error = caught(lambda: texting_for(url, []))

    assert type(error) is BrokenSetting
    assert "KANNEL_SENDSMS_URL" in error.advice


@pytest.mark.parametrize("secret", ["", "a b", "a%pb", "a&b", "سر"])
def test_a_secret_that_kannel_would_take_for_an_escape_is_refused(secret: str) -> None:
    with pytest.raises(BrokenSetting, match="KANNEL_SECRET"):
        KannelTexting(
            "http://127.0.0.1:1/sendsms",
            username="u",
            password="p",
            service_number="7070",
            report_url="https://hotline.example.org/kannel/status",
            secret=secret,
            pace=lambda: None,
        )


def test_nothing_secret_shows_in_a_repr(texting: KannelTexting) -> None:
    assert not [secret for secret in SECRETS if secret in repr(texting)]
