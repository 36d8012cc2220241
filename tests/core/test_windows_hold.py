"""What holds of every window, whatever the hotline's hours, its closed days and its time zone."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.hours import ALL_DAY
from gateway.core.windows import BETWEEN_ATTEMPTS, LAST_MOMENT, Calendar, Hours, SafeTime, Window, next_try, next_window
from tests.core.moments import MOMENTS

ZONES = ["Asia/Baghdad", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut", "UTC"]
STEP = timedelta(minutes=7)
DELAYS = st.integers(0, 60 * 24 * 6).map(lambda minutes: timedelta(minutes=minutes))
CHOICES = st.sampled_from(SafeTime)
SHARES = st.lists(st.floats(0, 0.999), min_size=3, max_size=3)  # how far into each window the phone rings


@st.composite
def hours(draw: st.DrawFn, *, shortest: int = 30) -> Hours:
    opens = draw(st.integers(0, 24 * 60 - shortest))
    closes = draw(st.integers(opens + shortest, 24 * 60))
    return Hours(time(opens // 60, opens % 60), time(closes // 60 % 24, closes % 60))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Calendars as the settings let them be: open for half an hour of every part, and for a day in every fortnight."""
    opening = draw(hours())
    part = st.builds(lambda part, whole: opening if whole or not _meet(part, opening) else part, hours(), st.booleans())
    first = draw(st.dates(date(2026, 5, 18), date(2026, 6, 3)))
    return Calendar(
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        parts={choice: draw(part) for choice in SafeTime if choice is not SafeTime.NOW},
        now_lasts=timedelta(hours=draw(st.integers(1, 12))),
        opening=opening,
        closed_weekdays=draw(st.frozensets(st.integers(0, 6), max_size=4)),
        closed_dates=frozenset(first + timedelta(days=passed) for passed in range(draw(st.integers(0, 5)))),
        retention=timedelta(days=60),  # what yields to it has rules of its own, below
    )


RETENTIONS = st.integers(24, 168).map(lambda hours: timedelta(hours=hours))


def _meet(one: Hours, other: Hours) -> bool:
    opens = max(one.since_midnight(), other.since_midnight())
    return min(one.since_midnight(closes=True), other.since_midnight(closes=True)) - opens >= timedelta(minutes=30)


def moments_of(window: Window) -> list[datetime]:
    """Moments of a window, its first and its last among them."""
    steps = int((window.closes_at - window.opens_at) / STEP) + 1
    inside = [window.opens_at + STEP * step for step in range(steps)]
    return [moment for moment in [*inside, window.closes_at - timedelta(seconds=1)] if window.contains(moment)]


def reads(moment: datetime, hours: Hours, zone: ZoneInfo) -> bool:
    """Whether the clock on the wall shows one of these hours."""
    local = moment.astimezone(zone)
    shown = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
    return hours.since_midnight() <= shown < hours.since_midnight(closes=True)


def is_open(moment: datetime, calendar: Calendar) -> bool:
    local = moment.astimezone(calendar.zone)
    closed = local.weekday() in calendar.closed_weekdays or local.date() in calendar.closed_dates
    return not closed and reads(moment, calendar.opening, calendar.zone)


@given(CHOICES, calendars(), MOMENTS, DELAYS, st.booleans())
def test_no_moment_of_a_window_is_outside_her_hours(
    choice: SafeTime, calendar: Calendar, asked: datetime, delay: timedelta, any_hour: bool
) -> None:
    window = next_window(choice, calendar, requested_at=asked, not_before=asked + delay, any_hour=any_hour)

    if choice is not SafeTime.NOW:
        assert all(reads(moment, calendar.parts[choice], calendar.zone) for moment in moments_of(window))


@given(CHOICES, calendars(), MOMENTS, DELAYS, st.booleans())
def test_nobody_is_rung_while_the_hotline_is_closed_but_who_is_in_danger_and_said_now(
    choice: SafeTime, calendar: Calendar, asked: datetime, delay: timedelta, any_hour: bool
) -> None:
    window = next_window(choice, calendar, requested_at=asked, not_before=asked + delay, any_hour=any_hour)

    excused = Window(asked, asked + calendar.now_lasts if any_hour and choice is SafeTime.NOW else asked)
    assert all(is_open(moment, calendar) or excused.contains(moment) for moment in moments_of(window))


@given(calendars(), MOMENTS, DELAYS)
def test_now_is_while_it_lasts_or_the_same_hours_or_the_first_hours_of_a_day(
    calendar: Calendar, asked: datetime, delay: timedelta
) -> None:
    window = next_window(SafeTime.NOW, calendar, requested_at=asked, not_before=asked + delay)

    begins = asked.astimezone(calendar.zone).replace(tzinfo=None)
    since_opening = calendar.opening.since_midnight()
    for moment in moments_of(window):
        local = moment.astimezone(calendar.zone).replace(tzinfo=None)
        while_it_lasts = asked <= moment < asked + calendar.now_lasts
        same_hours = (local - begins) % timedelta(days=1) < calendar.now_lasts
        first_hours = local - datetime.combine(local.date(), time(0)) - since_opening < calendar.now_lasts
        assert while_it_lasts or same_hours or first_hours


@given(CHOICES, calendars(), MOMENTS, DELAYS, st.booleans())
def test_a_window_lies_ahead_and_leaves_time_to_ring(
    choice: SafeTime, calendar: Calendar, asked: datetime, delay: timedelta, any_hour: bool
) -> None:
    not_before = asked + delay

    window = next_window(choice, calendar, requested_at=asked, not_before=not_before, any_hour=any_hour)

    assert window.opens_at >= not_before
    assert window.closes_at > window.opens_at + LAST_MOMENT
    assert window.opens_at.tzinfo is UTC
    assert window.closes_at.tzinfo is UTC


@given(calendars(), MOMENTS)
def test_danger_now_may_be_rung_at_once(calendar: Calendar, asked: datetime) -> None:
    window = next_window(SafeTime.NOW, calendar, requested_at=asked, not_before=asked, any_hour=True)

    assert window.opens_at == asked
    assert window.closes_at >= asked + calendar.now_lasts


@given(CHOICES, calendars(), MOMENTS, st.lists(DELAYS, min_size=2, max_size=2).map(sorted), st.booleans())
def test_to_ask_later_never_finds_an_earlier_window(
    choice: SafeTime, calendar: Calendar, asked: datetime, delays: list[timedelta], any_hour: bool
) -> None:
    sooner, later = (
        next_window(choice, calendar, requested_at=asked, not_before=asked + delay, any_hour=any_hour)
        for delay in delays
    )

    assert sooner.opens_at <= later.opens_at
    assert sooner.closes_at <= later.closes_at


@given(CHOICES, calendars(), MOMENTS, st.booleans())
def test_asking_again_at_the_opening_finds_the_same_window(
    choice: SafeTime, calendar: Calendar, asked: datetime, any_hour: bool
) -> None:
    window = next_window(choice, calendar, requested_at=asked, not_before=asked, any_hour=any_hour)

    again = next_window(choice, calendar, requested_at=asked, not_before=window.opens_at, any_hour=any_hour)

    assert again == window


@given(CHOICES, calendars(), MOMENTS, st.tuples(st.booleans(), st.booleans()), SHARES)
def test_attempts_are_half_an_hour_apart_and_a_shared_phone_rings_once_in_a_window(
    choice: SafeTime, calendar: Calendar, asked: datetime, how: tuple[bool, bool], shares: list[float]
) -> None:
    shared, any_hour = how
    window = next_window(choice, calendar, requested_at=asked, not_before=asked, any_hour=any_hour)

    for share in shares:
        room = window.closes_at - LAST_MOMENT - window.opens_at
        rung = window.opens_at + room * share
        then = next_try(
            choice, calendar, requested_at=asked, closes_at=window.closes_at, shared=shared, now=rung, any_hour=any_hour
        )
        assert then.opens_at >= rung + BETWEEN_ATTEMPTS
        if shared:
            assert then.opens_at >= window.closes_at
        window = then


@given(CHOICES, calendars(), MOMENTS, RETENTIONS, st.booleans())
def test_a_first_window_opens_before_the_number_is_forgotten(
    choice: SafeTime, calendar: Calendar, asked: datetime, retention: timedelta, any_hour: bool
) -> None:
    in_baghdad = replace(calendar, zone=ZoneInfo("Asia/Baghdad"), retention=retention)

    window = next_window(choice, in_baghdad, requested_at=asked, not_before=asked, any_hour=any_hour)

    assert window.opens_at < asked + retention


@given(CHOICES, calendars(), MOMENTS, st.tuples(DELAYS, DELAYS, RETENTIONS))
def test_the_hotlines_hours_yield_only_to_a_number_that_would_be_forgotten_and_hers_never(
    choice: SafeTime, calendar: Calendar, asked: datetime, times: tuple[timedelta, timedelta, timedelta]
) -> None:
    delay, since, retention = times
    last_asked = asked - since
    short = replace(calendar, retention=retention)
    in_our_hours, hers = (
        next_window(choice, hours, requested_at=asked, not_before=asked + delay, asked_at=last_asked)
        for hours in (
            calendar,
            replace(calendar, opening=ALL_DAY, closed_weekdays=frozenset(), closed_dates=frozenset()),
        )
    )

    window = next_window(choice, short, requested_at=asked, not_before=asked + delay, asked_at=last_asked)

    in_time = [one for one in (in_our_hours, hers) if one.opens_at < last_asked + retention]
    assert (
        window == in_our_hours if in_our_hours in in_time or not in_time else window.opens_at < last_asked + retention
    )
    if choice is not SafeTime.NOW:
        assert all(reads(moment, calendar.parts[choice], calendar.zone) for moment in moments_of(window))


@settings(max_examples=50)
@given(CHOICES, calendars(), MOMENTS, DELAYS)
def test_one_is_found_even_where_nothing_is_ever_open(
    choice: SafeTime, calendar: Calendar, asked: datetime, delay: timedelta
) -> None:
    never = replace(calendar, closed_weekdays=frozenset(range(7)))

    window = next_window(choice, never, requested_at=asked, not_before=asked + delay)

    assert window.opens_at >= asked + delay
    assert window.closes_at > window.opens_at + LAST_MOMENT
    if choice is not SafeTime.NOW:
        assert all(reads(moment, calendar.parts[choice], calendar.zone) for moment in moments_of(window))


@given(calendars(), MOMENTS, DELAYS, st.booleans())
def test_a_hotline_that_never_closes_has_the_same_windows_as_one_that_is_closed_on_a_day_far_away(
    calendar: Calendar, asked: datetime, delay: timedelta, any_hour: bool
) -> None:
    never = replace(calendar, opening=ALL_DAY, closed_weekdays=frozenset(), closed_dates=frozenset())
    hardly_ever = replace(never, closed_dates=frozenset({date(1999, 1, 1)}))

    assert next_window(
        SafeTime.NOW, never, requested_at=asked, not_before=asked + delay, any_hour=any_hour
    ) == next_window(SafeTime.NOW, hardly_ever, requested_at=asked, not_before=asked + delay, any_hour=any_hour)
