"""When a responder is on shift: hours by the week, exceptions by the day, and what was said by hand.

Pure functions of values: whoever asks brings the moment. Who else must be true of her stands in `gateway.core.roster`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gateway.core.hours import DAY, MIDNIGHT, Window, wall

_LOOK_BACK = 2  # days: a shift that began the day before may still last, and a zone is not everywhere on one date
_LOOK_AHEAD = 9  # days: whatever changes by the week has changed by then


@dataclass(frozen=True, slots=True)
class Shift:
    """Every week on `weekday` (Monday is 0) from `begins` until before `ends`, of the next day if that is not later.

    Raises `ValueError` for a shift without end: the whole day is from 00:00 until 00:00.
    """

    weekday: int
    begins: time
    ends: time

    def __post_init__(self) -> None:
        if self.weekday not in range(7):
            raise ValueError("a weekday is 0 to 6, from Monday on")
        _check_hours(self.begins, self.ends)


@dataclass(frozen=True, slots=True)
class ShiftException:
    """What is different on one date.

    On: these hours instead of the week's, or the whole day if none are given. Off: not in these hours, or not at all:
    then no shift begins on this date, and one that began the day before still ends in its time. Off beats on.
    """

    day: date
    on: bool
    begins: time | None = None
    ends: time | None = None

    def __post_init__(self) -> None:
        if (self.begins is None) != (self.ends is None):
            raise ValueError("an exception has both hours or none")
        if self.begins is not None and self.ends is not None:
            _check_hours(self.begins, self.ends)

    @property
    def whole_day(self) -> bool:
        """Whether it names no hours."""
        return self.begins is None


def _check_hours(begins: time, ends: time) -> None:
    if begins == ends != MIDNIGHT:
        raise ValueError("a shift begins and ends at different hours")


@dataclass(frozen=True, slots=True)
class Plan:
    """A responder's shifts. One without any is on shift only by hand."""

    weekly: tuple[Shift, ...] = ()
    exceptions: tuple[ShiftException, ...] = ()


@dataclass(frozen=True, slots=True)
class Manual:
    """She was taken on or off shift by hand, at `since` (aware UTC)."""

    on: bool
    since: datetime


def revised(plan: Plan, by: Plan, *, today: date) -> Plan:
    """The plan with these changes: a week in the place of the week, a date's exceptions in the place of that date's.

    What has long been over is left out.
    """
    dates = {exception.day for exception in by.exceptions}
    kept = (exception for exception in plan.exceptions if exception.day not in dates)
    exceptions = sorted((*kept, *by.exceptions), key=lambda exception: exception.day)
    oldest = today - timedelta(days=_LOOK_BACK)
    return Plan(by.weekly or plan.weekly, tuple(exception for exception in exceptions if exception.day >= oldest))


def is_on_shift(plan: Plan, moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the plan has her on shift at this moment."""
    today = moment.astimezone(zone).date()
    days = [today + timedelta(days=passed) for passed in range(-_LOOK_BACK, 2)]
    on = any(stretch.contains(moment) for day in days for stretch in _begun_on(day, plan, zone))
    return on and not any(stretch.contains(moment) for day in days for stretch in _off_on(day, plan, zone))


def next_change(plan: Plan, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """When the plan next takes her on or off shift, later than `moment`, aware UTC; None if it never does."""
    now = is_on_shift(plan, moment, zone)
    turns = sorted({turn for turn in _turns(plan, moment, zone) if turn > moment})
    return next((turn for turn in turns if is_on_shift(plan, turn, zone) is not now), None)


def next_start(plan: Plan, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """When whoever is on shift now begins another shift, later than `moment`, aware UTC; None if it cannot be foreseen.

    One planned shift may follow another without a gap. Beside her plan, on by hand, she begins one every midnight.
    """
    today = moment.astimezone(zone).date()
    days = [today + timedelta(days=passed) for passed in range(_LOOK_AHEAD + 1)]
    starts = [stretch.opens_at for day in days for stretch in _begun_on(day, plan, zone)]
    if not is_on_shift(plan, moment, zone):
        starts += [wall(datetime.combine(day, MIDNIGHT), zone) for day in days]
    return min((start for start in starts if start > moment), default=None)


def effective(plan: Plan, manual: Manual | None, moment: datetime, zone: ZoneInfo) -> bool:
    """Whether she is on shift: what was said by hand holds until the plan's next change after it, then the plan."""
    if manual is None:
        return is_on_shift(plan, moment, zone)
    until = next_change(plan, manual.since, zone)
    return manual.on if until is None or moment < until else is_on_shift(plan, moment, zone)


def _turns(plan: Plan, moment: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Every moment at which something may change, as far ahead as anything can."""
    anchors = {moment.astimezone(zone).date(), *(exception.day for exception in plan.exceptions)}
    days = {anchor + timedelta(days=passed) for anchor in anchors for passed in range(-_LOOK_BACK, _LOOK_AHEAD + 1)}
    for day in days:
        for stretch in (*_begun_on(day, plan, zone), *_off_on(day, plan, zone)):
            yield from (stretch.opens_at, stretch.closes_at)


def _begun_on(day: date, plan: Plan, zone: ZoneInfo) -> list[Window]:
    """The shifts that begin on this day."""
    today = [exception for exception in plan.exceptions if exception.day == day]
    if any(exception.whole_day and not exception.on for exception in today):
        return []
    instead = [_stretch(day, exception.begins, exception.ends, zone) for exception in today if exception.on]
    weekly = [shift for shift in plan.weekly if shift.weekday == day.weekday()]
    return instead or [_stretch(day, shift.begins, shift.ends, zone) for shift in weekly]


def _off_on(day: date, plan: Plan, zone: ZoneInfo) -> list[Window]:
    """The hours from this day on that she is off in spite of her shifts."""
    return [
        _stretch(day, exception.begins, exception.ends, zone)
        for exception in plan.exceptions
        if exception.day == day and not exception.on and not exception.whole_day
    ]


def _stretch(day: date, begins: time | None, ends: time | None, zone: ZoneInfo) -> Window:
    first, last = (datetime.combine(day, hour or MIDNIGHT) for hour in (begins, ends))
    return Window(wall(first, zone), wall(last if last > first else last + DAY, zone))
