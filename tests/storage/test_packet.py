"""A connection is left as it was found: nothing watched, nothing unread, and nobody else's."""

import multiprocessing
import signal
from dataclasses import replace

import pytest
import redis

from gateway.core import events as on
from gateway.core.case import State
from gateway.core.consequences import Moved
from gateway.core.identity import CaseId
from gateway.ports import Index, Transaction
from gateway.storage.store import RedisStore
from tests.core.cases import AMAL, LATER, NOW, OFFER, a_case, after


@pytest.fixture
def store(store_client: redis.Redis) -> RedisStore:
    found = RedisStore(store_client, clock=lambda: NOW)
    found.transact(lambda transaction: transaction.open_case(Moved(a_case()), None))
    return found


def test_a_change_within_another_change_does_not_end_the_watch_of_the_first(store: RedisStore) -> None:
    seen: list[State] = []

    def work(transaction: Transaction) -> None:
        case = transaction.case(CaseId("case"))
        assert case is not None
        seen.append(case.state)
        if len(seen) == 1:
            store.transact(lambda inner: inner.apply(after(case, on.Offered(OFFER, AMAL, LATER))))
        transaction.apply(Moved(replace(case, language="en")))

    store.transact(work)

    assert seen == [State.WAITING, State.OFFERED]


def test_a_job_that_is_stopped_while_the_store_answers_leaves_no_answer_for_the_next(store: RedisStore) -> None:
    def stopped(transaction: Transaction) -> None:
        transaction.case(CaseId("case"))
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        transaction.claim_phone([Index("2026-11-24", "index")], CaseId("case"), until=LATER)
        while True:
            transaction.case_of("token")

    def stop(*_: object) -> None:
        raise TimeIsUp

    before = signal.signal(signal.SIGALRM, stop)
    try:
        for _ in range(5):
            with pytest.raises(TimeIsUp):
                store.transact(stopped)

            assert store.transact(lambda transaction: transaction.case(CaseId("case"))) == store.case(CaseId("case"))
    finally:
        signal.signal(signal.SIGALRM, before)


class TimeIsUp(BaseException):
    """As RQ ends a job that takes too long: out of any line of it."""


def test_a_count_that_was_foreseen_is_read_in_the_same_round_trip_and_is_the_same(
    store: RedisStore, store_client: redis.Redis
) -> None:
    def count(foreseen: bool) -> tuple[int, int]:
        def work(transaction: Transaction) -> int:
            if foreseen:
                transaction.foresee_round("name")
            transaction.turn_of_message("session", "SM1")
            return transaction.count_round("name", first=1)

        before = store_client.info("stats")["total_reads_processed"]
        counted = store.transact(work)
        return counted, store_client.info("stats")["total_reads_processed"] - before

    count(foreseen=False)  # connects
    plain, ahead = count(foreseen=False), count(foreseen=True)

    assert (plain[0], ahead[0]) == (2, 3)
    assert plain[1] - ahead[1] == 1


def test_a_fork_has_a_connection_of_its_own(store: RedisStore) -> None:
    child = multiprocessing.get_context("fork").Process(target=_look_often, args=(store,))

    child.start()
    _look_often(store)
    child.join()

    assert child.exitcode == 0


def _look_often(store: RedisStore) -> None:
    for _ in range(300):
        case = store.transact(lambda transaction: transaction.case(CaseId("case")))
        assert case is not None
        assert case.id == "case"
