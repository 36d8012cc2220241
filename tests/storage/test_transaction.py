"""One change of the store is kept whole or not at all: a case with its number, its place and its bell."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import redis
from rq import Queue
from rq.serializers import JSONSerializer

from gateway.core import events as on
from gateway.core.case import Case, State
from gateway.core.consequences import Moved
from gateway.core.errors import StoreBusy
from gateway.core.identity import CaseId, ResponderId
from gateway.core.moves import move, new_consequences
from gateway.core.roster import Responder
from gateway.jobs import Bell, JobName
from gateway.ports import Sealed, Transaction
from gateway.storage import keys
from gateway.storage.connect import connect
from gateway.storage.store import MOST_TRIES, RedisStore, RedisStrongroom
from tests.core.cases import AMAL, LATER, NOW, OFFER, a_case, accepted, after, bridged, dialled, offered

BOX = Sealed("2026-11-24", b"box")


@pytest.fixture
def store(store_client: redis.Redis) -> RedisStrongroom:
    return RedisStrongroom(store_client, clock=lambda: NOW)


def bells(client: redis.Redis) -> list[tuple[str, ...]]:
    queues = [Queue(name, connection=client, serializer=JSONSerializer) for name in ("work", "dial")]
    return [(job.func_name or "", *job.args) for queue in queues for job in queue.jobs]


def names(client: redis.Redis, pattern: str = "*") -> set[str]:
    return {key.decode() for key in client.scan_iter(pattern) if isinstance(key, bytes)}


def keep(store: RedisStore, case: Case) -> None:
    store.transact(lambda transaction: transaction.open_case(Moved(case), BOX))


def opening(name: str) -> Callable[[Transaction], None]:
    case = a_case(id=CaseId(name), state=State.REQUESTED)
    return lambda transaction: transaction.open_case(Moved(case, new_consequences()), BOX)


def places(client: redis.Redis, name: str = "case") -> set[str]:
    return {key for key in (*names(client, keys.lane("*")), keys.LATER, keys.MOTION) if client.zscore(key, name)}


# --- all or nothing ---


def test_a_new_case_is_kept_with_its_number_its_place_and_its_bell(
    store: RedisStrongroom, store_client: redis.Redis
) -> None:
    store.transact(opening("one"))

    assert store.case(CaseId("one")) is not None
    assert store.sealed_number(CaseId("one")) == BOX
    assert bells(store_client) == [("admit", "one")]
    assert store.all_cases(9) == ["one"]


def test_work_that_fails_keeps_nothing_and_rings_for_nothing(store: RedisStrongroom, store_client: redis.Redis) -> None:
    def work(transaction: Transaction) -> None:
        opening("one")(transaction)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        store.transact(work)

    assert store_client.keys() == []


def test_what_others_changed_meanwhile_is_read_again_and_nothing_of_the_first_try_is_kept(
    store: RedisStrongroom, store_client: redis.Redis
) -> None:
    keep(store, a_case())
    other = RedisStore(store_client, clock=lambda: NOW)
    seen: list[State] = []

    def work(transaction: Transaction) -> None:
        case = transaction.case(CaseId("case"))
        assert case is not None
        seen.append(case.state)
        if len(seen) == 1:
            other.transact(lambda theirs: theirs.apply(after(case, on.Offered(OFFER, AMAL, LATER))))
            transaction.ring(Bell(JobName.HANG_UP, ("first",)))
        else:
            transaction.ring(Bell(JobName.HANG_UP, ("second",)))
        transaction.apply(Moved(replace(case, language="en")))

    store.transact(work)

    kept = store.case(CaseId("case"))
    assert kept is not None
    assert seen == [State.WAITING, State.OFFERED]
    assert (kept.language, kept.state) == ("en", State.OFFERED)
    assert [bell for bell in bells(store_client) if bell[0] == "hang_up"] == [("hang_up", "second")]


def test_a_conflict_without_end_is_given_up_with_nothing_changed(
    store: RedisStrongroom, store_client: redis.Redis
) -> None:
    keep(store, a_case())
    tries = 0

    def work(transaction: Transaction) -> None:
        nonlocal tries
        tries += 1
        case = transaction.case(CaseId("case"))
        assert case is not None
        store_client.expire(keys.case("case"), 1000 + tries)
        transaction.apply(Moved(replace(case, language="en")))

    with pytest.raises(StoreBusy):
        store.transact(work)

    kept = store.case(CaseId("case"))
    assert kept is not None
    assert (tries, kept.language) == (MOST_TRIES, "ar")


def test_of_two_women_who_accept_at_once_one_has_the_case(store: RedisStrongroom, store_client: redis.Redis) -> None:
    keep(store, offered())
    first_came_between: list[bool] = []

    def accept(call: str) -> Callable[[Transaction], bool]:
        def work(transaction: Transaction) -> bool:
            case = transaction.case(CaseId("case"))
            assert case is not None
            if call == "CAlate" and not first_came_between:
                first_came_between.append(RedisStore(store_client, clock=lambda: NOW).transact(accept("CAquick")))
            if case.offer(OFFER) is None:
                return False
            transaction.apply(move(case, on.OfferAccepted(OFFER, call, "room"), now=NOW))  # type: ignore[arg-type]
            return True

        return work

    late = store.transact(accept("CAlate"))

    kept = store.case(CaseId("case"))
    assert kept is not None
    assert (first_came_between, late, kept.desk) == ([True], False, "CAquick")


def test_a_responder_is_changed_together_with_the_case_she_is_asked_for(
    store: RedisStrongroom, store_client: redis.Redis
) -> None:
    store.transact(lambda transaction: transaction.keep_responder(_amal(on_shift=True)))
    keep(store, a_case())

    store.transact(lambda transaction: transaction.apply(after(a_case(), on.Offered(OFFER, AMAL, LATER))))

    (amal,) = store.responders()
    assert (amal.busy_with, amal.offered_at) == ("case", NOW)
    assert ("ring_responder", "case", OFFER) in bells(store_client)


def test_the_same_bell_is_rung_once_in_one_change(store: RedisStrongroom, store_client: redis.Redis) -> None:
    def work(transaction: Transaction) -> None:
        for _ in range(3):
            transaction.ring(Bell(JobName.DISPATCH))

    store.transact(work)

    assert bells(store_client) == [("dispatch",)]


def test_a_look_without_a_change_writes_nothing(store: RedisStrongroom, store_client: redis.Redis) -> None:
    before = store_client.info("replication")["master_repl_offset"]

    store.transact(lambda transaction: transaction.case(CaseId("nobody")))

    assert store_client.info("replication")["master_repl_offset"] == before
    assert store_client.keys() == []


def test_a_web_process_that_is_killed_leaves_no_case_without_its_job_and_no_job_without_its_case(
    store_url: str, store: RedisStrongroom, store_client: redis.Redis
) -> None:
    for _ in range(4):
        child = multiprocessing.get_context("fork").Process(target=_open_without_end, args=(store_url,))
        child.start()
        time.sleep(0.15)
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        child.join()

    cases = set(store.all_cases(100_000))
    rung = {arguments[0] for name, *arguments in bells(store_client) if name == "admit"}
    assert len(cases) > 4
    assert rung == cases
    assert {key.removeprefix("case:") for key in names(store_client, "case:*")} == cases
    assert {key.removeprefix("sealed:") for key in names(store_client, "sealed:*")} == cases


def _open_without_end(url: str) -> None:
    store = RedisStore(connect(url), clock=lambda: NOW)
    number = 0
    while True:
        number += 1
        store.transact(opening(f"case{os.getpid()}x{number}"))


# --- where a case stands ---


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (a_case(state=State.REQUESTED), {keys.MOTION}),
        (a_case(), {keys.lane("p2:ar::")}),
        (a_case(answers={"age": "minor", "not_area": "shura"}), {keys.lane("p1:ar:child:shura")}),
        (a_case(answers={"age": "minor"}, declined=frozenset({AMAL})), {keys.lane("p1:ar::")}),
        (a_case(due_at=LATER), {keys.LATER}),
        (offered(), {keys.MOTION}),
        (offered(line="CAline"), {keys.MOTION}),
        (offered(line="CAline", answers={"urgent": "yes"}), {keys.MOTION, keys.lane("p0+:ar:self_harm:")}),
        (accepted(), {keys.MOTION}),
        (dialled(), {keys.MOTION}),
        (after(dialled(), on.CallerAnswered("dial", "CAleg")).case, {keys.MOTION}),  # type: ignore[arg-type]
        (bridged(), {keys.MOTION}),
        (after(bridged(), on.BridgeEnded()).case, {keys.MOTION}),
        (after(bridged(), on.Finished()).case, {keys.MOTION}),
        (after(a_case(), on.Withdrawn()).case, {keys.MOTION}),
        (after(a_case(), on.Expired()).case, {keys.MOTION}),
    ],
    ids=lambda value: value.state.value if isinstance(value, Case) else None,
)
def test_a_case_stands_where_it_is_looked_for_in_each_state(
    store: RedisStrongroom, store_client: redis.Redis, case: Case, expected: set[str]
) -> None:
    keep(store, a_case())

    store.transact(lambda transaction: transaction.apply(Moved(case)))

    assert places(store_client) == expected
    assert store_client.zscore(keys.BORN, "case") is not None


def test_a_case_is_looked_at_when_it_asked_for_it(store: RedisStrongroom) -> None:
    keep(store, accepted(look_again_at=NOW))

    due_at = store.case(CaseId("case")).look_again_at  # type: ignore[union-attr]

    assert store.overdue_cases(due_at - timedelta(seconds=1), 9) == []
    assert store.overdue_cases(due_at, 9) == ["case"]


def test_the_queue_has_the_most_urgent_first_then_the_longest_waiting(store: RedisStrongroom) -> None:
    for name, answers, minutes in (
        ("calm", {}, 0), ("calmlater", {}, 5), ("today", {"deadline": "today"}, 30), ("danger", {"danger": "now"}, 40),
    ):  # fmt: skip
        asked = NOW - timedelta(hours=1) + timedelta(minutes=minutes)
        keep(store, a_case(id=CaseId(name), answers=answers, requested_at=asked))

    assert store.ready_cases(9) == ["danger", "today", "calm", "calmlater"]
    assert store.ready_cases(1) == ["danger"]


def test_a_resting_miss_frees_a_responder_and_rings_for_the_next_case(
    store: RedisStrongroom, store_client: redis.Redis
) -> None:
    store.transact(lambda transaction: transaction.keep_responder(_amal(on_shift=True, busy_with=CaseId("case"))))
    case = after(offered(), on.OfferIntended(OFFER)).case
    keep(store, case)

    store.transact(lambda transaction: transaction.apply(after(case, on.OfferMissed(OFFER))))

    (amal,) = store.responders()
    assert (amal.busy_with, amal.misses) == (None, 1)
    assert amal.rest_until == NOW + timedelta(minutes=2)
    assert ("dispatch",) in bells(store_client)


def test_a_responder_who_is_busy_with_another_case_is_not_freed_by_this_one(store: RedisStrongroom) -> None:
    store.transact(lambda transaction: transaction.keep_responder(_amal(on_shift=True, busy_with=CaseId("other"))))
    keep(store, offered())

    store.transact(lambda transaction: transaction.apply(after(offered(), on.OfferMissed(OFFER))))

    (amal,) = store.responders()
    assert amal.busy_with == "other"


def _amal(**changes: object) -> Responder:
    return replace(Responder(id=ResponderId("amal"), name="Amal", is_woman=True), **changes)  # type: ignore[arg-type]
