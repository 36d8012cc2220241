"""When a phone may ring: the safe window that she chose, on its day and on the days after, while the hotline is open.

Pure functions of values. Hours are those of the hotline's time zone (Asia/Baghdad has no summer time; others have).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from gateway.core.hours import ALL_DAY, DAY, MIDNIGHT, Hours, Window, between, common, days_of, joined, on_day, wall

__all__ = [
    "BETWEEN_ATTEMPTS", "HORIZON", "LAST_MOMENT", "Calendar", "Hours", "SafeTime", "Window", "next_try", "next_window",
]  # fmt: skip

BETWEEN_ATTEMPTS = timedelta(minutes=30)
LAST_MOMENT = timedelta(minutes=2)  # an offer takes time to be accepted: nothing is begun this close to a window's end
HORIZON = timedelta(days=14)  # so far ahead is looked: a hotline that is closed for longer is refused by the settings
WORTH_WAITING_FOR = timedelta(minutes=30)  # with less of her hours open on a day, three attempts come to nothing


class SafeTime(StrEnum):
    """The answers to "when is it safe to call you?"."""

    NOW = "now"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True, slots=True)
class Calendar:
    """The hotline's clock: its time zone, the hours of each part of the day, how long "now" lasts, and when it is open.

    `retention` is how long a number is held after it was last asked for: nobody is rung later than that.
    `closed_weekdays` counts from Monday, which is 0. `closed_dates` are days of the zone, holidays among them; whoever
    makes the calendar looks them up. Raises `ValueError` for a choice that leaves no time to ring.
    """

    zone: ZoneInfo
    parts: Mapping[SafeTime, Hours]
    now_lasts: timedelta
    opening: Hours = ALL_DAY
    closed_weekdays: frozenset[int] = frozenset()
    closed_dates: frozenset[date] = frozenset()
    retention: timedelta = timedelta(hours=72)

    def __post_init__(self) -> None:
        lengths = (self.now_lasts, *(hours.length for hours in self.parts.values()))
        if min(lengths) <= LAST_MOMENT or self.now_lasts > DAY:
            raise ValueError("a safe time is longer than the last moment, and “now” is a day long at most")

    @property
    def never_closes(self) -> bool:
        """Whether the hotline rings at any hour of any day."""
        return self.opening == ALL_DAY and not self.closed_weekdays and not self.closed_dates

    def is_closed(self, day: date) -> bool:
        """Whether the hotline rings nobody on this day."""
        return day.weekday() in self.closed_weekdays or day in self.closed_dates


def next_window(
    choice: SafeTime,
    calendar: Calendar,
    *,
    requested_at: datetime,
    not_before: datetime,
    any_hour: bool = False,
    asked_at: datetime | None = None,
) -> Window:
    """The first window of her choice that is still open, or opens, at or after `not_before`.

    Every window is cut to the opening hours, and one that lies outside them, or is about to close, is passed over.

    "Now" is the time from her request on, `calendar.now_lasts` long. On later days it is the same hours again, since
    that is when she was able to use her phone; where the hotline sleeps then (she called at three in the night), it is
    the hours after the next opening instead, from the day of her request on: an uncertain hour is better than none.
    With `any_hour` the stretch that begins with her request is not cut: somebody in danger who says "now" means it.

    A window that opens when her number is forgotten, `calendar.retention` after `asked_at` (when she last asked, if not
    at `requested_at`), is none: she was promised a call. Then her own hours still hold and the hotline's do not, its
    closed days first, then its hours: hers keep her safe, ours only let us rest. Always finds one; where her own hours
    come too late as well, it is the first in the hotline's.
    """
    requested_at, earliest = _utc(requested_at), _utc(max(requested_at, not_before))
    if choice is SafeTime.NOW and calendar.never_closes:
        her_now = Window(earliest, requested_at + calendar.now_lasts)
        if her_now.opens_at + LAST_MOMENT < her_now.closes_at:
            return her_now  # as below, without looking at any other day: a caller waits for this one
    forgotten_at = _utc(asked_at or requested_at) + calendar.retention
    too_late = []
    for hours in _calendars(calendar):
        window = _first(choice, hours, requested_at, earliest=earliest, any_hour=any_hour)
        if window is not None and window.opens_at < forgotten_at:
            return window
        too_late += [] if window is None else [window]
    return too_late[0]


def _calendars(calendar: Calendar) -> Iterator[Calendar]:
    """The hotline's hours; should nothing be found in them, its hours on every day, and then hours without end."""
    yield calendar
    every_day = replace(calendar, closed_weekdays=frozenset(), closed_dates=frozenset())
    yield every_day
    yield replace(every_day, opening=ALL_DAY)


def _first(
    choice: SafeTime, calendar: Calendar, requested_at: datetime, *, earliest: datetime, any_hour: bool
) -> Window | None:
    """The first window of these hours that leaves time to ring, or None within `HORIZON`."""
    windows = _windows(choice, calendar, requested_at, earliest=earliest, any_hour=any_hour)
    left = (Window(max(window.opens_at, earliest), window.closes_at) for window in windows)
    return next((window for window in left if window.opens_at + LAST_MOMENT < window.closes_at), None)


def next_try(
    choice: SafeTime,
    calendar: Calendar,
    *,
    requested_at: datetime,
    closes_at: datetime,
    shared: bool,
    now: datetime,
    any_hour: bool = False,
    asked_at: datetime | None = None,
) -> Window:
    """Where the next attempt belongs: half an hour later at the earliest, on a shared phone in another window.

    On a shared phone `any_hour` counts no more: the one window that it lengthens has had its attempt.
    """
    earliest = now + BETWEEN_ATTEMPTS
    return next_window(
        choice,
        calendar,
        requested_at=requested_at,
        not_before=max(earliest, closes_at) if shared else earliest,
        any_hour=any_hour and not shared,
        asked_at=asked_at,
    )


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _windows(
    choice: SafeTime, calendar: Calendar, requested_at: datetime, *, earliest: datetime, any_hour: bool
) -> Iterator[Window]:
    """Her windows from the one on that may be open at `earliest`, in order, none overlapping another."""
    today = earliest.astimezone(calendar.zone).date()
    held: Window | None = None
    for passed in range(-1, HORIZON.days + 1):
        day = today + timedelta(days=passed)
        if held is not None and held.closes_at <= wall(datetime.combine(day, MIDNIGHT), calendar.zone):
            yield held  # nothing of this day or a later one can touch it: no need to look at them
            held = None
        for window in _windows_on(day, choice, calendar, requested_at, any_hour=any_hour):
            if held is not None and window.opens_at < held.closes_at:
                held = Window(held.opens_at, max(held.closes_at, window.closes_at))
                continue
            if held is not None:
                yield held
            held = window
    if held is not None:
        yield held


def _windows_on(
    day: date, choice: SafeTime, calendar: Calendar, requested_at: datetime, *, any_hour: bool
) -> list[Window]:
    if choice is not SafeTime.NOW:
        return _cut(on_day(day, calendar.parts[choice], calendar.zone), calendar)
    asked = requested_at.astimezone(calendar.zone).replace(tzinfo=None)
    passed = day - asked.date()
    if passed < timedelta(0):
        return []
    opens, same_hours = _later_now(asked, calendar)
    first = Window(requested_at, requested_at + calendar.now_lasts)
    windows = [] if passed else [first] if any_hour else _cut(first, calendar)
    if passed or not same_hours:
        windows += _cut(between(opens + passed, opens + passed + calendar.now_lasts, calendar.zone), calendar)
    return joined(windows)


def _later_now(asked: datetime, calendar: Calendar) -> tuple[datetime, bool]:
    """When "now" begins on the later days, read on the day of the request, and whether that is the hour she called."""
    midnight = datetime.combine(asked.date(), MIDNIGHT)
    opens, closes = (midnight + calendar.opening.since_midnight(closes=closes) for closes in (False, True))
    until = asked + calendar.now_lasts
    open_for = sum(
        (max(min(until, closes + day) - max(asked, opens + day), timedelta(0)) for day in (timedelta(0), DAY)),
        timedelta(0),
    )
    worth_it = open_for >= min(WORTH_WAITING_FOR, calendar.now_lasts)
    return (asked, True) if worth_it else (opens, False)


def _cut(stretch: Window | None, calendar: Calendar) -> list[Window]:
    """What of a stretch lies in opening hours; a night that is open on both its days stays in one piece."""
    if stretch is None:
        return []
    open_days = (day for day in days_of(stretch, calendar.zone) if not calendar.is_closed(day))
    openings = (on_day(day, calendar.opening, calendar.zone) for day in open_days)
    pieces = (common(stretch, opening) for opening in openings if opening is not None)
    return joined(piece for piece in pieces if piece is not None)
