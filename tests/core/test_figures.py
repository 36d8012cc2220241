"""Counts by week: summed up, and never so small or so often that somebody is found in them."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.figures import SMALLEST, days_of, week, weeks_before

TUESDAY = date(2026, 11, 24)
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@given(DAYS, st.integers(1, 52))
def test_weeks_begin_on_sunday_follow_each_other_and_are_all_over(today: date, count: int) -> None:
    begun = weeks_before(today, count)

    assert len(begun) == count
    assert {first.weekday() for first in begun} == {6}
    assert {later - earlier for earlier, later in pairwise(begun)} <= {timedelta(days=7)}
    assert today - timedelta(days=7) <= max(days_of(begun[-1])) < today


def test_a_weeks_figures_are_the_sum_of_its_days_and_of_no_other() -> None:
    first = weeks_before(TUESDAY, 1)[0]
    by_day = {day: {"requested": 2} for day in days_of(first)} | {first - timedelta(days=1): {"requested": 100}}

    found = week(first, by_day, ("requested",))

    assert (found.begins_on, found.figures) == (date(2026, 11, 15), {"requested": 14})


@given(st.dictionaries(st.sampled_from(["requested", "closed", "unreached"]), st.integers(0, 12)))
def test_a_figure_below_five_is_never_told_nought_neither(counted: dict[str, int]) -> None:
    names = ("requested", "closed", "unreached")

    found = week(TUESDAY, {TUESDAY: Counter(counted)}, names)

    for name in names:
        number = counted.get(name, 0)
        assert found.figures[name] == (number if number >= SMALLEST else None)


@given(st.integers(0, 40))
def test_what_happened_today_changes_nothing_that_is_told(number: int) -> None:
    begun = weeks_before(TUESDAY, 3)

    told = [week(first, {TUESDAY: {"requested": number}}, ("requested",)) for first in begun]

    assert all(each.figures == {"requested": None} for each in told)
