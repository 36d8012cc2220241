"""Stretches of time, and hours on a day's clock as stretches of time. No rule about whom to ring stands here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Hours:
    """From `opens` until before `closes`, on the clock of one day; `closes` at 00:00 is the midnight that ends it.

    Raises `ValueError` where nothing lies between the two.
    """

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.length <= timedelta(0):
            raise ValueError("these hours close before they open")

    @property
    def length(self) -> timedelta:
        """How long they last on an ordinary day."""
        return self.since_midnight(closes=True) - self.since_midnight()

    def since_midnight(self, *, closes: bool = False) -> timedelta:
        """How far into an ordinary day they open, or close."""
        moment = self.closes if closes else self.opens
        passed = timedelta(hours=moment.hour, minutes=moment.minute, seconds=moment.second)
        return passed or (DAY if closes else passed)


ALL_DAY = Hours(MIDNIGHT, MIDNIGHT)


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens_at` until before `closes_at`, aware UTC."""

    opens_at: datetime
    closes_at: datetime

    def contains(self, moment: datetime) -> bool:
        """Whether a phone may ring at this moment."""
        return self.opens_at <= moment < self.closes_at


def on_day(day: date, hours: Hours, zone: ZoneInfo) -> Window | None:
    """These hours of this day, or None if the clock jumps over them."""
    begins = datetime.combine(day, MIDNIGHT)
    return between(begins + hours.since_midnight(), begins + hours.since_midnight(closes=True), zone)


def between(opens: datetime, closes: datetime, zone: ZoneInfo) -> Window | None:
    """What lies between two readings of a wall clock (naive), or None if the clock jumps over it.

    Where the clock is put back, a reading comes twice; where it is put forward, some never come. Of the two moments
    that a reading can mean, the later one opens and the earlier one closes: then nothing outside the hours is in it.
    """
    window = Window(max(_moments(opens, zone)), min(_moments(closes, zone)))
    return window if window.opens_at < window.closes_at else None


def _moments(reading: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    return (
        reading.replace(tzinfo=zone, fold=0).astimezone(UTC),
        reading.replace(tzinfo=zone, fold=1).astimezone(UTC),
    )


def wall(reading: datetime, zone: ZoneInfo) -> datetime:
    """The one moment, aware UTC, that a wall clock's reading (naive) stands for: the first of two, or past a jump."""
    return reading.replace(tzinfo=zone).astimezone(UTC)


def days_of(window: Window, zone: ZoneInfo) -> list[date]:
    """Every day that a stretch touches, by the calendar of the zone."""
    first, last = (moment.astimezone(zone).date() for moment in (window.opens_at, window.closes_at))
    return [first + timedelta(days=passed) for passed in range((last - first).days + 1)]


def common(one: Window, other: Window) -> Window | None:
    """What lies in both, or None."""
    shared = Window(max(one.opens_at, other.opens_at), min(one.closes_at, other.closes_at))
    return shared if shared.opens_at < shared.closes_at else None


def joined(windows: Iterable[Window]) -> list[Window]:
    """The same time in order, with stretches that touch or overlap made one."""
    whole: list[Window] = []
    for window in sorted(windows, key=lambda window: window.opens_at):
        if whole and window.opens_at <= whole[-1].closes_at:
            whole[-1] = Window(whole[-1].opens_at, max(whole[-1].closes_at, window.closes_at))
        else:
            whole.append(window)
    return whole
