"""Dispatch against its rule, with any queue and roster: next is the most urgent case that somebody free may take."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.core.case import Case, State
from gateway.core.consequences import Moved
from gateway.core.identity import CallId, CaseId, ResponderId
from gateway.core.lanes import lane_of, wants_an_offer
from gateway.core.matching import Team
from gateway.core.roster import Responder
from gateway.core.triage import Urgency, rank, skills_needed
from gateway.ports import Transaction
from gateway.services.chance import Chance
from gateway.services.dispatch import PAGE, Dispatcher
from gateway.storage.store import RedisStore
from tests.core.cases import NOW, a_case
from tests.core.responders import LANGUAGES, rosters, some
from tests.services.house import CALENDAR, RING_FOR, House
from tests.services.test_dispatch import team

HER = ResponderId("amal")
ANSWERS: st.SearchStrategy[dict[str, str]] = st.fixed_dictionaries(
    {},
    optional={
        "urgent": st.just("yes"),
        "danger": st.just("family"),
        "deadline": st.just("today"),
        "age": st.just("minor"),
        "not_area": st.sampled_from(["shura", "qayyara+shura"]),
    },
)


def waiting(place: int) -> st.SearchStrategy[Case]:
    """A case whose time has come, of any kind."""
    return st.builds(
        lambda asked, language, answers, declined, line: a_case(
            id=CaseId(f"case{'abcdef'[place]}"),
            requested_at=NOW - timedelta(seconds=asked * 50 + place),  # no two at the same moment
            language=language,
            answers=answers,
            declined=declined,
            line=CallId("CAline") if line else None,
        ),
        st.integers(0, 400), st.sampled_from(LANGUAGES), ANSWERS, some(("amal", "ban")), st.booleans(),
    )  # fmt: skip


QUEUES = st.lists(st.integers(0, 5), max_size=6, unique=True).flatmap(lambda places: st.tuples(*map(waiting, places)))


def apply(transaction: Transaction, *, moved: Moved) -> None:
    transaction.apply(moved)


def keep(store: RedisStore, queue: Sequence[Case], roster: Sequence[Responder]) -> None:
    for responder in roster:
        store.transact(lambda transaction, kept=responder: transaction.keep_responder(kept))  # type: ignore[misc]
    for case in queue:
        store.transact(lambda transaction, kept=case: transaction.open_case(Moved(kept), None))  # type: ignore[misc]


def order_of(case: Case) -> tuple[int, int]:
    """Danger first, and the first phone for each before a second for any; then by class and waiting time."""
    turn = (1 if case.state is State.OFFERED else 0) if case.urgency is Urgency.P0 else 2
    return turn, rank(case.urgency, case.waiting_since)


def next_pair(queue: Sequence[Case], free: Team) -> tuple[CaseId, ResponderId] | None:
    """What the rule says, found by looking at every case there is."""
    for case in sorted(filter(wants_an_offer, queue), key=order_of):
        taken = case.declined | {offer.responder for offer in case.offers}
        waited, needs = NOW - case.waiting_since, skills_needed(case.answers)
        order = free.who_may_take(lane_of(case), waited=waited, needs=needs, not_these=taken)
        if order:
            return case.id, order[0].responder.id
    return None


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(QUEUES, rosters())
def test_each_offer_is_for_the_most_urgent_case_that_a_free_woman_may_take_until_there_is_none(
    store_client: redis.Redis, queue: Sequence[Case], roster: list[Responder]
) -> None:
    store_client.flushall()
    store = RedisStore(store_client, clock=lambda: NOW)
    chance = Chance(first_names=["olive"], second_names=["silver"], secret_digits=2)
    dispatcher = Dispatcher(store, chance=chance, calendar=CALENDAR, clock=lambda: NOW, ring_for=RING_FOR)
    keep(store, queue, roster)
    free = Team.of(store.responders(), now=NOW)
    expected: list[tuple[CaseId, ResponderId]] = []

    made = dispatcher.dispatch()

    now = {case.id: case for case in filter(None, (store.case(known.id) for known in queue))}
    model = list(queue)
    while (pair := next_pair(model, free)) is not None:
        expected.append(pair)
        free = free.without(pair[1])
        model = [_with_offer(case, now) if case.id == pair[0] else case for case in model]
    assert made == len(expected)
    assert {(name, offer.responder) for name, case in now.items() for offer in case.offers} == set(expected)
    for case in now.values():
        assert not case.declined & {offer.responder for offer in case.offers}
    assert dispatcher.dispatch() == 0


def _with_offer(case: Case, now: dict[CaseId, Case]) -> Case:
    """The case with one offer more, of those that were made."""
    return replace(case, state=State.OFFERED, offers=now[case.id].offers[: len(case.offers) + 1])


@pytest.mark.parametrize("hidden_by", ["declined", "language", "area"])
def test_however_many_cases_nobody_may_take_stand_before_it_the_next_one_is_offered(
    house: House, hidden_by: str
) -> None:
    (amal,) = team(house, "+9647712551207")
    house.rostering.change(amal, areas=frozenset({"shura"}))
    ways: dict[str, dict[str, Any]] = {
        "declined": {"declined": frozenset({amal})},
        "language": {"language": "ku"},
        "area": {"answers": {"not_area": "shura"}},
    }
    older = [
        a_case(id=CaseId(f"old{place}"), requested_at=NOW - timedelta(minutes=place + 1), **ways[hidden_by])
        for place in range(2 * PAGE + 5)
    ]
    keep(house.store, [*older, a_case()], [])

    made = house.dispatcher.dispatch()

    assert (made, house.state(CaseId("case"))) == (1, State.OFFERED)
    assert len(house.store.ready_cases(1000)) == len(older)


def test_an_offer_takes_as_many_commands_with_two_thousand_waiting_as_with_twenty(house: House) -> None:
    amal, ban = team(house, "+9647712551207", "+9647812551228")
    house.rostering.set_shift(ban, on_shift=False)
    keep(house.store, [a_case(id=CaseId(f"one{place}")) for place in range(20)], [])
    few = commands(house, amal)
    keep(house.store, [a_case(id=CaseId(f"two{place}")) for place in range(2000)], [])

    many = commands(house, ban)

    assert many == few


def commands(house: House, woman: ResponderId) -> dict[str, int]:
    """What the store is asked while a woman who comes on shift is offered one case."""
    house.rostering.set_shift(woman, on_shift=True)
    house.client.config_resetstat()
    assert house.dispatcher.dispatch() == 1
    stats = house.client.info("commandstats")
    house.rostering.set_shift(woman, on_shift=False)
    return {
        name: int(stats[name]["calls"]) for name in stats if not name.startswith(("cmdstat_config", "cmdstat_info"))
    }


def test_two_callers_in_danger_have_a_phone_each_before_one_has_two(house: House) -> None:
    team(house)
    first, second = house.urgent("+9647712550110"), house.urgent("+9647712550111", call="CAother")

    house.work()

    assert sorted(len(house.case(case).offers) for case in (first, second)) == [1, 2]


def test_a_girl_waits_for_the_woman_who_can_speak_with_children_and_not_too_long(house: House) -> None:
    able, _ = team(house, "+9647712551207", "+9647812551228")
    house.rostering.change(able, skills=frozenset({"child"}))
    first = house.request("+9647712550110", age="minor")
    house.clock.forward(seconds=1)
    second = house.request("+9647712550111", age="minor")
    house.work()
    assert [offer.responder for offer in house.case(first).offers] == [able]
    assert house.state(second) is State.WAITING

    house.at_desk("accept_offer", house.network.rung[0])
    house.clock.forward(minutes=10)
    house.sweep.run()
    house.work()

    assert house.state(second) is State.OFFERED


def test_a_caller_in_danger_is_offered_to_those_who_can_and_to_others_at_once(house: House) -> None:
    women = team(house, "+9647712551207", "+9647812551228")
    house.rostering.change(women[1], skills=frozenset({"self_harm"}))

    case = house.urgent()
    house.work()

    assert [offer.responder for offer in house.case(case).offers] == [women[1], women[0]]


def test_a_case_that_became_urgent_overtakes_and_stands_nowhere_twice(house: House) -> None:
    calm, other = house.request("+9647712550110"), house.request("+9647712550111")
    house.work()
    house.ask("keep_answers", case=other, danger="family")

    team(house, "+9647712551207")
    house.work()

    assert (house.state(calm), house.state(other)) == (State.WAITING, State.OFFERED)
    assert house.store.ready_cases(9) == [calm]


def test_a_case_in_the_wrong_lane_is_put_right_and_offered(house: House) -> None:
    team(house, "+9647712551207")
    house.rostering.set_shift("Woman 0", on_shift=False)
    case = house.request()
    house.work()
    right = lane_of(house.case(case))
    (key,) = house.client.keys("ready:*")
    house.client.rename(key, "ready:p0:ar::")
    house.client.sadd("lanes", "p0:ar::")

    house.rostering.set_shift("Woman 0", on_shift=True)
    house.work()
    house.sweep.run()
    house.work()

    assert house.state(case) is State.OFFERED
    assert house.client.keys("ready:*") == []
    assert right.urgency is Urgency.P2


def test_a_caller_who_excluded_an_area_is_offered_to_a_woman_of_another_and_to_nobody_else(house: House) -> None:
    amal, ban = team(house, "+9647712551207", "+9647812551228")
    house.rostering.change(amal, areas=frozenset({"shura"}))
    house.rostering.change(ban, areas=frozenset({"qayyara"}))
    both = house.request("+9647712550110", not_area="shura+qayyara")
    one = house.request("+9647712550111", not_area="shura")

    house.work()

    assert [offer.responder for offer in house.case(one).offers] == [ban]
    assert house.state(both) is State.WAITING
    assert len(house.network.rung) == 1
