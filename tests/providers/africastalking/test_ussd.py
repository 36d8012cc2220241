"""USSD as Africa's Talking sends it, as nobody should, and the screens that go back."""

from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.errors import BadRequest, BadSignature, BrokenScript
from gateway.core.messages import MOST_STEPS, UssdOver, UssdStep
from gateway.providers.africastalking.ussd import AfricasTalking
from gateway.providers.reading import verify_secret
from gateway.providers.wires import RawRequest

FORM = "application/x-www-form-urlencoded"
DIALLED = {
    "sessionId": "ATUid_0ab1c2d3e4f5061728394a5b6c7d8e9f",
    "phoneNumber": "+9647701234567",
    "networkCode": "63902",
    "serviceCode": "*384*123#",
    "text": "",
}
SCREEN = "اختاري:\n1 خطر الآن\n2 اتصلوا بي"


def sent(**changes: str) -> RawRequest:
    return RawRequest(body=urlencode(DIALLED | changes).encode(), content_type=FORM)


def read(**changes: str) -> UssdStep:
    found = AfricasTalking().read(sent(**changes))
    assert isinstance(found, UssdStep)
    return found


def test_a_phone_that_dials_is_read_as_the_provider_sends_it() -> None:
    step = read()

    assert (step.session, step.from_text, step.code) == (DIALLED["sessionId"], "+9647701234567", "*384*123#")
    assert (step.inputs, step.input, step.first, step.turn) == ((), None, True, None)


def test_the_notice_of_an_end_is_no_step() -> None:
    notice = {
        "date": "2026-11-24 12:00:00",
        "sessionId": DIALLED["sessionId"],
        "serviceCode": "*384*123#",
        "networkCode": "63902",
        "phoneNumber": "+9647701234567",
        "status": "Incomplete",
        "cost": "KES 0.10",
        "durationInMillis": "12345",
        "hopsCount": "3",
        "input": "2*1",
        "lastAppResponse": "CON a screen",
    }

    found = AfricasTalking().read(RawRequest(body=urlencode(notice).encode(), content_type=FORM))

    assert found == UssdOver(DIALLED["sessionId"], "+9647701234567")
    assert found.owner == read(text="2*1").owner


@pytest.mark.parametrize(
    ("text", "inputs"),
    [
        ("2", ("2",)),
        ("2*1*4", ("2", "1", "4")),
        ("٢*١", ("٢", "١")),
        ("1**2", ("1", "", "2")),
        ("**", ("", "", "")),
        ("#", ("#",)),
        ("1*#", ("1", "#")),
        (" 1 ", (" 1 ",)),
        ("اتصال", ("اتصال",)),
    ],
)
def test_what_was_keyed_so_far_is_taken_apart_at_each_star(text: str, inputs: tuple[str, ...]) -> None:
    step = read(text=text)

    assert step.inputs == inputs
    assert not step.first


def test_a_repeated_request_is_read_the_same() -> None:
    assert read(text="2*1") == read(text="2*1")


def test_two_hundred_steps_are_read_as_far_as_anybody_would_listen() -> None:
    step = read(text="*".join("1" * 200))

    assert step.inputs == ("1",) * MOST_STEPS


def test_another_phone_with_the_same_session_is_another_owner() -> None:
    assert read().owner != read(phoneNumber="+9647709999999").owner
    assert read().owner == read(text="1").owner


@pytest.mark.parametrize("number", ["", "anonymous", "497", "ZAIN", "+4915112345678"])
def test_a_number_is_handed_on_as_it_came(number: str) -> None:
    assert read(phoneNumber=number).from_text == number


def test_a_request_with_a_session_and_nothing_else_is_dialling() -> None:
    found = AfricasTalking().read(RawRequest(body=b"sessionId=a"))

    assert isinstance(found, UssdStep)
    assert found.first


def test_nothing_of_her_shows_in_a_repr() -> None:
    shown = repr(read(text="2*4711"))

    assert "770" not in shown
    assert "4711" not in shown


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sessionId": ""}, "sessionId is missing"),
        ({"sessionId": "a b"}, "sessionId does not look"),
        ({"sessionId": "a" * 129}, "sessionId is longer than 128"),
        ({"phoneNumber": "1" * 65}, "phoneNumber is longer"),
        ({"text": "1" * 9000}, "text is longer"),
        ({"text": "1\x00"}, "text holds a NUL"),
    ],
)
def test_what_is_wrong_with_a_form_is_said_in_clear_words(changes: dict[str, str], words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        read(**changes)


def test_a_field_with_two_values_is_refused() -> None:
    with pytest.raises(BadRequest, match="phoneNumber comes twice"):
        AfricasTalking().read(RawRequest(body=b"sessionId=a&phoneNumber=1&phoneNumber=2"))


@settings(deadline=None)
@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda raw: b"sessionId=a&text=" + raw))
def test_no_bytes_raise_anything_but_a_bad_request(body: bytes) -> None:
    with suppress(BadRequest):
        AfricasTalking().read(RawRequest(body=body))


@settings(deadline=None)
@given(st.text(st.characters(categories=["Nd", "Lo"]), min_size=6, max_size=20))
def test_a_refusal_repeats_nothing_of_what_was_sent(text: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        read(sessionId=text + "!")

    assert text not in str(refusal.value)


# --- screens -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("more", "word"), [(True, "CON "), (False, "END ")])
def test_a_screen_says_first_whether_an_answer_is_awaited(more: bool, word: str) -> None:
    answer = AfricasTalking().show(SCREEN, more=more, step=read())

    assert answer.body.decode() == word + SCREEN
    assert answer.content_type == "text/plain; charset=UTF-8"


@pytest.mark.parametrize("screen", ["م" * 80, "1" * 80, "م" * 78 + "🆘"])
def test_a_screen_of_eighty_units_fits_and_the_word_before_it_does_not_count(screen: str) -> None:
    assert AfricasTalking().show(screen, more=True, step=read()).body.decode() == "CON " + screen


@pytest.mark.parametrize("screen", ["م" * 81, "م" * 79 + "🆘"])
def test_a_longer_screen_is_refused_for_a_number_cut_off_is_a_wrong_number(screen: str) -> None:
    with pytest.raises(BrokenScript, match="1 UTF-16 units too long"):
        AfricasTalking().show(screen, more=True, step=read())


# --- the secret --------------------------------------------------------------------------------------


def test_the_secret_opens_the_door() -> None:
    verify_secret("xq-secret", "xq-secret")


@pytest.mark.parametrize("given_", [None, "", "xq-secre", "xq-secret ", "XQ-SECRET", "\udcff", "٣"])
def test_anything_else_does_not(given_: str | None) -> None:
    with pytest.raises(BadSignature) as refusal:
        verify_secret("xq-secret", given_)

    assert "xq" not in str(refusal.value)


@pytest.mark.parametrize("given_", [None, "", "anything"])
def test_where_no_secret_is_set_nobody_comes_in(given_: str | None) -> None:
    with pytest.raises(BadSignature):
        verify_secret("", given_)
