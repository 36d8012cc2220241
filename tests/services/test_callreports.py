"""What the provider reports comes late, twice, out of order or never; only the end of a present call means anything."""

from datetime import timedelta

import pytest

from gateway.core.case import State
from gateway.core.identity import CallId, Token
from gateway.storage import keys
from gateway.storage.inspection import everything
from tests.services.house import AMAL, BAN, CALLER, House


def test_the_end_of_an_offer_call_is_a_miss_however_often_it_is_reported(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    offer = house.offered()

    for _ in range(3):
        house.reports.offer_ended(offer.token, offer.call)
    house.work()

    (amal,) = house.store.responders()
    assert (house.state(case), amal.misses, amal.busy_with) == (State.WAITING, 1, None)


def test_the_late_end_of_an_old_offer_takes_nothing_from_the_woman_who_has_the_case_now(house: House) -> None:
    house.woman("Amal", AMAL)
    house.woman("Ban", BAN)
    case = house.request()
    old = house.offered()
    house.at_desk("decline_offer", old)
    house.at_desk("accept_offer", house.offered())

    house.reports.offer_ended(old.token, old.call)

    assert house.state(case) is State.ACCEPTED


def test_the_end_of_a_holders_call_before_anybody_was_rung_makes_the_case_wait_again(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    offer = house.offered()
    house.at_desk("accept_offer", offer)

    house.reports.offer_ended(offer.token, offer.call)
    house.work()

    assert house.state(case) is State.WAITING
    assert house.network.rings_of(CALLER) == []
    assert house.case(case).attempts_left == 3


def test_the_end_of_a_holders_call_while_the_caller_is_rung_ends_the_ringing(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    leg = house.dialled()
    desk = house.network.rings_of(AMAL)[0]

    house.reports.offer_ended(desk.token, desk.call)
    house.work()

    assert leg.call in house.network.hung_up
    assert (house.state(case), house.case(case).due_at) == (State.WAITING, house.clock() + timedelta(minutes=30))


def test_the_end_of_a_call_back_is_counted_once(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    leg = house.dialled()

    for _ in range(3):
        house.reports.attempt_ended(leg.token, leg.call)

    assert (house.state(case), house.case(case).attempts_left) == (State.WAITING, 2)


def test_the_end_of_her_leg_in_a_talk_leaves_the_holder_to_wrap_up(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    _, leg = house.bridged()

    house.reports.attempt_ended(leg.token, leg.call)
    house.reports.attempt_ended(leg.token, leg.call)

    assert house.state(case) is State.WRAP_UP


def test_the_end_of_the_first_leg_takes_nothing_from_the_second(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    desk, first = house.bridged()
    house.clock.forward(seconds=30)
    house.reports.attempt_ended(first.token, first.call)
    house.at_desk("bridge_again", desk)
    house.work()

    house.reports.attempt_ended(first.token, first.call)

    assert house.state(case) is State.DIALLING


def without_records(house: House) -> list[bytes]:
    return [kept for key, kept in everything(house.client) if not key.startswith(("rq:", "record"))]


@pytest.mark.parametrize("state", ["nothing", "bridged"])
def test_a_token_that_nobody_knows_changes_nothing_but_what_the_provider_has_to_delete(
    house: House, state: str
) -> None:
    house.woman("Amal", AMAL)
    if state == "bridged":
        house.request()
        house.bridged()
    before = without_records(house)

    house.reports.offer_ended(Token("nobodysoffer"), CallId("CAnobody"))
    house.reports.attempt_ended(Token("nobodysattempt"), CallId("CAnobodys"))
    house.reports.line_ended(CallId("CAnobody"))

    assert without_records(house) == before
    assert {b"call:CAnobody", b"call:CAnobodys"} <= set(house.client.zrange(keys.RECORDS, 0, -1))


def test_a_report_of_another_call_with_the_holders_token_takes_nothing_from_her(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    offer = house.offered()
    house.at_desk("accept_offer", offer)

    house.reports.offer_ended(offer.token, CallId("CAother"))

    assert house.state(case) is State.ACCEPTED


def test_an_end_that_is_reported_before_the_call_was_noted_hangs_it_up(house: House) -> None:
    house.woman("Amal", AMAL)
    case = house.request()
    house.at_desk("accept_offer", house.offered())
    house.network.while_ringing = lambda: house.reports.attempt_ended(
        house.network.rung[-1].token, house.network.rung[-1].call
    )

    house.work()

    leg = house.network.rings_of(CALLER)[0]
    assert leg.call in house.network.hung_up
    assert (house.state(case), house.case(case).attempts_left) == (State.WAITING, 2)
