"""Whatever looks like a telephone number is masked, in any script and spelling; times stay readable."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.redaction import MASK, redact

_ARABIC, _PERSIAN = (str.maketrans("0123456789", digits) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"))
_SPELLINGS: list[Callable[[str], str]] = [
    lambda text: text,
    lambda text: text.translate(_ARABIC),
    lambda text: text.translate(_PERSIAN),
    lambda text: quote(text.translate(_ARABIC), safe=""),
    lambda text: ascii(text.translate(_PERSIAN)),
    lambda text: repr(text.translate(_ARABIC).encode()),
]
_numbers = st.from_regex(r"(\+9647|009647|07|7)[3-9][0-9]{8}", fullmatch=True)
_gaps = st.sampled_from(["", " ", "-", ".", " - ", ") ", "\u00a0", "\u200e", "/", "\u2011", "_"])
_words = st.text(st.characters(categories=["L", "P", "S", "Z"]), max_size=12)


@given(_numbers, st.lists(_gaps, min_size=14, max_size=14), st.sampled_from(_SPELLINGS), _words, _words)
def test_a_number_is_masked_in_any_script_spelling_and_grouping(
    number: str, gaps: list[str], spell: Callable[[str], str], before: str, after: str
) -> None:
    grouped = number[0] + "".join(gap + digit for gap, digit in zip(gaps, number[1:], strict=False))

    masked = redact(before + " " + spell(grouped) + " " + after)

    assert MASK in masked
    assert not re.search(r"\d|%D9|%DB|\\[ux]", masked), masked


@given(st.text(st.characters(categories=["Nd"]), min_size=5, max_size=40))
def test_five_digits_together_never_stay(digits: str) -> None:
    assert redact(f"x{digits}y") == f"x{MASK}y"


@given(st.text())
def test_masking_twice_is_masking_once_and_never_fails(text: str) -> None:
    once = redact(text)

    assert redact(once) == once
    assert not re.search(r"\d{5}", re.sub(r"[.,]\d{6}", "", once))


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2090, 1, 1)))  # noqa: DTZ001
def test_iso_times_stay(moment: datetime) -> None:
    for text in (
        moment.replace(tzinfo=UTC).isoformat(),
        moment.isoformat(" "),
        f"{moment.date()}",
        f"{moment.isoformat()}Z",
    ):
        assert redact(f"at {text}, done") == f"at {text}, done"


@pytest.mark.parametrize(
    "text", ["answered 200 in 12 ms", "127.0.0.1:8000", "rq 3.0.0", "attempt 2 of 3", "gateway/core/phone.py:120", ""]
)
def test_what_a_log_is_for_stays(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    "text",
    ["2025-11-24 77012", "0770 2012-12-12", "2012-12-12-34 567", "2025-11-24T02:15:33.77012345670", "%2B9647701234567",
     "To=%2B964%207701234567", "tel:+964-770-123-4567", "'٠٧٧٠ ١٢٣'"],
)  # fmt: skip
def test_a_number_does_not_hide_behind_a_date_or_an_escape(text: str) -> None:
    assert MASK in redact(text)
    assert "7701" not in redact(text)
