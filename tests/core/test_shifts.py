"""Shifts by the week, exceptions by the day, and what is said by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.hours import MIDNIGHT
from gateway.core.shifts import Manual, Plan, Shift, ShiftException, effective, is_on_shift, next_change
from gateway.core.shifttext import parse_plan
from tests.core.moments import MOMENTS
from tests.core.plans import plans

BAGHDAD = ZoneInfo("Asia/Baghdad")
ZONES = st.sampled_from(["Asia/Baghdad", "Europe/Berlin", "America/New_York", "Asia/Beirut"]).map(ZoneInfo)
OFFICE = parse_plan(["sun-thu 09:00-15:00"])
NIGHT = parse_plan(["mon 22:00-06:00"])


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 on the clocks of Baghdad; the 24th is a Tuesday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=BAGHDAD).astimezone(UTC)


def on(plan: Plan, moment: datetime) -> bool:
    return is_on_shift(plan, moment, BAGHDAD)


def test_a_shift_is_from_its_first_minute_until_before_its_last_on_its_weekdays() -> None:
    assert [on(OFFICE, at(24, *clock)) for clock in [(8, 59), (9, 0), (14, 59), (15, 0)]] == [False, True, True, False]
    assert not on(OFFICE, at(27, 10))


def test_a_shift_may_pass_midnight() -> None:
    assert [on(NIGHT, at(23, 22)), on(NIGHT, at(24, 5, 59)), on(NIGHT, at(24, 6))] == [True, True, False]
    assert not on(NIGHT, at(23, 5))


def test_a_day_off_takes_the_shifts_that_begin_on_it_and_leaves_the_night_before_its_end() -> None:
    off_on_the_day_after = parse_plan(["mon 22:00-06:00", "2026-11-24 off"])
    off_that_night = parse_plan(["mon 22:00-06:00", "2026-11-23 off"])

    assert on(off_on_the_day_after, at(24, 5))
    assert not on(off_that_night, at(23, 23))
    assert not on(off_that_night, at(24, 5))


def test_hours_on_a_date_stand_instead_of_the_week_and_several_add_up() -> None:
    plan = parse_plan(["sun-thu 09:00-15:00", "2026-11-24 18:00-22:00", "2026-11-24 07:00-08:00"])

    assert [on(plan, at(24, hour)) for hour in (7, 10, 18)] == [True, False, True]
    assert on(plan, at(25, 10))


def test_off_beats_on_and_takes_away_only_the_hours_it_names() -> None:
    plan = parse_plan(["2026-11-24 on", "2026-11-24 off 10:00-12:00", "2026-11-25 on", "2026-11-25 off"])

    assert [on(plan, at(24, hour)) for hour in (0, 9, 10, 12, 23)] == [True, True, False, True, True]
    assert not on(plan, at(25, 12))


@pytest.mark.parametrize(
    ("moment", "change"),
    [
        (at(24, 8), at(24, 9)),
        (at(24, 9), at(24, 15)),
        (at(26, 15), at(29, 9)),
        (at(27, 12), at(29, 9)),
    ],
)
def test_the_next_change_is_the_next_time_the_plan_turns(moment: datetime, change: datetime) -> None:
    assert next_change(OFFICE, moment, BAGHDAD) == change


def test_shifts_that_touch_are_one_and_a_plan_that_never_turns_has_no_next_change() -> None:
    always = parse_plan(["mon-sun 00:00-24:00"])
    two = parse_plan(["tue 09:00-12:00", "tue 12:00-15:00"])

    assert next_change(Plan(), at(24, 8), BAGHDAD) is None
    assert next_change(always, at(24, 8), BAGHDAD) is None
    assert next_change(two, at(24, 10), BAGHDAD) == at(24, 15)


def test_a_far_exception_is_a_change_and_a_long_leave_ends() -> None:
    always = parse_plan(["mon-sun 00:00-24:00", "2027-03-01 off"])
    leave = parse_plan(["sun-thu 09:00-15:00", *(f"2026-12-{day:02} off" for day in range(1, 32))])

    assert next_change(always, at(24, 8), BAGHDAD) == datetime(2027, 3, 1, tzinfo=BAGHDAD)
    assert next_change(leave, at(30, 15), BAGHDAD) == datetime(2027, 1, 3, 9, tzinfo=BAGHDAD)


def test_what_is_said_by_hand_holds_until_the_plan_next_turns() -> None:
    stayed_on, went_early = Manual(True, at(24, 15, 5)), Manual(False, at(24, 11))

    assert effective(OFFICE, stayed_on, at(24, 23), BAGHDAD)
    assert effective(OFFICE, stayed_on, at(25, 9), BAGHDAD)
    assert not effective(OFFICE, stayed_on, at(25, 15), BAGHDAD)
    assert not effective(OFFICE, went_early, at(24, 14), BAGHDAD)
    assert not effective(OFFICE, went_early, at(24, 15), BAGHDAD)
    assert effective(OFFICE, went_early, at(25, 9), BAGHDAD)


def test_without_a_plan_the_hand_alone_decides() -> None:
    assert effective(Plan(), Manual(True, at(1, 0)), at(24, 3), BAGHDAD)
    assert not effective(Plan(), None, at(24, 3), BAGHDAD)
    assert effective(OFFICE, None, at(24, 10), BAGHDAD)


def test_shifts_that_mean_nothing_do_not_exist() -> None:
    with pytest.raises(ValueError, match="weekday"):
        Shift(7, time(9), time(15))
    with pytest.raises(ValueError, match="different hours"):
        Shift(1, time(9), time(9))
    with pytest.raises(ValueError, match="both hours or none"):
        ShiftException(date(2026, 12, 1), on=True, begins=time(9))


@given(plans(), MOMENTS, ZONES)
def test_nothing_changes_before_the_next_change_and_then_it_does(plan: Plan, moment: datetime, zone: ZoneInfo) -> None:
    change = next_change(plan, moment, zone)

    now = is_on_shift(plan, moment, zone)
    until = moment + timedelta(days=9) if change is None else min(change, moment + timedelta(days=40))
    steps = int((until - moment) / timedelta(minutes=53)) + 1
    between = [moment + timedelta(minutes=53) * step for step in range(steps)]
    assert all(is_on_shift(plan, seen, zone) is now for seen in between if seen < until)
    if change is not None:
        assert change > moment
        assert is_on_shift(plan, change, zone) is not now
        assert is_on_shift(plan, change - timedelta(seconds=1), zone) is now


@given(plans(), MOMENTS, ZONES)
def test_in_an_ordinary_week_the_clock_on_the_wall_decides(plan: Plan, moment: datetime, zone: ZoneInfo) -> None:
    local = moment.astimezone(zone).replace(tzinfo=None)
    weekly = replace(plan, exceptions=())
    begun = [
        (datetime.combine(day, shift.begins), datetime.combine(day, shift.ends))
        for day in (local.date() - timedelta(days=1), local.date())
        for shift in plan.weekly
        if shift.weekday == day.weekday()
    ]
    expected = any(first <= local < (last if last > first else last + timedelta(days=1)) for first, last in begun)

    near = [moment + timedelta(days=passed) for passed in (-1, 0, 1)]
    if len({seen.astimezone(zone).utcoffset() for seen in near}) == 1:
        assert is_on_shift(weekly, moment, zone) is expected


@given(plans(), MOMENTS, ZONES)
def test_on_a_whole_day_off_no_shift_begins(plan: Plan, moment: datetime, zone: ZoneInfo) -> None:
    day = moment.astimezone(zone).date()
    before = replace(plan, exceptions=(*plan.exceptions, ShiftException(day - timedelta(days=1), on=False)))
    both = replace(before, exceptions=(*before.exceptions, ShiftException(day, on=False)))

    assert not is_on_shift(both, moment, zone)


@given(plans(), MOMENTS, ZONES, st.booleans())
def test_the_hand_counts_at_once_and_the_plan_has_the_last_word(
    plan: Plan, moment: datetime, zone: ZoneInfo, said: bool
) -> None:
    manual = Manual(said, moment)

    change = next_change(plan, moment, zone)

    assert effective(plan, manual, moment, zone) is said
    if change is not None:
        assert effective(plan, manual, change - timedelta(seconds=1), zone) is said
        assert effective(plan, manual, change, zone) is is_on_shift(plan, change, zone)
    else:
        assert effective(plan, manual, moment + timedelta(days=400), zone) is said


def test_the_whole_day_is_written_from_midnight_to_midnight() -> None:
    assert Shift(0, MIDNIGHT, MIDNIGHT) in parse_plan(["mon 00:00-24:00"]).weekly
