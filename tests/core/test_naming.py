"""What may stand in clear of a responder: names, and never a telephone number."""

import sys
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.naming import LONGEST_CODE, LONGEST_NAME, BrokenCode, BrokenName, check_codes, check_name
from gateway.core.roster import Responder
from tests.core.responders import a_woman

HERS = "+9647705550011"
EVERY_DIGIT = [letter for letter in map(chr, range(sys.maxunicode + 1)) if unicodedata.digit(letter, None) is not None]
LETTERS = st.characters(categories=("Ll", "Lu", "Lo"))
# Space, no-break space, thin space, direction marks, embeddings, isolates, zero-width marks, tatweel and vowel signs.
BETWEEN = [
    *" .-/()[]+_,:;*#", *"\u00a0\u2009\u202f\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2069\u200b\u200c\u200d",
    *"\u2060\ufeff\u00ad\u061c\u0640\u064b\u2011\u2013\u2212", "a", "\u0627",
]  # fmt: skip


def in_script(number: str, zero: int) -> str:
    return "".join(chr(zero + int(letter)) if letter.isdigit() else letter for letter in number)


@pytest.mark.parametrize(
    "name",
    ["Amal", "Amal 2", "Umm Ali", "\u0623\u0645\u0644", "\u0623\u0645\u0644 \u0662", "Amal-Noor (Shura)", "Amal 123"],
)
def test_a_name_is_a_name(name: str) -> None:
    check_name(name)

    assert replace(a_woman(), name=name).name == name


@pytest.mark.parametrize(
    "name",
    [
        HERS,
        "07705550011",
        "0011",
        "Amal 0011",
        "Amal (+964 770 555 0011)",
        "0770-555-00-11",
        "Am0al7no7or0",
        "\u202a+964 770 555 0011\u202c",
        "0\u200b7\u200c7\u200d0",
        in_script(HERS, 0x660),
        in_script(HERS, 0x6F0),
        in_script(HERS, 0xFF10),
        in_script(HERS, 0x1D7CE),
        "Amal \u2460\u2461\u2462\u2463",
        "Amal \u2070\u00b9\u00b2\u00b3",
        "Amal \u2469\u2469",
        "%D9%A7%D9%A7",
        "\\u0667\\u0667",
        "07\u0667\u06f7",
    ],
)
def test_a_name_that_could_be_a_number_is_refused_and_not_repeated(name: str) -> None:
    with pytest.raises(BrokenName) as refused:
        replace(a_woman(), name=name)

    assert name not in f"{refused.value} {refused.value!r}"
    assert not any(unicodedata.digit(letter, None) is not None and letter != "3" for letter in str(refused.value))


@given(st.data())
def test_digits_of_any_script_are_counted_wherever_they_stand(data: st.DataObject) -> None:
    digits = data.draw(st.lists(st.sampled_from(EVERY_DIGIT), min_size=4, max_size=12))
    between = st.lists(st.sampled_from(BETWEEN) | LETTERS, max_size=3).map("".join)
    name = data.draw(between) + "".join(digit + data.draw(between) for digit in digits)

    with pytest.raises(BrokenName):
        check_name(name)


@pytest.mark.parametrize("name", ["", " ", "2", "-", "Amal ", " Amal", "Amal\n", "Am\tal", "Amal\x1b[31m", "\u202eAmal",
                                  "Am\u200bal", "Am\ud800al", "A" * (LONGEST_NAME + 1)])  # fmt: skip
def test_a_name_that_nobody_can_read_or_type_is_refused(name: str) -> None:
    with pytest.raises(BrokenName):
        Responder(id=a_woman().id, name=name, is_woman=True)


@pytest.mark.parametrize("field", ["languages", "skills", "areas"])
@pytest.mark.parametrize(
    "code", ["07705550011", "ar2", "", "Shura", "shura ", "a--b", "\u0661\u0662", "a" * (LONGEST_CODE + 1)]
)
def test_a_code_of_more_than_small_letters_is_refused_and_not_repeated(field: str, code: str) -> None:
    words: dict[str, Any] = {field: frozenset({"ar", code})}

    with pytest.raises(BrokenCode) as refused:
        a_woman(**words)

    assert not code or code not in str(refused.value)


def test_codes_of_letters_are_kept() -> None:
    check_codes(["ar", "self_harm", "south-bank"])
