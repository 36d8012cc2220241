"""How shifts are written on the command line."""

from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.shifts import Plan, Shift, ShiftException
from gateway.core.shifttext import WEEKDAYS, BrokenShift, lines_of, parse_line, parse_plan
from tests.core.plans import plans

NINE, THREE = time(9), time(15)


@pytest.mark.parametrize(
    ("line", "weekdays"),
    [
        ("sun-thu 09:00-15:00", (6, 0, 1, 2, 3)),
        ("mon 09:00-15:00", (0,)),
        ("Mon,Wed,FRI 09:00-15:00", (0, 2, 4)),
        ("  sat-mon,mon   09:00-15:00 ", (5, 6, 0)),
        ("mon-sun 09:00-15:00", (0, 1, 2, 3, 4, 5, 6)),
    ],
)
def test_weekdays_are_listed_or_ranged_round_the_end_of_the_week(line: str, weekdays: tuple[int, ...]) -> None:
    assert parse_line(line) == tuple(Shift(weekday, NINE, THREE) for weekday in weekdays)


@pytest.mark.parametrize(
    ("line", "exception"),
    [
        ("2026-12-01 off", ShiftException(date(2026, 12, 1), on=False)),
        ("2026-12-01 on", ShiftException(date(2026, 12, 1), on=True)),
        ("2026-12-02 18:00-22:00", ShiftException(date(2026, 12, 2), True, time(18), time(22))),
        ("2026-12-02 on 18:00-22:00", ShiftException(date(2026, 12, 2), True, time(18), time(22))),
        ("2026-12-02 off 18:00-24:00", ShiftException(date(2026, 12, 2), False, time(18), time(0))),
        ("2026-12-02 22:00-06:00", ShiftException(date(2026, 12, 2), True, time(22), time(6))),
    ],
)
def test_a_line_that_begins_with_a_date_is_an_exception(line: str, exception: ShiftException) -> None:
    assert parse_line(line) == exception


@pytest.mark.parametrize(
    ("line", "mend"),
    [
        ("friday 09:00-15:00", "A line begins with a date or with weekdays: mon tue"),
        ("sun- 09:00-15:00", "A line begins with a date or with weekdays"),
        ("", "A line begins with a date or with weekdays"),
        ("sun-thu", "After the weekdays belong hours, and nothing else"),
        ("sun - thu 09:00-15:00", "After the weekdays belong hours"),
        ("sun-thu 9-15", "Hours are written like 09:00-15:00"),
        ("sun-thu ٠٩:٠٠-١٥:٠٠", "Hours are written like 09:00-15:00"),
        ("sun-thu 09:00-25:00", "No clock shows these hours"),
        ("sun-thu 24:00-08:00", "No clock shows these hours"),
        ("sun-thu 09:00-09:00", "the whole day is 00:00-24:00"),
        ("2026-02-30 off", "No calendar has this date"),
        ("01.12.2026 off", "Dates are written year-month-day"),
        ("2026-12-01", "After a date belongs off, on, or hours"),
        ("2026-12-01 ill", "Hours are written like"),
        ("2026-12-01 off 10:00-12:00 please", "After a date belongs off, on, or hours"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_mend(line: str, mend: str) -> None:
    with pytest.raises(BrokenShift, match=mend):
        parse_line(line)


def test_a_broken_line_is_named_by_its_place_and_not_repeated() -> None:
    with pytest.raises(BrokenShift, match=r"^shift 3: ") as refusal:
        parse_plan(["sun-thu 09:00-15:00", "", "07701234567"])

    assert "0770" not in refusal.value.advice


def test_what_is_said_twice_counts_once() -> None:
    plan = parse_plan(["sun-tue 09:00-15:00", "mon 09:00-15:00", "2026-12-01 off", "2026-12-01 off"])

    assert len(plan.weekly) == 3
    assert len(plan.exceptions) == 1


@given(plans())
def test_every_plan_is_read_back_as_it_was_written(plan: Plan) -> None:
    assert parse_plan(lines_of(plan)) == plan


WORDS = st.sampled_from(
    [*WEEKDAYS, "-", ",", " ", "off", "on", "2026-12-01", "09:00-15:00", "24:00", ":", "9", "²", "٣"]
)


@given(st.text() | st.lists(WORDS).map("".join))
def test_any_other_text_is_a_plan_or_a_broken_shift(line: str) -> None:
    with suppress(BrokenShift):
        assert isinstance(parse_plan([line]), Plan)
