"""A ring whose job comes late: what was right when it was asked for may be wrong by then."""

from datetime import timedelta

import pytest

from gateway.core.case import State
from gateway.core.windows import LAST_MOMENT
from gateway.services.bridging import PLACING_TAKES, Bridging, RingTimes
from tests.services.house import AMAL, CALENDAR, RING_FOR, House

LONGEST_RING = timedelta(seconds=60)  # of those that the settings allow


def test_a_woman_who_went_off_shift_between_the_offer_and_its_ring_is_not_rung(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.keeping.admit(case)
    house.dispatcher.dispatch()
    house.rostering.set_shift("Amal", on_shift=False)

    house.work()

    assert house.network.rung == []
    assert house.state(case) is State.WAITING


def test_a_caller_is_not_connected_again_hours_after_a_cut(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    desk, leg = house.bridged()
    house.clock.forward(seconds=30)
    house.reports.attempt_ended(leg.token, leg.call)
    house.at_desk("bridge_again", desk)
    house.lose_bells()
    house.clock.forward(hours=14)

    house.bridging.dial_caller(case)

    assert [ringing.is_the_callers for ringing in house.network.rung].count(True) == 1


@pytest.mark.parametrize(("early", "rings"), [(timedelta(0), 1), (timedelta(seconds=1), 0)])
def test_a_caller_is_rung_only_if_that_ends_with_her_hours_at_the_latest(
    house: House, early: timedelta, rings: int
) -> None:
    bridging = Bridging(
        house.store, telephone=house.network, opener=house.vault, chance=house.chance, calendar=CALENDAR,
        times=RingTimes(responder=RING_FOR, caller=LONGEST_RING), clock=house.clock,
    )  # fmt: skip
    house.woman("Amal", AMAL)
    case = house.request()
    house.at_desk("accept_offer", house.offered())
    house.clock.now = house.case(case).closes_at - PLACING_TAKES - LONGEST_RING + early

    bridging.dial_caller(case)

    assert [ringing.is_the_callers for ringing in house.network.rung].count(True) == rings
    if not rings:
        assert house.case(case).due_at > house.clock() + LAST_MOMENT, "it waits for her next hours"
