"""What was erased leaves the append-only file as well, and many erasures are one rewrite."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from gateway.core.consequences import Moved
from gateway.core.identity import CaseId
from gateway.jobs import JobName
from gateway.ports import Sealed
from gateway.storage.embedded import EmbeddedStore
from gateway.storage.inspection import written_files
from gateway.storage.store import RedisStrongroom
from tests.core.cases import NOW, a_case

BOX = Sealed("2026-11-24", b"a-box-that-nobody-may-find")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def client(folder: Path) -> Iterator[redis.Redis]:
    with EmbeddedStore(folder) as running, redis.Redis.from_url(running.url) as client:
        yield client


@pytest.fixture
def store(client: redis.Redis) -> RedisStrongroom:
    return RedisStrongroom(client, clock=lambda: NOW)


def until(happened: Callable[[], bool], *, seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not (done := happened()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return done


def is_rewriting(client: redis.Redis) -> bool:
    info = client.info("persistence")
    return bool(info["aof_rewrite_in_progress"] or info["aof_rewrite_scheduled"])


def holds_the_box(folder: Path) -> bool:
    return any(BOX.box in content for _, content in written_files(folder / "appendonlydir"))


def keep(store: RedisStrongroom) -> None:
    store.transact(lambda transaction: transaction.open_case(Moved(a_case()), BOX))


def test_what_is_erased_is_in_no_file_after_the_rewrite(
    store: RedisStrongroom, client: redis.Redis, folder: Path
) -> None:
    keep(store)
    before = holds_the_box(folder)

    store.erase(a_case().id, now=NOW)
    store.compact()

    assert before
    assert until(lambda: not holds_the_box(folder))
    assert not store.has_erased()


def test_a_number_erased_while_a_rewrite_goes_on_is_gone_after_another_one(
    store: RedisStrongroom, client: redis.Redis, folder: Path
) -> None:
    client.mset({f"other:{place}": "x" for place in range(200)})
    client.config_set("rdb-key-save-delay", 5000)  # microseconds: a rewrite takes a second
    keep(store)
    client.bgrewriteaof()
    assert until(lambda: is_rewriting(client))

    store.erase(a_case().id, now=NOW)
    store.compact()
    is_owed = store.has_erased()
    assert until(lambda: not is_rewriting(client))
    after_the_first = holds_the_box(folder)
    client.config_set("rdb-key-save-delay", 0)
    store.compact()

    assert is_owed
    assert after_the_first, "it was deleted after the rewrite had begun"
    assert until(lambda: not holds_the_box(folder))
    assert not store.has_erased()


def test_a_thousand_erasures_are_one_rewrite(store: RedisStrongroom, client: redis.Redis) -> None:
    for place in range(1000):
        store.erase(CaseId(f"case{place}"), now=NOW)
    before = client.info("persistence")["aof_last_rewrite_time_sec"], is_rewriting(client)

    store.compact()

    assert before == (-1, False)
    assert not store.has_erased()


def test_without_an_erasure_nothing_is_written_anew(store: RedisStrongroom, client: redis.Redis) -> None:
    store.compact()

    assert not is_rewriting(client)
    assert client.info("persistence")["aof_last_rewrite_time_sec"] == -1


def test_a_wish_that_is_fulfilled_is_erased_too(store: RedisStrongroom) -> None:
    store.wish_fulfilled(JobName.KNOCK, "aknock")

    assert store.has_erased()
