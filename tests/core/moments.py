"""Moments for tests, drawn by chance: most of them where calendars are awkward."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st


def moments(first: date, last: date) -> st.SearchStrategy[datetime]:
    """Moments between two days, aware UTC, in whole seconds."""
    begins = datetime.combine(first, time(0), tzinfo=UTC)
    seconds = int((last - first).total_seconds())
    return st.integers(0, seconds).map(lambda passed: begins + timedelta(seconds=passed))


CLOCKS_GO_FORWARD = (date(2026, 3, 27), date(2026, 3, 31))
CLOCKS_GO_BACK = (date(2026, 10, 24), date(2026, 11, 2))
EID_AL_ADHA = (date(2026, 5, 20), date(2026, 6, 5))
TWO_YEARS = (date(2026, 1, 1), date(2027, 12, 31))

MOMENTS = st.one_of([moments(*days) for days in (EID_AL_ADHA, CLOCKS_GO_FORWARD, CLOCKS_GO_BACK, TWO_YEARS)])
