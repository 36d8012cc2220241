"""The hotline's hours and closed days, as they are set."""

from datetime import date, time, timedelta

import pytest

from config.closures import closed_dates
from config.kinds import DayPart
from config.settings import BrokenSettings, RuleSettings, read

STORE = {"REDIS_URL": "unix:///run/sanad/store.sock"}
TODAY = date(2026, 11, 24)


def rules(**variables: str) -> RuleSettings:
    return read(RuleSettings, {**STORE, **variables})


def test_the_hotline_is_open_at_any_hour_of_every_day_if_nothing_is_said() -> None:
    settings = rules()

    assert settings.opening_hours == DayPart(time(0), time(0))
    assert settings.closed_weekdays == frozenset()
    assert closed_dates(settings, today=TODAY) == frozenset()


def test_round_the_clock_is_from_midnight_to_midnight() -> None:
    assert rules(OPENING_HOURS="00:00-24:00").opening_hours == DayPart(time(0), time(0))
    assert rules(EVENING="20:00-24:00", OPENING_HOURS="09:00-24:00").evening == DayPart(time(20), time(0))


def test_closed_weekdays_are_counted_from_monday() -> None:
    assert rules(CLOSED_WEEKDAYS="Fri, sat").closed_weekdays == frozenset({4, 5})


def test_public_holidays_are_closed_only_where_that_is_said() -> None:
    named = {"CLOSED_DATES": "2026-12-24, 2027-01-01"}
    eid = {date(2026, 5, 27), date(2026, 5, 28), date(2026, 5, 29)}

    without, with_holidays = (rules(**named, CLOSED_ON_HOLIDAYS=said) for said in ("no", "yes"))

    assert closed_dates(without, today=TODAY) == {date(2026, 12, 24), date(2027, 1, 1)}
    assert closed_dates(with_holidays, today=TODAY) >= {date(2026, 12, 24), date(2027, 1, 6), date(2031, 1, 6), *eid}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("OPENING_HOURS", "08:00"),
        ("OPENING_HOURS", "22:00-08:00"),
        ("OPENING_HOURS", "22:00-00:00"),
        ("OPENING_HOURS", "08:00-20:30x"),
        ("OPENING_HOURS", "08:00-24:01"),
        ("CLOSED_WEEKDAYS", "friday"),
        ("CLOSED_WEEKDAYS", "fri,"),
        ("CLOSED_WEEKDAYS", "mon,tue,wed,thu,fri,sat,sun"),
        ("CLOSED_ON_HOLIDAYS", "sometimes"),
        ("CLOSED_DATES", "24.12.2026"),
        ("CLOSED_DATES", "2026-02-30"),
        ("CLOSED_DATES", "20261224"),
        ("CLOSED_DATES", "9999-12-31"),
    ],
)
def test_what_is_no_calendar_is_refused_by_its_name_and_never_repeated(variable: str, value: str) -> None:
    with pytest.raises(BrokenSettings) as refusal:
        rules(**{variable: value})

    wanted = RuleSettings.model_fields[variable.lower()].description
    assert str(refusal.value) == f"{variable}: cannot be used; give {wanted}"


@pytest.mark.parametrize(
    "variables",
    [
        {"OPENING_HOURS": "12:00-22:00"},
        {"OPENING_HOURS": "08:00-18:20"},
        {"EVENING": "21:45-23:00", "OPENING_HOURS": "08:00-22:00"},
        {"MORNING": "09:00-09:20"},
    ],
)
def test_no_choice_is_offered_that_the_hotline_is_never_open_for(variables: dict[str, str]) -> None:
    with pytest.raises(BrokenSettings, match="OPENING_HOURS: cannot be used; give hours of one day") as refusal:
        rules(**variables)

    assert [variable for variable, _ in refusal.value.problems] == ["OPENING_HOURS"]


def test_a_broken_part_of_the_day_is_the_only_problem_told() -> None:
    with pytest.raises(BrokenSettings) as refusal:
        rules(MORNING="9-12")

    assert [variable for variable, _ in refusal.value.problems] == ["MORNING"]


@pytest.mark.parametrize(
    ("weekdays", "days", "is_refused"), [("", 13, False), ("", 14, True), ("fri,sat", 11, False), ("fri,sat", 12, True)]
)
def test_a_closure_of_two_weeks_is_refused(weekdays: str, days: int, is_refused: bool) -> None:
    sunday = date(2026, 11, 29)
    dates = ",".join(str(sunday + timedelta(days=passed)) for passed in range(days))
    variables = {"CLOSED_WEEKDAYS": weekdays, "CLOSED_DATES": dates}

    if is_refused:
        with pytest.raises(BrokenSettings, match=r"CLOSED_DATES: cannot be used; .* at most 13 days in a row"):
            rules(**variables)
    else:
        assert len(rules(**variables).closed_dates) == days
