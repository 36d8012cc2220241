"""Forms as Twilio and Somleng send them, and as nobody should."""

from contextlib import suppress
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.calls import CallStatus
from gateway.core.errors import BadRequest
from gateway.providers.twilio.inbound import WRONG_KEYS, parse_call, parse_status
from gateway.providers.twilio.statuses import CALL_STATUSES, call_status

SID = "CA" + "0123456789abcdef" * 2
CALLER = "+9647701234567"
INCOMING = (
    f"AccountSid=AC{'a' * 32}&ApiVersion=2010-04-01&CallSid={SID}&CallStatus=ringing&CallToken=%7B%22parentCallInfo"
    "Token%22%3A%22ey.J%22%7D&Called=%2B9647500000000&CalledCity=&CalledCountry=IQ&CalledState=&CalledZip=&Caller="
    "%2B9647701234567&CallerCity=&CallerCountry=IQ&CallerState=&CallerZip=&Direction=inbound&From=%2B9647701234567"
    "&FromCity=&FromCountry=IQ&FromState=&FromZip=&StirVerstat=&To=%2B9647500000000&ToCity=&ToCountry=IQ"
)
ENDED = (
    f"ApiVersion=2010-04-01&Called=%2B9647701234567&CallStatus=completed&Duration=1&From=%2B9647500000000&CallDuration=41"
    f"&To=%2B9647701234567&SequenceNumber=3&Timestamp=Mon%2C+24+Nov+2025+10%3A01%3A05+%2B0000&CallSid={SID}"
    "&Direction=outbound-api&CallbackSource=call-progress-events&SipResponseCode=200"
)


def form(wire: str, **changes: str) -> list[tuple[str, str]]:
    return list((dict(parse_qsl(wire, keep_blank_values=True)) | changes).items())


def test_an_incoming_call_is_read_as_the_provider_sends_it() -> None:
    call = parse_call(form(INCOMING))

    assert call.call == SID
    assert call.from_text == CALLER
    assert call.to == "+9647500000000"
    assert call.keys is None
    assert call.status is CallStatus.RINGING


def test_the_id_of_a_compatible_switch_is_accepted() -> None:
    call = parse_call(form(INCOMING, CallSid="5b8a6b3e-5c1f-4e1a-9a57-7c4d2d0c9b11"))

    assert call.call == "5b8a6b3e-5c1f-4e1a-9a57-7c4d2d0c9b11"


@pytest.mark.parametrize("keys", ["1", "0", "*", "#", "4711", "1" * 32])
def test_keys_of_a_telephone_are_kept(keys: str) -> None:
    assert parse_call(form(INCOMING, Digits=keys)).keys == keys


@pytest.mark.parametrize("keys", ["٣", "３", "w", "1w2", "A", "1 2", "1" * 33, "۱۲", "²", "one", "1\n"])
def test_keys_that_no_telephone_has_are_a_wrong_entry_not_an_error(keys: str) -> None:
    assert parse_call(form(INCOMING, Digits=keys)).keys == WRONG_KEYS


def test_empty_keys_are_silence() -> None:
    assert parse_call(form(INCOMING, Digits="")).keys is None


@pytest.mark.parametrize("sender", ["anonymous", "RESTRICTED", "+266696687", "", "sip:a@b.example", "whatsapp:+1"])
def test_a_sender_is_handed_on_as_it_came(sender: str) -> None:
    assert parse_call(form(INCOMING, From=sender)).from_text == sender


def test_a_call_without_sender_receiver_and_status_is_still_a_call() -> None:
    call = parse_call([("CallSid", SID)])

    assert (call.from_text, call.to, call.keys, call.status) == ("", "", None, None)


def test_fields_that_we_do_not_use_may_hold_anything() -> None:
    call = parse_call([*form(INCOMING), ("CallerName", "\x00" * 9000), ("CallerName", "\ud800")])

    assert call.call == SID


def test_neither_numbers_nor_keys_show_in_a_repr() -> None:
    shown = repr(parse_call(form(INCOMING, Digits="4711")))

    assert "964" not in shown
    assert "4711" not in shown


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ([], "CallSid is missing"),
        ([("CallSid", "")], "CallSid is missing"),
        ([("CallSid", SID), ("CallSid", SID[:-1])], "CallSid comes twice"),
        ([("CallSid", SID), ("Digits", "1"), ("Digits", "2")], "Digits comes twice"),
        ([("CallSid", "../../etc")], "CallSid may hold only"),
        ([("CallSid", SID + "\n")], "CallSid may hold only"),
        ([("CallSid", "C")], "CallSid may hold only"),
        ([("CallSid", "C" * 65)], "CallSid is longer than 64"),
        ([("CallSid", SID), ("From", "+964\x00770")], "From holds a NUL"),
        ([("CallSid", SID), ("From", "\udcff")], "From holds a NUL or half a character"),
        ([("CallSid", SID), ("To", "1" * 256)], "To is longer than 255"),
        ([("CallSid", SID), ("Digits", "1" * 1001)], "Digits is longer than 1000"),
        ([("CallSid", SID), ("CallStatus", "levitating")], "known are queued, initiated, ringing"),
    ],
)
def test_what_is_wrong_with_a_form_is_said_in_clear_words(fields: list[tuple[str, str]], words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        parse_call(fields)


def test_the_same_value_twice_is_once() -> None:
    assert parse_call([("CallSid", SID), ("CallSid", SID)]).call == SID


anything = st.text(st.characters() | st.characters(categories=["Cs"]), max_size=70)
names = st.sampled_from(["CallSid", "From", "To", "Digits", "CallStatus", "SequenceNumber", "CallDuration", "X"])


@settings(deadline=None)
@given(st.lists(st.tuples(names, anything | st.just(SID)), max_size=6))
def test_no_form_raises_anything_but_a_bad_request(fields: list[tuple[str, str]]) -> None:
    for parse in (parse_call, parse_status):
        with suppress(BadRequest):
            parse(fields)


@settings(deadline=None)
@given(st.text(st.characters(categories=["Nd", "Lo"]), min_size=6, max_size=20))
def test_a_refusal_repeats_nothing_of_what_was_sent(text: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        parse_call([("CallSid", SID), ("CallStatus", "x" + text)])

    assert text not in str(refusal.value)


def test_a_report_is_read_as_the_provider_sends_it() -> None:
    report = parse_status(form(ENDED))

    assert report.call == SID
    assert report.status is CallStatus.COMPLETED
    assert report.sequence == 3
    assert report.duration == timedelta(seconds=41)
    assert "964" not in repr(report)


def test_a_report_without_order_and_length_is_still_a_report() -> None:
    report = parse_status([("CallSid", SID), ("CallStatus", "busy")])

    assert (report.status, report.sequence, report.duration) == (CallStatus.BUSY, None, None)


@pytest.mark.parametrize("number", ["-1", "1.5", "٣", "²", "9" * 10, " 1"])
def test_a_report_whose_order_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(BadRequest, match="SequenceNumber"):
        parse_status([("CallSid", SID), ("CallStatus", "busy"), ("SequenceNumber", number)])


def test_a_report_without_status_is_refused() -> None:
    with pytest.raises(BadRequest, match="CallStatus is missing"):
        parse_status([("CallSid", SID)])


def test_every_status_of_ours_has_a_word_of_theirs() -> None:
    assert set(CALL_STATUSES.values()) == set(CallStatus)


@pytest.mark.parametrize("word", ["", "Completed", "in_progress", "cancelled"])
def test_a_status_that_is_almost_theirs_is_unknown(word: str) -> None:
    with pytest.raises(BadRequest, match="canceled"):
        call_status(word)
