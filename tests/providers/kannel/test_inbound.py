"""Requests as a real Kannel makes them, and as nobody should."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.errors import BadRequest
from gateway.core.messages import MessageReport, MessageStatus
from gateway.providers.kannel.inbound import Kannel, read_report
from gateway.providers.kannel.statuses import MESSAGE_STATUSES, message_status
from gateway.providers.wires import RawRequest

CALL_ME = "اتصل بي"
ID = "83ce91b1-9baa-4d7c-bc66-14c8e84ec41b"
# Recorded from Debian's kannel 1.4.5; the first with mo-recode, the second without.
UTF8 = (
    f"secret=s3&from=%2B9647701234567&to=7070&text=%D8%A7%D8%AA%D8%B5%D9%84+%D8%A8%D9%8A&id={ID}&coding=0&charset=UTF-8"
).encode()
UCS2 = (
    f"secret=s3&from=%2B9647701234567&to=7070&text=%06'%06*%065%06D%00+%06(%06J&id={ID}&coding=2&charset=UTF-16BE"
).encode()
POSTED = f"secret=s3&from=%2B9647701234567&to=7070&id={ID}&coding=2&charset=UTF-16BE".encode()
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "request_as_sent",
    [
        RawRequest(raw_query=UTF8),
        RawRequest(raw_query=UCS2),
        RawRequest(POSTED, CALL_ME.encode("utf-16-be"), 'text/plain; charset="UTF-16BE"'),
        RawRequest(POSTED, CALL_ME.encode(), 'text/plain; charset="UTF-8"'),
        RawRequest(POSTED, CALL_ME.encode("utf-16-be"), "application/octet-stream"),
        RawRequest(b"secret=s3", UTF8, FORM),
        RawRequest(b"", UCS2, FORM + "; charset=UTF-8"),
        RawRequest(
            UTF8.replace(b"from=", b"p=").replace(b"to=", b"P=").replace(b"id=", b"I=").replace(b"text=", b"b=")
        ),
    ],
)
def test_a_message_is_read_in_every_form_that_kannel_can_bring_it(request_as_sent: RawRequest) -> None:
    message = Kannel().read(request_as_sent)

    assert (message.id, message.from_text, message.to, message.text) == (ID, "+9647701234567", "7070", CALL_ME)


@pytest.mark.parametrize("sender", ["ASIACELL", "497", "07701234567", "+4915112345678", ""])
def test_a_sender_is_handed_on_as_it_came(sender: str) -> None:
    assert Kannel().read(RawRequest(f"id=a&from={sender.replace('+', '%2B')}".encode())).from_text == sender


def test_a_plus_that_nobody_escaped_is_no_part_of_the_number() -> None:
    assert Kannel().read(RawRequest(b"id=a&from=+9647701234567")).from_text == "9647701234567"


def test_a_message_without_text_is_a_message() -> None:
    assert Kannel().read(RawRequest(b"id=a&from=1")).text == ""


def test_four_thousand_bytes_of_text_are_read() -> None:
    assert len(Kannel().read(RawRequest(b"id=a&text=" + b"%D9%85" * 2000)).text) == 2000


def test_nothing_of_her_shows_in_a_repr() -> None:
    message = Kannel().read(RawRequest(UTF8))

    assert "770" not in repr(message) + repr(RawRequest(UTF8, UTF8))
    assert CALL_ME not in repr(message)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "id is missing"),
        (b"id=&from=1", "id is missing"),
        (b"id=a%20b", "id does not look"),
        (b"id=" + b"a" * 65, "id is longer"),
        (b"id=a&id=b", "id comes twice"),
        (b"id=a&from=1&from=2", "from comes twice"),
        (b"id=a&text=1&text=2", "text comes twice"),
        (b"id=a&from=%00", "from holds a NUL"),
        (b"id=a&from=" + b"1" * 256, "from is longer"),
        (b"id=a&text=" + b"1" * 40_000, "text is longer"),
        (b"&".join(b"a=1" for _ in range(200)), "fields"),
    ],
)
def test_what_is_wrong_with_a_request_is_said_in_clear_words(raw: bytes, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        Kannel().read(RawRequest(raw))


pieces = st.sampled_from(
    [b"id=a", b"&", b"=", b"text", b"from", b"%", b"%06'", b"coding=2", b"charset=", b"\xff", b";"]
)


@settings(deadline=None)
@given(
    st.lists(pieces | st.binary(max_size=8), max_size=12),
    st.binary(max_size=40),
    st.sampled_from([FORM, "", 'text/plain; charset="']),
)
def test_no_bytes_raise_anything_but_a_bad_request(query: list[bytes], body: bytes, content_type: str) -> None:
    request = RawRequest(b"".join(query), body, content_type)

    with suppress(BadRequest):
        Kannel().read(request)
    with suppress(BadRequest):
        read_report(request, token="abc")


@settings(deadline=None)
@given(st.text(st.characters(categories=["Nd", "Lo"]), min_size=6, max_size=20))
def test_a_refusal_repeats_nothing_of_what_was_sent(text: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        Kannel().read(RawRequest(f"id={text}!".encode()))

    assert text not in str(refusal.value)


# --- answers and reports -----------------------------------------------------------------------------


def test_an_arabic_answer_says_that_it_needs_ucs2_and_how_long_it_is_good_for() -> None:
    answer = Kannel().answer(CALL_ME, valid_for=timedelta(minutes=10, seconds=59))

    assert answer.body == CALL_ME.encode()
    assert answer.content_type == "text/plain; charset=UTF-8"
    assert answer.headers == {"X-Kannel-Coding": "2", "X-Kannel-Validity": "10"}


def test_a_latin_answer_keeps_the_alphabet_that_holds_more() -> None:
    assert "X-Kannel-Coding" not in Kannel().answer("1 yes 2 no", valid_for=timedelta(minutes=5)).headers


def test_no_answer_is_an_empty_body() -> None:
    answer = Kannel().answer("", valid_for=timedelta(minutes=5))

    assert (answer.body, answer.headers) == (b"", {})


def test_a_message_is_good_for_a_minute_at_least_for_zero_would_mean_for_ever() -> None:
    assert Kannel().answer("a", valid_for=timedelta(seconds=5)).headers["X-Kannel-Validity"] == "1"


def test_a_report_is_known_by_the_token_in_its_path() -> None:
    report = read_report(RawRequest(b"secret=s3&status=1"), token="abc")

    assert report == MessageReport(report.id, MessageStatus.DELIVERED)
    assert report.id == "abc"


@pytest.mark.parametrize("status", ["", "3", "-1", "delivered", "8 "])
def test_a_status_that_is_not_kannels_is_refused(status: str) -> None:
    with pytest.raises(BadRequest, match="known are 1, 2, 4, 8, 16"):
        message_status(status)


def test_every_bit_of_the_mask_that_we_ask_for_is_known() -> None:
    assert {"1", "2", "4", "8", "16"} <= MESSAGE_STATUSES.keys()


@pytest.mark.parametrize("token", ["", "../a", "a b", "x" * 65])
def test_a_report_for_something_that_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(BadRequest, match="token"):
        read_report(RawRequest(b"status=1"), token=token)
