"""A responder who says nothing after the talk: what she hears is what happens to the case."""

from dataclasses import replace

import pytest

from gateway.core.case import State
from gateway.core.consequences import Moved
from gateway.core.windows import SafeTime
from gateway.jobs import QueueName
from tests.services.house import AMAL, BAN, CALLER, House
from tests.services.network import Ringing


def wrapping_up(house: House, *, seconds: int, **answers: str) -> Ringing:
    """She has talked with a caller for so long and is back at her menu; her call."""
    house.woman("Amal", AMAL)
    house.request(hangs_up=True, **answers)
    desk, leg = house.bridged()
    house.clock.forward(seconds=seconds)
    house.reports.attempt_ended(leg.token, leg.call)
    assert house.at_desk("check_talk", desk).name == "talked"
    return desk


def test_after_a_real_talk_she_hears_that_the_task_is_closed_and_it_is(house: House) -> None:
    desk = wrapping_up(house, seconds=90)
    (case,) = house.store.all_cases(1)

    told = house.at_desk("leave_case", desk).name
    house.work()

    assert (told, house.state(case)) == ("over", None)
    assert house.network.redirected == [], "she hears her goodbye to its end"


def test_after_a_line_that_was_cut_she_hears_that_the_task_stays_and_it_does(house: House) -> None:
    desk = wrapping_up(house, seconds=20)
    (case,) = house.store.all_cases(1)

    told = house.at_desk("leave_case", desk).name
    house.reports.offer_ended(desk.token, desk.call)
    house.work(only=QueueName.DIAL)

    assert (told, house.state(case)) == ("kept", State.WAITING)


def test_after_a_cut_with_no_try_left_she_does_not_hear_that_it_stays(house: House) -> None:
    desk = wrapping_up(house, seconds=20)
    (case,) = house.store.all_cases(1)
    last = replace(house.case(case), attempts_left=0)
    house.store.transact(lambda transaction: transaction.apply(Moved(last)))

    told = house.at_desk("leave_case", desk).name
    house.work()

    assert (told, house.state(case)) == ("over", None)


@pytest.mark.parametrize("seconds", [20, 90])
def test_what_she_hears_is_what_would_follow_from_the_end_of_her_call(house: House, seconds: int) -> None:
    desk = wrapping_up(house, seconds=seconds)
    (case,) = house.store.all_cases(1)

    house.reports.offer_ended(desk.token, desk.call)
    house.work(only=QueueName.DIAL)

    assert house.state(case) is (State.WAITING if seconds == 20 else None)


def test_a_case_that_is_not_hers_any_more_is_not_touched(house: House) -> None:
    desk = wrapping_up(house, seconds=20)
    (case,) = house.store.all_cases(1)
    house.at_desk("pass_on", desk)
    before = house.case(case)

    assert house.at_desk("leave_case", desk).name == "gone"
    assert house.case(case) == before


def test_another_time_without_saying_which_keeps_the_hours_that_the_caller_chose(house: House) -> None:
    house.clock.forward(hours=2)
    desk = wrapping_up(house, seconds=90, when="afternoon")
    (case,) = house.store.all_cases(1)

    told = house.at_desk("call_again", desk).name
    house.woman("Ban", BAN)
    house.wait(60)

    assert told == "done"
    assert (house.case(case).state, house.case(case).safe_time) == (State.WAITING, SafeTime.AFTERNOON)
    assert house.case(case).due_at > house.clock()
    assert len(house.network.rings_of(CALLER)) == 1
