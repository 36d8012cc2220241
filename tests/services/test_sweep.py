"""State is the truth and a job is a bell: whatever job is lost, the sweep brings the case on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.case import State
from gateway.core.identity import CaseId
from gateway.services.sweep import Sweep
from gateway.storage import keys
from tests.services.house import AMAL, BAN, CALENDAR, CALLER, House
from tests.services.network import Ringing


def patiently(house: House, until: Callable[[], bool], *, minutes: float) -> bool:
    """Sweep and work as the processes do, until something is so."""
    for _ in range(int(minutes * 30)):
        if until():
            return True
        house.clock.forward(seconds=2)
        house.sweep.run()
        house.work()
    return until()


def callers_leg(house: House) -> Ringing:
    return house.network.rings_of(CALLER)[-1]


def test_a_case_reaches_its_end_though_every_job_is_lost_once_it_is_rung_for(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.lose_bells()

    assert patiently(house, lambda: bool(house.network.rings_of(AMAL)), minutes=1)
    house.at_desk("accept_offer", house.network.rings_of(AMAL)[-1])
    house.lose_bells()
    assert patiently(house, lambda: bool(house.network.rings_of(CALLER)), minutes=1)
    leg = callers_leg(house)
    house.at_gate("answer_gate", leg)
    house.at_gate("check_secret", leg, own="47")
    house.clock.forward(minutes=5)
    house.at_desk("close_case", house.network.rings_of(AMAL)[-1])
    house.lose_bells()

    assert patiently(house, lambda: house.state(case) is None, minutes=1)
    assert [len(house.network.rings_of(number)) for number in (AMAL, CALLER)] == [1, 1]


def test_a_lost_ringing_of_a_responder_is_rung_for_again_and_is_no_fault_of_hers(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.keeping.admit(case)
    house.lose_bells()
    house.dispatcher.dispatch()
    house.lose_bells()

    assert patiently(house, lambda: bool(house.network.rung), minutes=2)
    assert house.state(case) is State.OFFERED
    assert [responder.misses for responder in house.store.responders()] == [0]


def test_a_call_that_was_intended_and_never_placed_is_not_placed_afterwards(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.at_desk("accept_offer", house.offered())
    house.lose_bells()

    def killed() -> None:
        raise KeyboardInterrupt

    house.network.while_ringing = killed
    with pytest.raises(KeyboardInterrupt):
        house.bridging.dial_caller(case)
    house.network.while_ringing = None

    assert patiently(house, lambda: house.state(case) is State.WAITING, minutes=2)
    assert len(house.network.rings_of(CALLER)) == 1
    assert house.case(case).attempts_left == 2


def test_a_lost_release_of_a_responder_does_not_keep_her_from_the_next_case(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    leg = house.dialled()
    house.reports.attempt_ended(leg.token, leg.call)
    house.lose_bells()

    (amal,) = house.store.responders()
    assert amal.busy_with is None


def test_a_case_that_nobody_wraps_up_goes_to_somebody_else_or_is_closed(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    _, leg = house.bridged()
    house.clock.forward(minutes=5)
    house.reports.attempt_ended(leg.token, leg.call)

    assert patiently(house, lambda: house.state(case) is None, minutes=12)


def test_a_talk_without_an_end_is_taken_for_over_after_its_longest_time(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.bridged()
    house.clock.forward(minutes=49)
    house.sweep.run()
    before = house.state(case)

    house.clock.forward(minutes=1)
    house.sweep.run()

    assert (before, house.state(case)) == (State.BRIDGED, State.WRAP_UP)


def test_no_case_is_kept_longer_than_three_days(house: House) -> None:
    case = house.request(when="evening")
    house.work()
    house.clock.forward(hours=71, minutes=59)
    house.sweep.run()
    house.work()
    before = house.store.sealed_number(case)

    house.clock.forward(minutes=2)
    house.sweep.run()
    after = house.store.sealed_number(case)
    house.work()

    assert before is not None
    assert after is None
    assert house.state(case) is None
    assert case.encode() not in house.everything()


def test_a_case_that_expires_while_they_talk_loses_its_number_and_cuts_nobody_off(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    desk, leg = house.bridged()
    house.clock.forward(minutes=2)

    Sweep(house.clocks_store, calendar=replace(CALENDAR, retention=timedelta(minutes=1)), clock=house.clock).run()
    house.work()

    assert house.state(case) is State.BRIDGED
    assert house.store.sealed_number(case) is None
    assert not {desk.call, leg.call} & set(house.network.hung_up)
    assert house.at_desk("call_again", desk, time="morning").name == "refused"


def test_a_case_that_expired_in_a_talk_still_ends_when_the_talk_does(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    desk, leg = house.bridged()
    house.client.zadd(keys.BORN, {case: 0})
    house.sweep.run()
    house.clock.forward(minutes=5)
    house.reports.attempt_ended(leg.token, leg.call)
    house.at_desk("close_case", desk)

    house.work()

    assert house.state(case) is None


def test_a_case_of_which_only_its_places_are_left_is_cleaned_away(house: House) -> None:
    for kept in (keys.BORN, keys.MOTION):
        house.client.zadd(kept, {"gone": 0})

    house.sweep.run()
    house.work()

    assert house.client.zcard(keys.BORN) + house.client.zcard(keys.MOTION) == 0


def test_a_sweep_over_a_quiet_house_changes_nothing(house: House) -> None:
    house.woman("Amal", AMAL, on_shift=False)
    house.request()
    house.work()
    before = house.everything()

    house.sweep.run()
    house.sweep.run()

    assert house.everything() == before
    assert house.bells() == []


@pytest.mark.parametrize("asked", [timedelta(seconds=1), timedelta(hours=5)])
def test_a_request_whose_admission_was_lost_still_waits_in_the_end(house: House, asked: timedelta) -> None:
    case = house.request()
    house.lose_bells()
    house.clock.now += asked

    assert patiently(house, lambda: house.state(case) is State.WAITING, minutes=1)


def test_a_caller_who_left_the_line_while_three_phones_rang_is_noticed(house: House) -> None:
    for name, number in (("Amal", AMAL), ("Ban", BAN), ("Dunya", "+9647512551249")):
        house.woman(name, number)
    case = house.urgent(None)
    house.work()
    house.client.delete(keys.line(CaseId(case)))

    assert patiently(house, lambda: house.state(case) is None, minutes=2)
    assert len(house.network.cancelled) == 3
