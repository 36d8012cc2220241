"""When a phone may ring: the rules, by example. Their properties stand in test_windows_hold.py."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from gateway.core.windows import Calendar, Hours, SafeTime, Window, next_try, next_window

BAGHDAD = ZoneInfo("Asia/Baghdad")
FRIDAY, SATURDAY = 4, 5
ROUND_THE_CLOCK = Calendar(
    zone=BAGHDAD,
    parts={
        SafeTime.MORNING: Hours(time(9), time(12)),
        SafeTime.AFTERNOON: Hours(time(15), time(18)),
        SafeTime.EVENING: Hours(time(18), time(21)),
    },
    now_lasts=timedelta(hours=2),
)
BY_DAY = replace(ROUND_THE_CLOCK, opening=Hours(time(8), time(22)))
A_WEEK = timedelta(days=7)
EID = frozenset({date(2026, 5, 26), date(2026, 5, 27), date(2026, 5, 28), date(2026, 5, 29)})


def at(day: int, hour: int, minute: int = 0, *, month: int = 11) -> datetime:
    """A moment of 2026 on the clocks of Baghdad; 24 November is a Tuesday."""
    return datetime(2026, month, day, hour, minute, tzinfo=BAGHDAD).astimezone(UTC)


def window(choice: SafeTime, calendar: Calendar, asked: datetime, *, any_hour: bool = False) -> Window:
    return next_window(choice, calendar, requested_at=asked, not_before=asked, any_hour=any_hour)


@pytest.mark.parametrize(
    ("choice", "asked", "opens", "closes"),
    [
        (SafeTime.MORNING, at(24, 7), at(24, 9), at(24, 12)),
        (SafeTime.MORNING, at(24, 10), at(24, 10), at(24, 12)),
        (SafeTime.MORNING, at(24, 12), at(25, 9), at(25, 12)),
        (SafeTime.AFTERNOON, at(24, 2), at(24, 15), at(24, 18)),
        (SafeTime.EVENING, at(24, 23, 59), at(25, 18), at(25, 21)),
        (SafeTime.NOW, at(24, 10), at(24, 10), at(24, 12)),
        (SafeTime.NOW, at(24, 23), at(24, 23), at(25, 1)),
    ],
)
def test_her_choice_is_a_window_of_today_or_of_the_next_day(
    choice: SafeTime, asked: datetime, opens: datetime, closes: datetime
) -> None:
    assert window(choice, ROUND_THE_CLOCK, asked) == Window(opens, closes)


def test_a_window_that_is_about_to_close_is_passed_over() -> None:
    assert window(SafeTime.MORNING, BY_DAY, at(24, 11, 57)) == Window(at(24, 11, 57), at(24, 12))
    assert window(SafeTime.MORNING, BY_DAY, at(24, 11, 58)) == Window(at(25, 9), at(25, 12))


def test_a_window_is_cut_to_the_opening_hours() -> None:
    late = replace(BY_DAY, opening=Hours(time(10), time(20)))

    assert window(SafeTime.MORNING, late, at(24, 7)) == Window(at(24, 10), at(24, 12))
    assert window(SafeTime.EVENING, late, at(24, 7)) == Window(at(24, 18), at(24, 20))
    assert window(SafeTime.NOW, late, at(24, 9)) == Window(at(24, 10), at(24, 11))


def test_closed_days_are_passed_over_weekends_and_holidays_alike() -> None:
    weekend = replace(BY_DAY, closed_weekdays=frozenset({FRIDAY, SATURDAY}))
    feast = replace(BY_DAY, closed_dates=EID, retention=A_WEEK)

    assert window(SafeTime.EVENING, weekend, at(26, 21, 30)) == Window(at(29, 18), at(29, 21))
    assert window(SafeTime.MORNING, feast, at(25, 12, month=5)) == Window(at(30, 9, month=5), at(30, 12, month=5))


def test_now_is_the_same_hours_again_on_the_next_open_day() -> None:
    weekend = replace(BY_DAY, closed_weekdays=frozenset({FRIDAY, SATURDAY}), retention=A_WEEK)
    asked = at(26, 14)

    later = next_window(SafeTime.NOW, weekend, requested_at=asked, not_before=at(26, 16))
    on_a_closed_day = window(SafeTime.NOW, weekend, at(27, 14))

    assert later == Window(at(29, 14), at(29, 16))
    assert on_a_closed_day == Window(at(29, 14), at(29, 16))


def test_now_in_the_night_is_the_next_opening_and_stays_there_on_later_days() -> None:
    before_midnight, after_midnight = at(24, 23), at(25, 3)

    first = window(SafeTime.NOW, BY_DAY, before_midnight)
    second = next_window(SafeTime.NOW, BY_DAY, requested_at=before_midnight, not_before=first.closes_at)

    assert first == window(SafeTime.NOW, BY_DAY, after_midnight) == Window(at(25, 8), at(25, 10))
    assert second == Window(at(26, 8), at(26, 10))


def test_now_shortly_before_closing_is_what_is_left_and_then_the_next_opening() -> None:
    asked = at(24, 21, 45)

    first = window(SafeTime.NOW, BY_DAY, asked)
    second = next_window(SafeTime.NOW, BY_DAY, requested_at=asked, not_before=first.closes_at)

    assert first == Window(asked, at(24, 22))
    assert second == Window(at(25, 8), at(25, 10))


def test_danger_now_is_rung_at_any_hour_on_any_day_and_after_that_when_the_line_is_open() -> None:
    closed = replace(BY_DAY, closed_dates=frozenset({date(2026, 11, 24)}))
    asked = at(24, 3)

    first = window(SafeTime.NOW, closed, asked, any_hour=True)
    second = next_window(SafeTime.NOW, closed, requested_at=asked, not_before=first.closes_at, any_hour=True)

    assert first == Window(asked, at(24, 5))
    assert second == Window(at(25, 8), at(25, 10))


def test_danger_now_shortly_before_opening_is_one_window_not_two() -> None:
    assert window(SafeTime.NOW, BY_DAY, at(24, 7, 40), any_hour=True) == Window(at(24, 7, 40), at(24, 9, 40))
    assert window(SafeTime.NOW, BY_DAY, at(24, 6, 10), any_hour=True) == Window(at(24, 6, 10), at(24, 10))


def test_a_long_now_that_reaches_into_the_first_hours_of_the_next_day_is_one_window_with_them() -> None:
    long = replace(BY_DAY, now_lasts=timedelta(hours=10))
    asked = at(24, 22, 10)

    assert window(SafeTime.NOW, long, asked, any_hour=True) == Window(asked, at(25, 18))
    assert window(SafeTime.NOW, long, asked) == Window(at(25, 8), at(25, 18))


def test_any_hour_is_for_now_only() -> None:
    asked = at(24, 19)
    late = replace(BY_DAY, opening=Hours(time(8), time(20)))

    assert window(SafeTime.EVENING, late, asked, any_hour=True) == Window(asked, at(24, 20))


def test_a_night_that_is_open_on_both_days_is_one_window() -> None:
    assert window(SafeTime.NOW, ROUND_THE_CLOCK, at(24, 23, 30)) == Window(at(24, 23, 30), at(25, 1, 30))


def test_the_next_try_is_half_an_hour_later_and_on_a_shared_phone_in_the_next_window() -> None:
    morning = partial(next_try, SafeTime.MORNING, BY_DAY, requested_at=at(24, 9), closes_at=at(24, 12))

    own = morning(shared=False, now=at(24, 9, 10))
    late = morning(shared=False, now=at(24, 11, 40))
    shared = morning(shared=True, now=at(24, 9, 10))

    assert own == Window(at(24, 9, 40), at(24, 12))
    assert late == shared == Window(at(25, 9), at(25, 12))


def test_a_shared_phone_is_not_rung_twice_because_the_case_became_urgent_meanwhile() -> None:
    asked = at(24, 21)

    again = next_try(
        SafeTime.NOW, BY_DAY, requested_at=asked, closes_at=at(24, 22), shared=True, now=at(24, 21, 20), any_hour=True
    )

    assert again == Window(at(25, 21), at(25, 22))


def test_where_the_clock_is_put_forward_nothing_rings_outside_her_hours() -> None:
    berlin = replace(
        ROUND_THE_CLOCK, zone=ZoneInfo("Europe/Berlin"), parts={SafeTime.MORNING: Hours(time(1), time(2, 30))}
    )
    asked = datetime(2026, 3, 28, 22, tzinfo=UTC)

    found = window(SafeTime.MORNING, berlin, asked)

    assert found == Window(datetime(2026, 3, 29, 0, tzinfo=UTC), datetime(2026, 3, 29, 0, 30, tzinfo=UTC))


def test_a_calendar_without_any_open_time_still_keeps_to_her_own_hours() -> None:
    never = replace(BY_DAY, closed_weekdays=frozenset(range(7)))

    assert window(SafeTime.MORNING, never, at(24, 13)) == Window(at(25, 9), at(25, 12))
    assert window(SafeTime.NOW, never, at(24, 3)) == Window(at(24, 8), at(24, 10))


def test_closed_days_yield_to_a_number_that_would_be_forgotten_before_they_end() -> None:
    before, feast = at(25, 22, 30, month=5), replace(BY_DAY, closed_dates=EID)

    promised = [window(choice, feast, before) for choice in (SafeTime.MORNING, SafeTime.EVENING, SafeTime.NOW)]
    longer_held = window(SafeTime.MORNING, replace(feast, retention=A_WEEK), before)

    assert promised == [
        Window(at(26, 9, month=5), at(26, 12, month=5)),
        Window(at(26, 18, month=5), at(26, 21, month=5)),
        Window(at(26, 8, month=5), at(26, 10, month=5)),
    ]
    assert longer_held == Window(at(30, 9, month=5), at(30, 12, month=5))


def test_opening_hours_yield_only_where_no_day_is_in_time() -> None:
    noon = replace(BY_DAY, opening=Hours(time(11), time(22)))
    third_try = partial(next_window, SafeTime.MORNING, noon, requested_at=at(24, 7), not_before=at(27, 6))

    assert third_try(asked_at=at(24, 11, 1)) == Window(at(27, 11), at(27, 12))
    assert third_try(asked_at=at(24, 11)) == Window(at(27, 9), at(27, 12))


def test_where_her_own_hours_come_too_late_the_hotlines_hold() -> None:
    closed = replace(BY_DAY, closed_weekdays=frozenset({FRIDAY}))

    found = next_window(SafeTime.MORNING, closed, requested_at=at(24, 7), not_before=at(26, 13))

    assert found == Window(at(28, 9), at(28, 12))


def test_hours_and_calendars_without_time_to_ring_do_not_exist() -> None:
    with pytest.raises(ValueError, match="close before they open"):
        Hours(time(12), time(9))
    with pytest.raises(ValueError, match="last moment"):
        replace(BY_DAY, parts={SafeTime.MORNING: Hours(time(9), time(9, 1))})
    with pytest.raises(ValueError, match="last moment"):
        replace(BY_DAY, now_lasts=timedelta(hours=25))
