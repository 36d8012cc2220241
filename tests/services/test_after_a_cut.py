"""After a cut: the holder wants the caller back, or passes her on. Her phone rings no more often than she was told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.case import State
from gateway.core.consequences import Moved
from gateway.core.errors import ProviderBusy
from gateway.core.identity import CaseId
from tests.services.house import AMAL, BAN, CALLER, House
from tests.services.network import Ringing


def cut_off(house: House, *, seconds: int = 20, attempts_left: int | None = None, shared: str = "no") -> Ringing:
    """Amal and a caller were cut off so soon; Amal's call, in which she hears her menu."""
    house.woman("Amal", AMAL)
    case = house.request(shared=shared)
    desk, leg = house.bridged()
    house.clock.forward(seconds=seconds)
    house.reports.attempt_ended(leg.token, leg.call)
    assert house.at_desk("check_talk", desk).name == "talked"
    if attempts_left is not None:
        _leave(house, case, attempts_left)
    return desk


def _leave(house: House, case: CaseId, attempts_left: int) -> None:
    changed = replace(house.case(case), attempts_left=attempts_left)
    house.store.transact(lambda transaction: transaction.apply(Moved(changed)))


def in_vain(house: House, desk: Ringing) -> None:
    """She presses 3, and nobody answers."""
    house.at_desk("bridge_again", desk)
    house.work()
    leg = house.network.rings_of(CALLER)[-1]
    house.clock.forward(seconds=30)
    house.reports.attempt_ended(leg.token, leg.call)
    house.work()


def the_case(house: House) -> CaseId:
    (case,) = house.store.all_cases(1)
    return case


def test_a_reconnection_while_her_phone_is_engaged_is_no_further_attempt(house: House) -> None:
    desk = cut_off(house, attempts_left=0)
    case = the_case(house)
    house.urgent(call="CAagain")
    house.work()

    house.at_desk("bridge_again", desk)
    house.work()

    assert (house.case(case).state, house.case(case).attempts_left) == (State.WRAP_UP, 0)
    assert (desk.call, "/twilio/voice/offer/back") in house.network.redirected, "she hears her menu again"
    assert len(house.network.rings_of(CALLER)) == 1


def test_a_reconnection_for_which_the_provider_is_too_busy_is_no_further_attempt(house: House) -> None:
    desk = cut_off(house, attempts_left=0)
    case = the_case(house)
    house.network.failures.append(ProviderBusy("not now"))

    house.at_desk("bridge_again", desk)
    house.work()

    assert (house.case(case).state, house.case(case).attempts_left) == (State.WRAP_UP, 0)
    assert house.at_desk("bridge_again", desk).name == "dialling", "she can try it again"


def test_a_case_that_was_given_back_after_a_cut_goes_on_though_she_says_nothing(house: House) -> None:
    desk = cut_off(house)
    case = the_case(house)
    house.network.failures.append(ProviderBusy("not now"))
    house.at_desk("bridge_again", desk)
    house.work()

    house.wait(int(timedelta(minutes=11).total_seconds()))

    assert (house.state(case), house.case(case).holder) == (State.WAITING, None)
    assert house.case(case).due_at >= house.clock() + timedelta(minutes=28), "half an hour after it was given up"


@pytest.mark.parametrize("shared", ["yes", "no"])
def test_a_case_passed_on_after_a_ring_in_vain_waits_as_after_every_attempt(house: House, shared: str) -> None:
    desk = cut_off(house, shared=shared)
    case = the_case(house)
    closes_at = house.case(case).closes_at
    in_vain(house, desk)
    house.woman("Ban", BAN)

    told = house.at_desk("pass_on", desk).name
    house.wait(60)

    assert (told, house.state(case)) == ("done", State.WAITING)
    assert len(house.network.rings_of(CALLER)) == 2
    assert house.case(case).due_at >= (closes_at if shared == "yes" else house.clock() + timedelta(minutes=28))


def test_a_case_passed_on_by_a_caller_who_was_just_there_goes_to_a_colleague_at_once(house: House) -> None:
    desk = cut_off(house)
    house.woman("Ban", BAN)

    house.at_desk("pass_on", desk)
    house.work()

    assert len(house.network.rings_of(BAN)) == 1


def test_after_a_cut_with_no_try_left_she_cannot_pass_on_and_keeps_the_case(house: House) -> None:
    desk = cut_off(house, attempts_left=0)
    case = the_case(house)

    assert house.at_desk("pass_on", desk).name == "no_try"

    assert (house.case(case).state, house.case(case).desk) == (State.WRAP_UP, desk.call)


def test_after_a_real_talk_she_can_pass_on_with_no_try_left(house: House) -> None:
    desk = cut_off(house, seconds=90, attempts_left=0)
    house.woman("Ban", BAN)

    told = house.at_desk("pass_on", desk).name
    house.work()

    assert (told, house.case(the_case(house)).attempts_left) == ("done", 1)
    assert len(house.network.rings_of(BAN)) == 1
