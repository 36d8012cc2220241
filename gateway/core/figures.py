"""The figures of the hotline, by week, made so that nobody is found in them. Pure.

Three rules: whole weeks only, for from one day's figures to the next a single case could be seen; never a week that
goes on, for the same reason; and a figure below `SMALLEST` is not told, nought neither, nor any sum that would tell it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

SMALLEST = 5
FIRST_WEEKDAY = 6  # counted from Monday: Iraq's week begins on Sunday
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from `begins_on` (days as they are counted, in UTC). A figure that is too small to be told is None."""

    begins_on: date
    figures: Mapping[str, int | None] = field(repr=False)


def weeks_before(today: date, count: int) -> tuple[date, ...]:
    """The first days of the last `count` weeks that are over, the oldest first."""
    this_week = today - timedelta(days=(today.weekday() - FIRST_WEEKDAY) % 7)
    return tuple(this_week - WEEK * back for back in range(count, 0, -1))


def days_of(begins_on: date) -> Iterator[date]:
    """The seven days of a week."""
    return (begins_on + timedelta(days=day) for day in range(7))


def week(begins_on: date, by_day: Mapping[date, Mapping[str, int]], names: tuple[str, ...]) -> Week:
    """A week's figures of these names, from those of its days."""
    sums = {name: sum(by_day.get(day, {}).get(name, 0) for day in days_of(begins_on)) for name in names}
    return Week(begins_on, {name: number if number >= SMALLEST else None for name, number in sums.items()})
