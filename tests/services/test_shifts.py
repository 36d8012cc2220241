"""Shifts by the week: the clock puts women on and off, and nobody is rung off shift though the clock is late."""

from gateway.core.case import State
from gateway.core.shifts import Plan
from gateway.core.shifttext import parse_plan
from gateway.services.shifts import Shifts
from tests.services.house import AMAL, BAN, ZONE, House

OFFICE = parse_plan(["sun-thu 09:00-13:00"])  # it is noon in Baghdad, on a Tuesday


def on_shift(house: House) -> list[bool]:
    return [responder.on_shift for responder in house.store.responders()]


def planned(house: House, plan: Plan = OFFICE) -> None:
    house.woman("Amal", AMAL, on_shift=False)
    house.rostering.revise_plan("Amal", plan)


def test_whoever_waits_is_offered_at_once_when_a_shift_begins(house: House) -> None:
    planned(house, parse_plan(["tue 13:00-16:00"]))
    case = house.request()
    house.work()
    house.clock.forward(hours=1)

    house.shifts.turn()
    house.work()

    assert house.state(case) is State.OFFERED


def test_a_shift_ends_by_the_plan_and_begins_again_on_the_next_day(house: House) -> None:
    planned(house)
    found = on_shift(house)
    for hours in (1, 20):
        house.clock.forward(hours=hours)
        house.shifts.turn()
        found += on_shift(house)

    assert found == [True, False, True]


def test_a_clock_that_is_late_has_nobody_rung_after_her_shift(house: House) -> None:
    planned(house)
    house.clock.forward(hours=1)

    case = house.request()
    house.work()

    assert (house.network.rung, house.state(case)) == ([], State.WAITING)


def test_a_clock_that_is_late_keeps_nobody_from_her_next_shift_that_has_begun(house: House) -> None:
    planned(house)
    house.clock.forward(hours=21)

    case = house.request()
    house.work()

    assert house.state(case) is State.OFFERED


def test_a_case_that_she_holds_at_the_end_of_her_shift_stays_hers(house: House) -> None:
    planned(house)
    case = house.request()
    house.at_desk("accept_offer", house.offered())
    house.clock.forward(hours=1)

    house.shifts.turn()

    (amal,) = house.store.responders()
    assert (amal.on_shift, amal.busy_with, house.case(case).holder) == (False, case, amal.id)


def test_whoever_ends_her_shift_by_key_is_off_until_her_plan_turns(house: House) -> None:
    planned(house)
    house.request()
    offer = house.offered()
    house.at_desk("end_shift", offer, **house.at_desk("describe_offer", offer).slots)

    house.shifts.turn()
    now = on_shift(house)
    house.clock.forward(hours=21)
    house.shifts.turn()

    assert (now, on_shift(house)) == ([False], [True])


def test_whoever_calls_the_staff_number_to_come_on_stays_until_her_plan_turns(house: House) -> None:
    planned(house, parse_plan(["wed 09:00-13:00"]))
    house.knock("shift_on", AMAL)
    house.work()
    found = on_shift(house)
    for hours in (20, 24, 3):
        house.clock.forward(hours=hours)
        house.shifts.turn()
        found += on_shift(house)

    assert found == [True, True, False, False]


def test_a_day_off_is_no_shift(house: House) -> None:
    planned(house)

    house.rostering.revise_plan("Amal", parse_plan(["2026-11-24 off"]))

    assert on_shift(house) == [False]


def test_a_plan_given_anew_forgets_the_old_one(house: House) -> None:
    planned(house)

    changed = house.rostering.revise_plan("Amal", Plan(), anew=True)

    assert (changed.plan, changed.on_shift) == (Plan(), False)


def test_a_look_at_plans_that_have_not_turned_changes_nothing(house: House) -> None:
    planned(house)
    house.woman("Ban", BAN)
    house.lose_bells()
    before = house.everything()

    looked = house.shifts.turn()

    assert (looked, house.everything(), house.bells()) == (0, before, [])


def test_a_woman_at_her_load_is_not_asked_again_in_this_shift(house: House) -> None:
    planned(house)
    house.rostering.change("Amal", load=1)
    house.request()
    desk, _ = house.bridged()
    house.clock.forward(minutes=5)
    house.at_desk("close_case", desk)
    house.clock.forward(minutes=5)

    case = house.request("+9647812550163")
    house.sweep.run()
    house.work()

    assert house.state(case) is State.WAITING
    assert [responder.talks for responder in house.store.responders()] == [1]


def test_whoever_waits_is_offered_at_once_when_her_next_shift_begins_without_a_gap(house: House) -> None:
    planned(house, parse_plan(["tue 09:00-13:00", "tue 13:00-20:00"]))
    house.rostering.change("Amal", load=1)
    house.request()
    desk, _ = house.bridged()
    house.clock.forward(minutes=5)
    house.at_desk("close_case", desk)
    house.clock.forward(minutes=5)
    case = house.request("+9647812550163")
    house.work()
    house.clock.forward(hours=1)

    house.shifts.turn()
    house.work()

    assert house.state(case) is State.OFFERED


def test_a_clock_that_was_set_back_puts_women_where_their_plan_has_them_then(house: House) -> None:
    planned(house)  # 09:00-13:00, and it is noon
    house.shifts.turn()
    house.clock.forward(hours=2)
    house.shifts.turn()
    late = on_shift(house)

    house.clock.forward(hours=-2)
    house.shifts.turn()

    assert (late, on_shift(house)) == ([False], [True])


def test_a_clock_that_was_set_back_while_nothing_ran_is_found_out_too(house: House) -> None:
    planned(house)
    house.clock.forward(hours=2)
    house.shifts.turn()
    house.clock.forward(hours=-2)

    Shifts(house.store, clock=house.clock, zone=ZONE).turn()

    assert on_shift(house) == [True]


def test_a_call_that_nobody_answered_is_no_load(house: House) -> None:
    planned(house)
    house.request()
    leg = house.dialled()

    house.reports.attempt_ended(leg.token, leg.call)

    assert [responder.talks for responder in house.store.responders()] == [0]
