"""A change of the store when the connection breaks under it, or an answer is an error."""

from dataclasses import replace
from pathlib import Path

import pytest
import redis

from gateway.core.case import Case
from gateway.core.consequences import Moved
from gateway.core.errors import StoreUnavailable
from gateway.core.identity import CaseId
from gateway.ports import Sealed, Transaction
from gateway.storage import keys
from gateway.storage.connect import connect
from gateway.storage.embedded import EmbeddedStore
from gateway.storage.store import RedisStore, RedisStrongroom
from tests.core.cases import NOW, a_case


@pytest.fixture
def store(store_client: redis.Redis) -> RedisStrongroom:
    return RedisStrongroom(store_client, clock=lambda: NOW)


def keep(store: RedisStore, case: Case) -> None:
    store.transact(lambda transaction: transaction.open_case(Moved(case), Sealed("2026-11-24", b"box")))


def test_a_store_that_was_started_again_between_two_changes_is_used_as_if_nothing_had_been(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as server:
        store = RedisStrongroom(connect(server.url), clock=lambda: NOW)
        keep(store, a_case())
        server.stop()
        server.start()

        store.transact(lambda transaction: _change_language(transaction, "en"))

        kept = store.case(CaseId("case"))
        assert kept is not None
        assert kept.language == "en"


def test_a_store_that_is_started_again_within_a_change_has_the_change_done_again(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as server:
        store = RedisStrongroom(connect(server.url), clock=lambda: NOW)
        keep(store, a_case())
        tries: list[int] = []

        def work(transaction: Transaction) -> None:
            tries.append(1)
            transaction.case(CaseId("case"))
            if len(tries) == 1:
                server.stop()
                server.start()
            _change_language(transaction, "en")

        store.transact(work)

        kept = store.case(CaseId("case"))
        assert kept is not None
        assert (len(tries), kept.language) == (2, "en")


def test_an_answer_that_the_store_refused_is_not_taken_for_that_of_the_next_question(
    store: RedisStrongroom, store_client: redis.Redis
) -> None:
    keep(store, a_case())
    store_client.rpush(keys.case("broken"), "a list")
    with pytest.raises(StoreUnavailable):
        store.transact(lambda transaction: transaction.case(CaseId("broken")))

    for _ in range(3):
        case = store.transact(lambda transaction: transaction.case(CaseId("case")))
        assert case is not None
        assert case.id == "case"


def _change_language(transaction: Transaction, language: str) -> None:
    case = transaction.case(CaseId("case"))
    assert case is not None
    transaction.apply(Moved(replace(case, language=language)))
