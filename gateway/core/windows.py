"""When a phone may ring: the safe window that she chose, on its day and on the days after.

Pure functions of values. Hours are those of the hotline's time zone (Asia/Baghdad has no summer time).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

BETWEEN_ATTEMPTS = timedelta(minutes=30)
LAST_MOMENT = timedelta(minutes=2)  # an offer takes time to be accepted: nothing is begun this close to a window's end


class SafeTime(StrEnum):
    """The answers to "when is it safe to call you?"."""

    NOW = "now"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True, slots=True)
class Hours:
    """From `opens` until before `closes`, on the clock of a day; `closes` is later than `opens`."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class Calendar:
    """The hotline's clock: its time zone, the hours of each part of the day, and how long "now" lasts."""

    zone: ZoneInfo
    parts: Mapping[SafeTime, Hours]
    now_lasts: timedelta


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens_at` until before `closes_at`, aware UTC."""

    opens_at: datetime
    closes_at: datetime

    def contains(self, moment: datetime) -> bool:
        """Whether a phone may ring at this moment."""
        return self.opens_at <= moment < self.closes_at


def next_window(choice: SafeTime, calendar: Calendar, *, requested_at: datetime, not_before: datetime) -> Window:
    """The first window of her choice that is still open, or opens, at or after `not_before`.

    "Now" is the time from her request on, `calendar.now_lasts` long; on later days it is the same hours again, since
    that is when she was able to use her phone. A window that is about to close is passed over.
    """
    day = max(requested_at, not_before).astimezone(calendar.zone).date() - timedelta(days=1)
    while True:
        window = _window_on(day, choice, calendar, requested_at)
        if window.closes_at > not_before + LAST_MOMENT and window.closes_at > requested_at:
            return Window(max(window.opens_at, not_before), window.closes_at)
        day += timedelta(days=1)


def _window_on(day: date, choice: SafeTime, calendar: Calendar, requested_at: datetime) -> Window:
    if choice is SafeTime.NOW:
        asked = requested_at.astimezone(calendar.zone)
        opens = asked + timedelta(days=(day - asked.date()).days)
        return Window(_utc(opens), _utc(opens + calendar.now_lasts))
    hours = calendar.parts[choice]
    opens = datetime.combine(day, hours.opens, tzinfo=calendar.zone)
    closes = datetime.combine(day, hours.closes, tzinfo=calendar.zone)
    return Window(_utc(opens), _utc(closes))


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo("UTC"))


def next_try(
    choice: SafeTime, calendar: Calendar, *, requested_at: datetime, closes_at: datetime, shared: bool, now: datetime
) -> Window:
    """Where the next attempt belongs: half an hour later at the earliest, on a shared phone in another window."""
    earliest = now + BETWEEN_ATTEMPTS
    return next_window(
        choice, calendar, requested_at=requested_at, not_before=max(earliest, closes_at) if shared else earliest
    )
