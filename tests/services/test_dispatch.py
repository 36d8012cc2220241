"""Who is asked: the most urgent case first, women on shift only, the one who was asked longest ago first."""

import contextlib
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import redis

from gateway.core.case import State
from gateway.core.consequences import Moved
from gateway.core.identity import CaseId, ResponderId
from gateway.core.lanes import lane_of
from gateway.core.phone import PhoneNumber
from gateway.ports import Transaction
from gateway.storage import keys
from tests.services.house import AMAL, BAN, DUNYA, ESRA, House


def caller(number: int) -> str:
    return f"+96477155501{number:02d}"


def asked(house: House) -> list[str]:
    numbers = {PhoneNumber.parse(number): number for number in (AMAL, BAN, DUNYA, ESRA)}
    return [numbers[ringing.to] for ringing in house.network.rung if not ringing.is_the_callers]


def team(house: House, *numbers: str) -> list[ResponderId]:
    return [house.woman(f"Woman {place}", number) for place, number in enumerate(numbers or (AMAL, BAN, DUNYA))]


def test_the_most_urgent_case_is_offered_first_however_long_another_waits(house: House) -> None:
    calm = house.request(caller(10))
    house.clock.forward(minutes=20)
    today = house.request(caller(11), deadline="today")
    danger = house.request(caller(12), danger="now")
    house.work()

    house.woman("Amal", AMAL)
    house.work()

    assert [house.state(case) for case in (calm, today, danger)] == [State.WAITING, State.WAITING, State.OFFERED]


def test_of_two_equally_urgent_cases_the_one_that_waits_longer_is_offered_first(house: House) -> None:
    first = house.request(caller(10))
    house.clock.forward(minutes=1)
    second = house.request(caller(11))
    house.work()

    house.woman("Amal", AMAL)
    house.work()

    assert (house.state(first), house.state(second)) == (State.OFFERED, State.WAITING)


def test_a_case_is_offered_to_a_woman_who_speaks_the_language_that_the_caller_was_spoken_to_in(
    store_client: redis.Redis, tmp_path: Path
) -> None:
    house = House(store_client, tmp_path / "keys", language="en")
    house.woman("Amal", AMAL)
    house.woman("Ban", BAN, speaks="en")
    house.woman("Dunya", DUNYA, speaks="en")

    back = house.request(caller(10))
    house.work()
    line = house.urgent(caller(11), call="CAother")
    house.work()

    assert [house.state(case) for case in (back, line)] == [State.OFFERED, State.OFFERED]
    assert sorted(asked(house)) == sorted([BAN, DUNYA])


def test_the_woman_asked_longest_ago_is_asked_first(house: House) -> None:
    team(house, AMAL, BAN)
    house.request(caller(10))
    house.work()
    first = asked(house)[0]
    house.at_desk("decline_offer", house.network.rung[-1])
    house.clock.forward(minutes=1)
    house.work()

    house.clock.forward(minutes=5)
    house.request(caller(11))
    house.sweep.run()
    house.work()

    assert asked(house)[1] != first
    assert asked(house)[2] == first


def test_one_woman_is_offered_one_case_at_a_time(house: House) -> None:
    team(house, AMAL)
    cases = [house.request(caller(number)) for number in range(10, 14)]

    house.work()

    assert sorted(house.state(case) or "" for case in cases) == ["offered", "waiting", "waiting", "waiting"]


def test_three_callers_and_three_responders_make_three_pairs(house: House) -> None:
    women = team(house)
    cases = [house.request(caller(number)) for number in range(10, 13)]

    house.work()

    offers = [house.case(case).offers for case in cases]
    assert [len(each) for each in offers] == [1, 1, 1]
    assert {offer.responder for each in offers for offer in each} == set(women)


def test_whoever_declined_a_case_is_never_asked_for_it_again(house: House) -> None:
    team(house, AMAL)
    case = house.request()
    house.at_desk("decline_offer", house.offered())

    for _ in range(5):
        house.clock.forward(minutes=5)
        house.sweep.run()
        house.work()

    assert len(asked(house)) == 1
    assert house.state(case) is State.WAITING


def test_whoever_declined_a_case_is_asked_for_others(house: House) -> None:
    team(house, AMAL)
    house.request(caller(10))
    house.at_desk("decline_offer", house.offered())
    house.clock.forward(minutes=1)

    other = house.request(caller(11))
    house.work()

    assert house.state(other) is State.OFFERED


def test_a_woman_who_did_not_answer_rests_while_others_are_asked(house: House) -> None:
    team(house, AMAL, BAN)
    case = house.request()
    first = house.offered()
    house.reports.offer_ended(first.token, first.call)

    house.work()
    house.clock.forward(seconds=30)
    second = house.network.rung[-1]
    house.reports.offer_ended(second.token, second.call)
    house.work()

    assert set(asked(house)) == {AMAL, BAN}
    assert len(asked(house)) == 2
    assert house.state(case) is State.WAITING


def test_a_woman_is_asked_again_when_her_rest_is_over(house: House) -> None:
    team(house, AMAL)
    case = house.request()
    offer = house.offered()
    house.reports.offer_ended(offer.token, offer.call)
    house.clock.forward(minutes=2, seconds=1)

    house.sweep.run()
    house.work()

    assert house.state(case) is State.OFFERED


@pytest.mark.parametrize("stated", [b"false", b"null"])
def test_nobody_but_a_woman_is_asked_whatever_stands_in_the_store(house: House, stated: bytes) -> None:
    amal = house.woman("Amal", AMAL)
    case = house.request()
    kept = house.client.get(keys.responder(amal))
    assert isinstance(kept, bytes)
    house.client.set(keys.responder(amal), kept.replace(b'"is_woman":true', b'"is_woman":' + stated))
    house.keeping.admit(case)

    with contextlib.suppress(ValueError):  # a record that states nothing cannot be read
        house.dispatcher.dispatch()

    assert house.network.rung == []
    assert house.state(case) is State.WAITING


def test_nobody_is_asked_who_is_off_shift(house: House) -> None:
    house.woman("Amal", AMAL, on_shift=False)
    case = house.request()

    house.work()

    assert (house.network.rung, house.state(case)) == ([], State.WAITING)


def test_a_waiting_case_is_offered_at_once_to_whoever_comes_on_shift(house: House) -> None:
    house.woman("Amal", AMAL, on_shift=False)
    case = house.request()
    house.work()

    house.rostering.set_shift("Amal", on_shift=True)
    house.work()

    assert house.state(case) is State.OFFERED


def test_only_a_caller_in_danger_who_waits_on_the_line_is_offered_to_several(house: House) -> None:
    team(house, AMAL, BAN, DUNYA, ESRA)

    calm = house.request(caller(10), danger="now")
    house.work()
    assert len(house.case(calm).offers) == 1

    urgent = house.urgent(caller(11))
    house.work()
    assert len(house.case(urgent).offers) == 3


def test_the_first_to_accept_an_urgent_caller_has_her_and_the_others_stop_ringing(house: House) -> None:
    team(house)
    case = house.urgent()
    house.work()
    first, second, third = house.network.rung

    taken = house.at_desk("accept_offer", second)
    late = house.at_desk("accept_offer", first)
    house.work()

    assert (taken.name, late.name) == ("accepted_live", "late")
    assert set(house.network.cancelled) == {first.call, third.call}
    assert house.case(case).desk == second.call
    assert sorted(responder.busy_with or "" for responder in house.store.responders()) == ["", "", case]


def test_no_more_than_three_phones_ring_for_one_caller(house: House) -> None:
    team(house, AMAL, BAN)
    case = house.urgent()
    house.work()

    house.woman("Dunya", DUNYA)
    house.woman("Esra", ESRA)
    house.work()

    assert len(house.case(case).offers) == 3


def test_a_case_whose_window_closed_while_nobody_was_there_waits_for_the_next(house: House) -> None:
    case = house.request(when="afternoon")
    house.clock.forward(hours=3)
    house.sweep.run()
    house.work()
    house.clock.forward(hours=4)

    house.woman("Amal", AMAL)
    house.work()

    assert (house.state(case), house.network.rung) == (State.WAITING, [])
    assert house.case(case).due_at == house.clock().replace(hour=10) + timedelta(days=1)
    assert house.client.zscore(keys.LATER, case) is not None


def test_a_case_is_not_offered_before_its_window_opens(house: House) -> None:
    team(house, AMAL)
    case = house.request(when="evening")
    house.work()
    house.clock.forward(hours=6, minutes=59)
    house.sweep.run()
    house.work()
    early = house.state(case)

    house.clock.forward(minutes=1)
    house.sweep.run()
    house.work()

    assert (early, house.state(case)) == (State.WAITING, State.OFFERED)


def test_cases_that_everybody_declined_do_not_stand_in_the_way_of_others(house: House) -> None:
    (amal,) = team(house, AMAL)
    house.rostering.set_shift("Woman 0", on_shift=False)
    for number in range(10, 15):
        case = house.request(caller(number))
        house.work()
        declined = Moved(replace(house.case(case), declined=frozenset({amal})))
        house.store.transact(partial(_apply, moved=declined))
    last = house.request(caller(20))
    house.rostering.set_shift("Woman 0", on_shift=True)

    house.work()

    assert house.state(last) is State.OFFERED


def _apply(transaction: Transaction, *, moved: Moved) -> None:
    transaction.apply(moved)


def test_an_erased_case_that_still_stands_in_the_queue_offers_nothing(house: House) -> None:
    team(house, AMAL)
    lane = lane_of(house.case(house.request()))
    house.client.sadd(keys.LANES, lane.name)
    house.client.zadd(keys.lane(lane.name), {CaseId("gone"): 0})

    assert house.dispatcher.dispatch() == 0
    assert house.network.rung == []
    assert house.store.places(lane, start=0, limit=9) == []
