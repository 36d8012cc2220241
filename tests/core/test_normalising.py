"""One spelling for what people type."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.normalising import LONGEST, normalise


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("مُسَاعَدة", "مساعده"),
        ("مــساعدة", "مساعده"),
        ("ﻣﺴﺎﻋﺪﺓ", "مساعده"),
        ("مسااااعدة", "مساعده"),
        ("إلغاء", "الغا"),
        ("أ إ آ ٱ ؤ ئ ى ی", "ا ا ا ا و ي ي ي"),
        ("یارمەتی", "يارمهتي"),
        ("چ پ ڤ گ ک ڵ ڕ ۆ ێ", "ج ب ف ك ك ل ر و ي"),
        ("لا، تتصل!", "لا تتصل"),
        ("ﻻ تتصل", "لا تتصل"),
        ("\u200fات\u200cصل\u202c", "اتصل"),
        ("Don’t  CALL\t me\n", "dont call me"),
        ("7’a6ar", "7a6ar"),
        ("HEEELP🙏🏽", "help"),
        ("stop™ ℹ\ufe0f", "stop"),
        ("11111", "11111"),
        ("alîkarî", "alikari"),
        ("\ud83d", ""),
        ("", ""),
    ],
)
def test_one_word_has_one_spelling(written: str, normal: str) -> None:
    assert normalise(written) == normal


@pytest.mark.parametrize("digits", ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９", "०१२३४५६७८९"])
def test_digits_of_any_script_are_ascii(digits: str) -> None:
    assert normalise(digits) == "0123456789"


def test_every_character_there_is_comes_out_as_letters_ascii_digits_or_nothing_and_stays_so() -> None:
    strange = set()
    for point in range(sys.maxunicode + 1):
        normal = normalise(chr(point))
        if normal and (
            normalise(normal) != normal or not all(c == " " or c.isalpha() or c in "0123456789" for c in normal)
        ):
            strange.add(f"U+{point:04X}")

    assert strange == set()


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=300))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once


@given(st.text("abالـًء'1١ ﷺ", max_size=60), st.integers(1, 60))
def test_normalising_twice_changes_nothing_where_much_falls_away_or_unfolds(text: str, times: int) -> None:
    once = normalise(text * times)

    assert normalise(once) == once
    assert len(once) <= LONGEST


def test_what_stands_too_far_behind_is_not_read() -> None:
    assert normalise("ab " * 2000) == normalise("ab " * 1000)
