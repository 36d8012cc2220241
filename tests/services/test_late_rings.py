"""A ring whose job comes late: what was right when it was asked for may be wrong by then."""

from gateway.core.case import State
from tests.services.house import AMAL, House


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
