"""What may be told of the hotline's work: counts by week, never a row per person."""

from collections.abc import Callable, Mapping
from datetime import datetime

from gateway.core.figures import Week, days_of, week, weeks_before

# What the day's counters are called in the store, in the order of a case's life.
FIGURES = ("requested", "repeated", "bridged", "closed", "unreached", "cancelled")


class Reporting:
    """Reads the day's counters, `YYYY-MM-DD` -> name -> number."""

    def __init__(self, figures: Callable[[str], Mapping[str, int]], *, clock: Callable[[], datetime]) -> None:
        self._figures = figures
        self._clock = clock

    def weeks(self, count: int) -> list[Week]:
        """The last weeks that are over, the oldest first."""
        begun = weeks_before(self._clock().date(), count)
        by_day = {day: self._figures(day.isoformat()) for first in begun for day in days_of(first)}
        return [week(first, by_day, FIGURES) for first in begun]
