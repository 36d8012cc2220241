"""Plans of shifts for tests, drawn by chance."""

from datetime import time

from hypothesis import strategies as st

from gateway.core.shifts import Plan, Shift, ShiftException
from tests.core.moments import CLOCKS_GO_BACK, CLOCKS_GO_FORWARD, TWO_YEARS

CLOCK = st.builds(time, st.integers(0, 23), st.integers(0, 59))
HOURS = st.tuples(CLOCK, CLOCK).filter(lambda hours: hours[0] != hours[1]) | st.just((time(0), time(0)))
DAYS = st.one_of([st.dates(*days) for days in (CLOCKS_GO_FORWARD, CLOCKS_GO_BACK, TWO_YEARS)])


@st.composite
def exceptions(draw: st.DrawFn) -> ShiftException:
    begins, ends = draw(HOURS | st.just((None, None)))
    return ShiftException(draw(DAYS), draw(st.booleans()), begins, ends)


def plans() -> st.SearchStrategy[Plan]:
    shifts = st.builds(lambda weekday, hours: Shift(weekday, *hours), st.integers(0, 6), HOURS)
    return st.builds(
        Plan,
        st.lists(shifts, max_size=6, unique=True).map(tuple),
        st.lists(exceptions(), max_size=6, unique=True).map(tuple),
    )
