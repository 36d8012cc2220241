"""Responders: on and off shift by plan and by hand, breaks, and a load."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.identity import CaseId
from gateway.core.roster import (
    LONGER_REST,
    REST_AFTER_A_MISS,
    Responder,
    available,
    freed_again,
    is_present,
    seen_at,
    taken_by_hand,
    with_plan,
)
from gateway.core.shifts import Plan, effective, revised
from gateway.core.shifttext import lines_of, parse_plan
from tests.core.cases import NOW
from tests.core.moments import MOMENTS
from tests.core.plans import plans
from tests.core.responders import a_woman, responders

BAGHDAD = ZoneInfo("Asia/Baghdad")
OFFICE = parse_plan(["sun-thu 09:00-15:00"])


def at(hour: int, minute: int = 0, *, day: int = 24) -> datetime:
    """A moment of a Tuesday on the clocks of Baghdad."""
    return datetime(2026, 11, day, hour, minute, tzinfo=BAGHDAD).astimezone(UTC)


def planned(moment: datetime, plan: Plan = OFFICE) -> Responder:
    return with_plan(a_woman(on_shift=False), plan, now=moment, zone=BAGHDAD)


def seen(responder: Responder, moment: datetime) -> Responder:
    return seen_at(responder, now=moment, zone=BAGHDAD)


def test_a_plan_puts_her_on_shift_and_says_until_when() -> None:
    before, during = planned(at(8)), planned(at(10))

    assert (before.on_shift, before.turns_at) == (False, at(9))
    assert (during.on_shift, during.turns_at) == (True, at(15))


def test_she_is_not_asked_past_the_end_of_her_shift_though_nobody_looked() -> None:
    woman = planned(at(10))

    assert available(woman, now=at(14, 59)) is not None
    assert available(woman, now=at(15)) is None
    assert not seen(woman, at(15)).on_shift


def test_what_is_said_by_hand_holds_until_the_plan_turns() -> None:
    home_early = taken_by_hand(planned(at(10)), on=False, now=at(11), zone=BAGHDAD)
    stays_on = taken_by_hand(planned(at(16)), on=True, now=at(16), zone=BAGHDAD)

    assert [seen(home_early, moment).on_shift for moment in (at(14), at(15), at(9, day=25))] == [False, False, True]
    assert [seen(stays_on, moment).on_shift for moment in (at(23), at(9, day=25))] == [True, True]
    assert not seen(seen(stays_on, at(9, day=25)), at(15, day=25)).on_shift


def test_without_a_plan_she_is_on_until_somebody_says_otherwise() -> None:
    woman = taken_by_hand(a_woman(on_shift=False), on=True, now=NOW, zone=BAGHDAD)

    assert woman.turns_at is None
    assert seen(woman, NOW + timedelta(days=400)).on_shift


def test_a_woman_at_her_load_is_asked_again_in_her_next_shift() -> None:
    woman = planned(at(10), OFFICE)
    full = freed_again(
        freed_again(woman, rest=timedelta(0), missed=False, talked=True, now=at(11)),
        rest=timedelta(0), missed=False, talked=True, now=at(12),
    )  # fmt: skip
    limited = freed_again(planned(at(10)), rest=timedelta(0), missed=False, talked=False, now=at(11))

    two = replace(full, load=2)
    tomorrow = seen(seen(two, at(15)), at(9, day=25))

    assert (full.talks, limited.talks) == (2, 0)
    assert (is_present(full, now=at(12)), is_present(two, now=at(12))) == (True, False)
    assert (tomorrow.talks, is_present(tomorrow, now=at(9, day=25))) == (0, True)


def after_talks(woman: Responder, talks: int, moment: datetime) -> Responder:
    for _ in range(talks):
        woman = freed_again(woman, rest=timedelta(0), missed=False, talked=True, now=moment)
    return woman


@pytest.mark.parametrize(
    ("lines", "begins"),
    [
        (["mon-sun 00:00-24:00"], at(0, day=25)),
        (["mon-sun 08:00-16:00", "mon-sun 16:00-24:00"], at(16)),
        (["mon-sun 08:00-20:00", "mon-sun 20:00-08:00"], at(20)),
        (["tue 08:00-18:00", "tue 14:00-22:00"], at(14)),
        (["sun-thu 09:00-15:00", "2026-11-24 on", "2026-11-25 on"], at(0, day=25)),
    ],
)
def test_a_load_is_of_one_shift_though_the_next_follows_without_a_gap(lines: list[str], begins: datetime) -> None:
    full = after_talks(replace(planned(at(10), parse_plan(lines)), load=2), 2, at(11))

    before, after = seen(full, begins - timedelta(seconds=1)), seen(full, begins)

    assert not is_present(before, now=begins - timedelta(seconds=1))
    assert is_present(after, now=begins)
    assert after.talks == 0


def test_a_load_of_whoever_is_on_by_hand_is_of_one_day() -> None:
    on = taken_by_hand(a_woman(on_shift=False, load=2), on=True, now=at(10), zone=BAGHDAD)
    beside_her_plan = taken_by_hand(planned(at(16)), on=True, now=at(16), zone=BAGHDAD)

    full = after_talks(on, 2, at(23, 59))
    later = after_talks(beside_her_plan, 2, at(23, 59))

    assert [seen(full, moment).talks for moment in (at(23, 59), at(0, day=25))] == [2, 0]
    assert [seen(later, moment).talks for moment in (at(23, 59), at(0, day=25))] == [2, 0]
    assert seen(after_talks(seen(later, at(0, day=25)), 2, at(8, day=25)), at(9, day=25)).talks == 0


def test_a_load_of_a_night_shift_is_of_the_whole_night() -> None:
    full = after_talks(planned(at(23), parse_plan(["tue 22:00-06:00"])), 2, at(23))

    assert seen(full, at(5, day=25)).talks == 2


def test_misses_make_breaks_longer_and_an_answer_ends_them() -> None:
    woman = a_woman(busy_with=CaseId("case"))
    breaks = []
    for _ in range(3):
        woman = freed_again(woman, rest=timedelta(0), missed=True, talked=False, now=NOW)
        breaks.append(woman.rest_until)

    assert breaks == [NOW + REST_AFTER_A_MISS, NOW + REST_AFTER_A_MISS, NOW + LONGER_REST]
    assert freed_again(woman, rest=timedelta(0), missed=False, talked=True, now=NOW).misses == 0


def test_going_off_shift_does_not_end_a_break_and_coming_on_by_hand_does() -> None:
    resting = a_woman(rest_until=NOW + timedelta(minutes=15))

    off = taken_by_hand(resting, on=False, now=NOW, zone=BAGHDAD)
    on = taken_by_hand(resting, on=True, now=NOW, zone=BAGHDAD)

    assert (off.rest_until, on.rest_until) == (resting.rest_until, None)


@given(responders())
def test_nobody_is_available_who_is_no_woman_or_off_shift_or_busy_or_resting(responder: Responder) -> None:
    found = available(responder, now=NOW)

    if found is not None:
        assert found.is_woman is True
        assert responder.is_woman is True
        assert responder.on_shift
        assert responder.busy_with is None
        assert responder.rest_until is None or responder.rest_until <= NOW


@given(plans(), MOMENTS, st.lists(st.tuples(st.booleans(), st.integers(0, 400_000)), max_size=4), st.integers(0, 90))
def test_whenever_somebody_looks_she_is_as_her_plan_and_the_last_word_have_her(
    plan: Plan, start: datetime, said: list[tuple[bool, int]], looks: int
) -> None:
    woman, moment = with_plan(a_woman(on_shift=False), plan, now=start, zone=BAGHDAD), start
    for on, later in said:
        moment += timedelta(seconds=later)
        woman = taken_by_hand(seen(woman, moment), on=on, now=moment, zone=BAGHDAD)
    moment += timedelta(hours=looks)

    woman = seen(woman, moment)

    assert woman.on_shift is effective(plan, woman.by_hand, moment, BAGHDAD)
    assert woman.turns_at is None or woman.turns_at > moment
    assert woman.talks_until is None or woman.talks_until > moment


# --- plans are changed line by line ---


@pytest.mark.parametrize(
    ("by", "lines"),
    [
        (["fri 10:00-12:00"], ("fri 10:00-12:00", "2026-12-01 off")),
        (["2026-12-02 off"], ("sun 09:00-15:00", "2026-12-01 off", "2026-12-02 off")),
        (["2026-12-01 10:00-11:00"], ("sun 09:00-15:00", "2026-12-01 10:00-11:00")),
        ([], ("sun 09:00-15:00", "2026-12-01 off")),
    ],
)
def test_a_week_takes_the_place_of_the_week_and_a_date_that_of_the_date(by: list[str], lines: tuple[str, ...]) -> None:
    plan = parse_plan(["sun 09:00-15:00", "2026-12-01 off", "2026-11-01 off"])

    assert lines_of(revised(plan, parse_plan(by), today=NOW.date())) == lines
