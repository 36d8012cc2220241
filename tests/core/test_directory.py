"""A number that nobody tried lately is not spoken."""

from datetime import date, timedelta

import pytest

from gateway.core.directory import Numbers, check_directory, numbers_at, parse_directory
from gateway.core.errors import BrokenScript

TODAY = date(2026, 3, 1)
ENTRY = """
[community_police]
digits = "497"
name = "Community Police"
verified_on = 2026-02-01
verified_by = "field team"
"""


def test_a_number_that_was_verified_lately_is_spoken() -> None:
    directory = parse_directory(ENTRY)

    assert numbers_at(directory, TODAY) == Numbers({"community_police": "497"}, frozenset())
    assert check_directory(directory, TODAY) == []


@pytest.mark.parametrize(
    ("verified", "why"),
    [
        ("verified_on = 2025-12-01", "it was last verified on 2025-12-01, more than 60 days ago"),
        ("verified_on = 2026-03-02", "it is said to be verified on a day that has not come"),
        ("", "nobody has verified it"),
    ],
)
def test_any_other_number_is_muted_and_told(verified: str, why: str) -> None:
    directory = parse_directory(ENTRY.replace("verified_on = 2026-02-01", verified))

    assert numbers_at(directory, TODAY, stale_after=timedelta(days=60)).muted == {"community_police"}
    (found,) = check_directory(directory, TODAY, stale_after=timedelta(days=60))
    assert str(found).startswith(f"warning: config/directory.toml: entry 'community_police': {why}")


def test_a_number_is_stale_the_day_after_its_last_day() -> None:
    directory, month = parse_directory(ENTRY), timedelta(days=28)

    assert numbers_at(directory, date(2026, 3, 1), stale_after=month).muted == set()
    assert numbers_at(directory, date(2026, 3, 2), stale_after=month).muted == {"community_police"}


def test_a_verification_without_a_name_is_none() -> None:
    directory = parse_directory(ENTRY.replace('verified_by = "field team"', ""))

    assert numbers_at(directory, TODAY).spoken == {}


@pytest.mark.parametrize("digits", ['"49 7"', '"٤٩٧"', '""', "497", '"1234567890123456"'])
def test_a_number_is_ascii_digits_in_quotes(digits: str) -> None:
    with pytest.raises(BrokenScript, match="entry 'community_police': 'digits' must be"):
        parse_directory(ENTRY.replace('"497"', digits))


def test_an_empty_directory_is_refused() -> None:
    assert [found.severity for found in check_directory({}, TODAY)] == ["error"]


def test_a_number_that_is_always_spoken_is_told_when_it_is_stale_and_spoken_all_the_same() -> None:
    directory = parse_directory(ENTRY.replace("2026-02-01", "2025-02-01") + "always = true\n")

    assert numbers_at(directory, TODAY) == Numbers({"community_police": "497"}, frozenset())
    (found,) = check_directory(directory, TODAY)
    assert "and is spoken all the same" in str(found)
