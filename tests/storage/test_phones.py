"""What is kept under a phone's names: who rings it, and which cases are open, also while the names change."""

from datetime import datetime, timedelta

import pytest
import redis

from gateway.core.consequences import Moved
from gateway.core.identity import CaseId
from gateway.ports import Index, Sealed, Transaction
from gateway.storage import keys
from gateway.storage.store import RedisStore, RedisStrongroom
from tests.core.cases import LATER, NOW, a_case

BOX = Sealed("2026-11-24", b"box")
INDEX, BEFORE = Index("2026-11-24", "index"), Index("2026-11-23", "before")


@pytest.fixture
def store(store_client: redis.Redis) -> RedisStrongroom:
    return RedisStrongroom(store_client, clock=lambda: NOW)


def keep(store: RedisStore) -> None:
    store.transact(lambda transaction: transaction.open_case(Moved(a_case()), BOX))


# --- claims ---


def test_a_phone_is_claimed_by_one_case_at_a_time(store: RedisStrongroom) -> None:
    until = NOW + timedelta(seconds=55)

    def claim(name: str) -> bool:
        return store.transact(lambda transaction: transaction.claim_phone([INDEX], CaseId(name), until=until))

    assert [claim("one"), claim("two"), claim("one")] == [True, False, True]


def test_a_claim_ends_with_its_attempt(store: RedisStrongroom, store_client: redis.Redis) -> None:
    until = NOW + timedelta(seconds=55)

    store.transact(lambda transaction: transaction.claim_phone([INDEX], CaseId("one"), until=until))

    assert 50 <= store_client.ttl(keys.claim(INDEX.name)) <= 55


def test_two_diallers_that_claim_one_phone_at_once_do_not_both_have_it(
    store: RedisStrongroom, store_client: redis.Redis
) -> None:
    other = RedisStore(store_client, clock=lambda: NOW)
    until = NOW + timedelta(seconds=55)
    won: list[bool] = []

    def work(transaction: Transaction) -> bool:
        mine = transaction.claim_phone([INDEX], CaseId("one"), until=until)
        if not won:
            won.append(other.transact(lambda theirs: theirs.claim_phone([INDEX], CaseId("two"), until=until)))
        return mine

    assert store.transact(work) is False
    assert won == [True]


@pytest.mark.parametrize("mine", [[INDEX, BEFORE], [BEFORE]])
@pytest.mark.parametrize("theirs", [[INDEX, BEFORE], [BEFORE]])
def test_at_the_turn_of_the_day_nobody_has_a_phone_twice_whichever_names_he_knows(
    store: RedisStrongroom, store_client: redis.Redis, mine: list[Index], theirs: list[Index]
) -> None:
    other = RedisStore(store_client, clock=lambda: NOW)
    until = NOW + timedelta(seconds=55)
    won: list[bool] = []

    def work(transaction: Transaction) -> bool:
        claimed = transaction.claim_phone(mine, CaseId("one"), until=until)
        if not won:
            won.append(other.transact(lambda theirs_: theirs_.claim_phone(theirs, CaseId("two"), until=until)))
        return claimed

    assert store.transact(work) is False
    assert won == [True]


def test_a_claim_does_not_say_for_which_case(store: RedisStrongroom, store_client: redis.Redis) -> None:
    store.transact(lambda transaction: transaction.claim_phone([INDEX], CaseId("one"), until=LATER))

    kept = store_client.get(keys.claim(INDEX.name))

    assert isinstance(kept, bytes)
    assert b"one" not in kept


# --- rings ---


def test_a_ring_counts_for_every_case_but_its_own_under_whichever_name_of_the_phone(store: RedisStrongroom) -> None:
    store.transact(lambda transaction: transaction.note_ring([INDEX, BEFORE], CaseId("one"), at=NOW))

    def seen(name: str, *indexes: Index) -> datetime | None:
        return store.transact(lambda transaction: transaction.rung_for_another(indexes, CaseId(name)))

    assert [seen("two", INDEX), seen("two", BEFORE), seen("one", INDEX, BEFORE)] == [NOW, NOW, None]


def test_of_two_rings_the_last_one_counts_though_it_stands_under_fewer_names(store: RedisStrongroom) -> None:
    last = NOW + timedelta(minutes=5)
    store.transact(lambda transaction: transaction.note_ring([INDEX, BEFORE], CaseId("one"), at=NOW))
    store.transact(lambda transaction: transaction.note_ring([INDEX], CaseId("two"), at=last))

    def seen(name: str) -> datetime | None:
        return store.transact(lambda transaction: transaction.rung_for_another([INDEX, BEFORE], CaseId(name)))

    assert [seen("one"), seen("two")] == [last, None]


def test_a_ring_does_not_say_for_which_case(store: RedisStrongroom, store_client: redis.Redis) -> None:
    store.transact(lambda transaction: transaction.note_ring([INDEX], CaseId("one"), at=NOW))

    kept = store_client.get(keys.rung(INDEX.name))

    assert isinstance(kept, bytes)
    assert b"one" not in kept


# --- places ---


def test_a_case_stands_under_one_name_of_its_phone(store: RedisStrongroom) -> None:
    keep(store)
    for index in (BEFORE, INDEX, INDEX):
        store.transact(lambda transaction, index=index: transaction.place(a_case().id, index))  # type: ignore[misc]

    found = [list(store.cases_of_phone([index])) for index in (BEFORE, INDEX)]

    assert found == [[], [a_case().id]]


def test_a_case_that_is_erased_while_it_is_moved_to_another_name_stands_nowhere(
    store: RedisStrongroom, store_client: redis.Redis
) -> None:
    other = RedisStrongroom(store_client, clock=lambda: NOW)
    keep(store)
    store.transact(lambda transaction: transaction.place(a_case().id, BEFORE))

    def work(transaction: Transaction) -> None:
        if transaction.case(a_case().id) is not None:
            transaction.place(a_case().id, INDEX)
            other.erase(a_case().id, now=NOW)

    store.transact(work)

    assert list(store.cases_of_phone([INDEX, BEFORE])) == []
    assert store_client.keys("place:*") == []
