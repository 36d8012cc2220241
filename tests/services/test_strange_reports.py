"""Reports and webhooks of other calls, and repeated ones: they take nothing from the call that counts."""

from collections.abc import Callable
from itertools import permutations

import pytest

from gateway.core.calls import CallStatus
from gateway.core.case import State
from gateway.core.identity import CallId
from tests.services.house import AMAL, House
from tests.services.network import Ringing

OTHER = CallId("CAother")


@pytest.fixture
def leg(house: House) -> Ringing:
    """A caller's phone that was picked up."""
    house.woman("Amal", AMAL)
    house.request()
    leg = house.dialled()
    house.at_gate("answer_gate", leg)
    return leg


def another(leg: Ringing) -> Ringing:
    return Ringing(leg.to, leg.answer_path, OTHER, leg.at)


def the_state(house: House) -> State:
    (name,) = house.store.all_cases(9)
    return house.case(name).state


@pytest.mark.parametrize("effect", ["answer_gate", "check_secret", "gate_shut", "check_talk"])
def test_another_call_with_the_attempts_token_does_nothing_at_the_gate(house: House, leg: Ringing, effect: str) -> None:
    before = house.everything()

    answer = house.at_gate(effect, another(leg), own="47")

    assert answer.name in {"gone", "done", "ended"}
    assert house.everything() == before


def test_the_end_of_another_call_with_the_attempts_token_ends_nothing(house: House, leg: Ringing) -> None:
    house.reports.attempt_ended(leg.token, OTHER)

    assert the_state(house) is State.GATE


def test_the_end_of_another_call_with_the_offers_token_ends_nothing(house: House) -> None:
    house.woman("Amal", AMAL)
    house.request()
    offer = house.offered()

    house.reports.offer_ended(offer.token, OTHER)

    assert the_state(house) is State.OFFERED


def test_the_end_of_another_call_of_hers_does_not_end_the_one_she_waits_on(house: House) -> None:
    case = house.urgent()

    house.reports.own_call_ended(case, OTHER)

    assert house.case(case).on_the_line


@pytest.mark.parametrize("order", list(permutations(["her leg", "the menu", "the gate"])))
def test_the_end_of_a_talk_is_told_in_any_order_and_twice_and_the_holder_wraps_up(
    house: House, leg: Ringing, order: tuple[str, ...]
) -> None:
    house.at_gate("check_secret", leg, own="47")
    house.clock.forward(minutes=5)
    desk = house.network.rings_of(AMAL)[0]
    tell: dict[str, Callable[[], object]] = {
        "her leg": lambda: house.reports.attempt_ended(leg.token, leg.call),
        "the menu": lambda: house.at_desk("check_talk", desk),
        "the gate": lambda: house.at_gate("check_talk", leg),
    }

    for name in (*order, *order):
        tell[name]()

    assert the_state(house) is State.WRAP_UP
    assert house.store.figures(house.clock().date().isoformat())["bridged"] == 1


def test_a_late_question_of_a_dead_line_holds_nobody_back_for_long(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.urgent()
    house.on_the_phone(status=CallStatus.COMPLETED)
    house.reports.own_call_ended(case, CallId("CAhers"))

    late = house.ask("check_line", case=case)
    house.wait(12)

    assert late.name == "over"
    assert not house.case(case).on_the_line
