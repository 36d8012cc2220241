"""The gate opens to her secret number and to nothing else; a call back says nothing to anybody else."""

from datetime import timedelta

import pytest

from gateway.core.case import State
from tests.services.house import AMAL, CALLER, House
from tests.services.network import Ringing


@pytest.fixture
def leg(house: House) -> Ringing:
    """A caller's phone that was picked up."""
    house.woman("Amal", AMAL)
    house.request(secret="47")
    leg = house.dialled()
    assert house.at_gate("answer_gate", leg).name == "ask"
    return leg


def test_her_secret_number_brings_her_to_the_room_where_the_responder_waits(house: House, leg: Ringing) -> None:
    opened = house.at_gate("check_secret", leg, own="47")

    (case,) = house.store.all_cases(9)
    assert (opened.name, opened.slots["room"]) == ("open", house.case(case).room)
    assert house.state(case) is State.BRIDGED


@pytest.mark.parametrize("keyed", ["48", "4", "047", "4747", "", "٤٧", "*", "47#"])
def test_anything_else_ends_the_call_and_counts_as_an_attempt(house: House, leg: Ringing, keyed: str) -> None:
    answered = house.at_gate("check_secret", leg, own=keyed)

    (case,) = house.store.all_cases(9)
    assert (answered.name, dict(answered.slots)) == ("shut", {})
    assert (house.state(case), house.case(case).attempts_left) == (State.WAITING, 2)
    assert house.case(case).due_at == house.clock() + timedelta(minutes=30)


def test_silence_ends_the_call_and_counts_as_an_attempt(house: House, leg: Ringing) -> None:
    house.at_gate("gate_shut", leg)

    (case,) = house.store.all_cases(9)
    assert (house.state(case), house.case(case).attempts_left) == (State.WAITING, 2)


def test_a_second_guess_in_the_same_call_is_not_looked_at(house: House, leg: Ringing) -> None:
    house.at_gate("check_secret", leg, own="48")

    assert house.at_gate("check_secret", leg, own="47").name == "gone"


def test_the_right_number_after_the_responder_is_gone_opens_nothing(house: House, leg: Ringing) -> None:
    desk = house.network.rings_of(AMAL)[0]
    house.reports.offer_ended(desk.token, desk.call)

    assert house.at_gate("check_secret", leg, own="47").name == "gone"


def test_the_token_of_an_earlier_attempt_opens_nothing(house: House, leg: Ringing) -> None:
    house.at_gate("gate_shut", leg)
    desk = house.network.rings_of(AMAL)[0]
    house.reports.offer_ended(desk.token, desk.call)
    house.clock.forward(minutes=31)
    house.sweep.run()
    later = house.dialled()
    house.at_gate("answer_gate", later)

    assert house.at_gate("check_secret", leg, own="47").name == "gone"
    assert house.at_gate("check_secret", later, own="47").name == "open"


def test_a_phone_that_is_picked_up_after_its_attempt_was_given_up_hears_no_question(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    leg = house.dialled()
    house.reports.attempt_ended(leg.token, leg.call)

    assert house.at_gate("answer_gate", leg).name == "gone"


def test_the_gate_tells_its_script_how_long_the_number_is_and_no_digit_of_it(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request(secret="47")
    leg = house.dialled()

    asked = house.at_gate("answer_gate", leg)

    assert dict(asked.slots) == {"secret": "00"}
    assert CALLER not in repr(asked)


def test_a_gate_that_nobody_leaves_is_looked_after_by_the_sweep(house: House, leg: Ringing) -> None:
    house.clock.forward(minutes=2)
    house.network.standing.pop(leg.call)  # the provider knows no such call any more

    house.sweep.run()
    house.work()

    (case,) = house.store.all_cases(9)
    assert (house.state(case), house.case(case).attempts_left) == (State.WAITING, 2)


def test_a_call_that_rings_later_than_its_attempt_can_last_hears_nothing_and_is_an_attempt(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request(secret="47")
    leg = house.dialled()
    house.clock.forward(seconds=90)  # nobody has asked the provider meanwhile: the dialler is dead

    answered = house.at_gate("answer_gate", leg)
    opened = house.at_gate("check_secret", leg, own="47")

    assert (answered.name, opened.name) == ("gone", "gone")
    assert (house.state(case), house.case(case).attempts_left) == (State.WAITING, 2)


def test_a_call_that_is_picked_up_in_its_last_second_has_the_time_to_open_the_gate(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request(secret="47")
    leg = house.dialled()
    house.clock.forward(seconds=89)
    house.at_gate("answer_gate", leg)
    house.clock.forward(seconds=20)

    assert house.at_gate("check_secret", leg, own="47").name == "open"
