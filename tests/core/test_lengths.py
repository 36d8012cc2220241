"""Texts are measured as networks measure them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.conversation import Channel
from gateway.core.lengths import excess, is_gsm7, septets, sms_parts, utf16_units
from tests.providers.twilio import vectors


def test_an_emoji_counts_two_units_and_an_arabic_letter_one() -> None:
    assert utf16_units("سند") == 3
    assert utf16_units("🌸") == 2


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_units_are_those_of_the_utf16_encoding(text: str) -> None:
    assert utf16_units(text) == len(text.encode("utf-16-le")) // 2


def test_brackets_and_the_euro_sign_count_two_septets() -> None:
    assert septets("a[€") == 5
    assert is_gsm7("Hello {you}, 5 €")
    assert not is_gsm7("صباح الخير")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("ا" * 70, 1),
        ("ا" * 71, 2),
        ("ا" * 134, 2),
        ("ا" * 135, 3),
        ("a" * 159 + "\u00a0", 3),
        ("a" * 152 + "[" + "a" * 152, 3),
    ],
)
def test_a_long_text_is_sent_in_parts(text: str, parts: int) -> None:
    assert sms_parts(text) == parts


@pytest.mark.parametrize(("channel", "limit"), [(Channel.SMS, 70), (Channel.USSD, 80)])
def test_a_message_and_a_screen_have_a_limit(channel: Channel, limit: int) -> None:
    assert excess("ا" * limit, channel=channel) == 0
    assert excess("ا" * (limit + 3), channel=channel) == 3


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("م\u064e" * 35, 1),
        ("م\u064e" * 67, 3),
        ("👩\u200d👩\u200d👧" * 9, 2),
        ("👍\U0001f3fd" * 16, 1),
        ("👍\U0001f3fd" * 32, 2),
    ],
)
def test_a_letter_is_not_parted_from_its_marks_nor_a_picture_from_its_pieces(text: str, parts: int) -> None:
    assert sms_parts(text) == parts


@vectors.needed
def test_parts_and_alphabet_are_those_of_an_independent_calculator() -> None:
    counted = vectors.read("sms_segments.json")

    ours = [(case["name"], "GSM-7" if is_gsm7(case["text"]) else "UCS-2", sms_parts(case["text"])) for case in counted]

    assert ours == [(case["name"], case["encoding"], case["segments"]) for case in counted]
    assert [utf16_units(case["text"]) for case in counted] == [case["utf16"] for case in counted]


def test_a_voice_has_no_limit() -> None:
    assert excess("ا" * 10_000, channel=Channel.VOICE) == 0
