"""A hotline that closes: who says danger is rung at any hour, whenever she says it, and promises are kept."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from gateway.core import events as on
from gateway.core.case import Case, State
from gateway.core.hours import Hours
from gateway.core.identity import CallId, CaseId
from gateway.core.moves import move
from gateway.core.sameness import as_a_part
from gateway.core.triage import triage
from gateway.core.windows import Calendar, SafeTime
from gateway.services.timing import first_window, open_window, window_in_danger
from gateway.storage import keys
from tests.core.cases import a_case
from tests.core.moments import MOMENTS
from tests.core.test_windows_hold import calendars
from tests.services.house import AMAL, CALENDAR, House

BY_DAY = replace(CALENDAR, opening=Hours(time(8), time(22)))
AT_THREE = datetime(2026, 11, 25, 3, 0, tzinfo=CALENDAR.zone).astimezone(UTC)
AT_EIGHT = AT_THREE + timedelta(hours=5)
OPTIONAL = {"danger": ("now", "family", "no"), "deadline": ("today", "no"), "urgent": ("yes",)}
answers = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in OPTIONAL.items()})


@pytest.fixture
def night(store_client: redis.Redis, tmp_path: Path) -> House:
    """Three o'clock in the night; the hotline opens at eight."""
    house = House(store_client, tmp_path / "keys", calendar=BY_DAY)
    house.clock.now = AT_THREE
    return house


def asked(house: House, *, call: str = "CAhers", secret: str = "47", **answers: str) -> CaseId:
    """A request for a call now, while she stays on the line for the questions."""
    name = house.request(call=call, secret=secret, hangs_up=False, shared="no", **answers)
    house.work()
    return name


def hangs_up(house: House, case: CaseId, call: str = "CAhers") -> None:
    house.reports.own_call_ended(case, CallId(call))
    house.work()


def test_whoever_says_danger_after_her_request_is_kept_is_rung_at_once_though_the_hotline_is_closed(
    night: House,
) -> None:
    night.woman("Amal", AMAL)
    case = asked(night)

    night.ask("keep_answers", case=case, danger="now")
    hangs_up(night, case)
    night.wait(10)

    assert [ringing.is_the_callers for ringing in night.network.rung] == [False]


@pytest.mark.parametrize(("hour", "told"), [(3, "when_there"), (7, "when_there"), (8, "now"), (21, "now")])
def test_nobody_is_told_that_we_call_now_while_the_hotline_is_closed(night: House, hour: int, told: str) -> None:
    night.woman("Amal", AMAL)
    night.clock.now = AT_THREE + timedelta(hours=hour - 3)
    found = night.ask("check_number").slots

    kept = night.ask("request_callback", secret="47", **found, time="now").slots

    assert kept.get("time", "now") == told


@pytest.mark.parametrize("channel", ["spoken", "written"])
def test_whoever_chose_hours_of_her_own_is_told_those_though_the_hotline_is_closed(night: House, channel: str) -> None:
    ask = night.ask if channel == "spoken" else night.written

    kept = ask("request_callback", secret="47", time="morning").slots

    assert "time" not in kept


def test_the_supervisor_is_told_of_danger_in_the_night_that_nobody_takes(night: House) -> None:
    case = asked(night)

    night.ask("keep_answers", case=case, danger="now")
    hangs_up(night, case)
    night.wait(130)

    night.watch.run()

    assert night.client.exists(keys.alarm(f"urgent-{case}"))


def test_whoever_says_no_danger_waits_for_the_opening(night: House) -> None:
    night.woman("Amal", AMAL)
    case = asked(night)

    night.ask("keep_answers", case=case, danger="no", deadline="today")
    hangs_up(night, case)
    night.wait(10)

    assert night.network.rung == []
    assert night.case(case).due_at == AT_EIGHT


def test_danger_that_is_said_when_a_request_has_become_part_of_another_counts_for_that(night: House) -> None:
    first = asked(night)
    hangs_up(night, first)
    again = asked(night, call="CAagain", secret="58")

    night.ask("keep_answers", case=again, call="CAagain", danger="now", shared="no")

    assert night.case(first).due_at == AT_THREE


def test_a_request_that_becomes_part_of_another_brings_its_danger_with_it(night: House) -> None:
    first = asked(night)
    hangs_up(night, first)
    name = night.request(call="CAagain", secret="58", hangs_up=False, shared="no")

    night.ask("keep_answers", case=name, call="CAagain", danger="family", shared="no")
    night.work()

    assert night.case(first).due_at == AT_THREE


def test_danger_of_an_earlier_request_is_danger_of_the_one_that_takes_its_place(night: House) -> None:
    first = asked(night)
    night.ask("keep_answers", case=first, danger="now", shared="no")
    hangs_up(night, first)
    night.clock.forward(minutes=40)
    later = asked(night, call="CAagain", secret="58")

    night.ask("keep_secret", case=later, call="CAagain", secret="58", own="47")
    night.work()

    assert night.state(first) is None
    assert night.case(later).due_at == AT_THREE + timedelta(minutes=40)


def test_her_second_attempt_keeps_its_distance_though_she_says_danger_then(night: House) -> None:
    tried = night.case(asked(night))
    tried = replace(tried, attempts_left=tried.attempts_left - 1)

    assert window_in_danger(tried, {"danger": "now"}, BY_DAY, now=night.clock()) is None


@pytest.mark.parametrize(
    ("time", "told"), [("now", "done"), ("afternoon", "done"), ("evening", "refused"), ("morning", "refused")]
)
def test_another_call_is_agreed_on_only_for_hours_before_her_number_is_forgotten(
    store_client: redis.Redis, tmp_path: Path, time: str, told: str
) -> None:
    """She asked at noon and talks at one o'clock two days later; at two her number goes."""
    house = House(store_client, tmp_path / "keys", calendar=replace(CALENDAR, retention=timedelta(hours=50)))
    case = house.request()
    house.clock.forward(hours=49)
    house.woman("Amal", AMAL)
    house.wait(4)
    desk, leg = house.bridged()
    house.clock.forward(seconds=90)
    house.reports.attempt_ended(leg.token, leg.call)
    house.at_desk("check_talk", desk)

    assert house.at_desk("call_again", desk, time=time).name == told
    assert house.case(case).state is (State.WAITING if told == "done" else State.WRAP_UP)


@given(calendars(), st.sampled_from(SafeTime), MOMENTS, st.integers(0, 40), st.tuples(answers, answers))
def test_who_was_not_rung_yet_is_due_as_soon_as_her_answers_let_her_be(
    calendar: Calendar, choice: SafeTime, at: datetime, minutes: int, said: tuple[dict[str, str], dict[str, str]]
) -> None:
    first, then = said
    said_at = at + timedelta(minutes=minutes)
    case, other = (_requested(choice, calendar, at, known) for known in (first, then))

    told = _told(case, then, calendar, said_at)
    kept = move(case, as_a_part(other), now=said_at).case
    heir = _taken_over(case, other, calendar, said_at)

    for one in (told, kept, heir):
        assert one.due_at <= open_window(one, calendar, now=said_at).opens_at


def _requested(choice: SafeTime, calendar: Calendar, at: datetime, known: Mapping[str, str]) -> Case:
    window = first_window(choice, calendar, now=at, urgency=triage(known))
    return a_case(
        requested_at=at, safe_time=choice, answers=known, due_at=window.opens_at, closes_at=window.closes_at
    )  # fmt: skip


def _told(case: Case, said: Mapping[str, str], calendar: Calendar, now: datetime) -> Case:
    hours = window_in_danger(case, {**case.answers, **said}, calendar, now=now)
    return move(case, on.AnswersGiven(said, hours=hours), now=now).case


def _taken_over(case: Case, other: Case, calendar: Calendar, now: datetime) -> Case:
    hours = window_in_danger(case, {**other.answers, **case.answers}, calendar, now=now)
    return move(case, on.TakenOver(other.requested_at, (), other.answers, (), hours), now=now).case
