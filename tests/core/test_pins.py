"""PINs of responders, and the messages that carry them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.pins import BrokenPin, is_right, keep_pin
from gateway.core.stafftexts import StaffText, StaffWish, as_note, from_note, read_staff_text
from tests.services.post import staff_keywords


def test_a_pin_is_known_again_and_another_is_not() -> None:
    kept = keep_pin("4821", salt="abcdefgh")

    assert is_right("4821", kept)
    assert not is_right("4822", kept)
    assert not is_right("", kept)


def test_the_same_pin_of_two_women_is_kept_as_two_different_things() -> None:
    assert keep_pin("4821", salt="abcdefgh") != keep_pin("4821", salt="abcdefgi")


def test_what_is_kept_holds_no_digit() -> None:
    kept = keep_pin("4821", salt="abcdefgh")

    assert kept.digest.isalpha()
    assert kept.digest not in repr(kept)


@pytest.mark.parametrize("pin", ["", "482", "4821999", "48a1", "٤٨٢١", "4 21", "1111", "1234", "4321", "7890"])
def test_what_is_malformed_or_easily_guessed_is_no_pin_and_is_not_repeated(pin: str) -> None:
    with pytest.raises(BrokenPin) as refused:
        keep_pin(pin, salt="abcdefgh")

    assert not pin or pin not in refused.value.advice


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("1 4821", StaffWish.ACCEPT),
        ("4821 1", StaffWish.ACCEPT),
        ("۲ ۴۸۲۱", StaffWish.DECLINE),
        ("9.4821", StaffWish.OFF),
        ("دوام 4821", StaffWish.ON),
        ("انا جاهزة 4821", StaffWish.ON),
        ("4821 DONE!", StaffWish.OFF),
        ("توقف 4821", StaffWish.OFF),
    ],
)
def test_a_key_or_a_word_and_a_pin_are_a_wish(text: str, wish: StaffWish) -> None:
    assert read_staff_text(text, staff_keywords()) == StaffText(wish, "4821")


@given(st.text(max_size=60))
def test_any_text_is_read_or_not(text: str) -> None:
    found = read_staff_text(text, staff_keywords())

    assert found is None or from_note(as_note(found)) == found


@given(st.sampled_from(StaffWish), st.text("0123456789", min_size=4, max_size=6))
def test_what_is_sealed_is_short_and_comes_out_again(wish: StaffWish, pin: str) -> None:
    note = as_note(StaffText(wish, pin))

    assert len(note) <= 14
    assert from_note(note) == StaffText(wish, pin)


@pytest.mark.parametrize("note", ["", "accept", "x 4821", "on"])
def test_what_was_not_sealed_by_us_is_nothing(note: str) -> None:
    assert from_note(note) in {None, StaffText(StaffWish.ACCEPT, ""), StaffText(StaffWish.ON, "")}
