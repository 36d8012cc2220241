"""What was erased leaves the append-only file as well, and many erasures are one rewrite."""

import os
import signal
import subprocess
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


def is_settled(store: RedisStrongroom, client: redis.Redis) -> bool:
    """Whether nothing is owed any more, asked as the clock does: it rings for a rewrite while anything is."""
    if not is_rewriting(client):
        store.compact()
    return not store.has_erased()


def kill_the_rewriter(store_pid: int) -> None:
    """The child of the server that writes the file anew; the server goes on."""
    child = subprocess.run(["pgrep", "-P", str(store_pid)], check=True, capture_output=True, text=True).stdout
    os.kill(int(child), signal.SIGKILL)


def erase_and_rewrite(store: RedisStrongroom, client: redis.Redis, name: CaseId) -> None:
    """A number is kept, a case is erased, and the file is being rewritten, slowly."""
    slow_down(client)
    keep(store)
    store.erase(name, now=NOW)
    store.compact()
    assert until(lambda: is_rewriting(client))


def slow_down(client: redis.Redis) -> None:
    """A rewrite takes a second and more."""
    client.mset({f"other:{place}": "x" for place in range(200)})
    client.config_set("rdb-key-save-delay", 5000)  # microseconds for each key


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
    assert until(lambda: is_settled(store, client))
    assert client.info("persistence")["aof_rewrites"] == 1


def test_a_number_erased_while_a_rewrite_goes_on_is_gone_after_another_one(
    store: RedisStrongroom, client: redis.Redis, folder: Path
) -> None:
    slow_down(client)
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
    assert until(lambda: is_settled(store, client))


def test_what_is_erased_after_a_rewrite_began_is_owed_when_it_has_ended(
    store: RedisStrongroom, client: redis.Redis, folder: Path
) -> None:
    erase_and_rewrite(store, client, CaseId("another"))

    store.erase(a_case().id, now=NOW)
    client.config_set("rdb-key-save-delay", 0)
    assert until(lambda: not is_rewriting(client))
    store.compact()
    is_owed = store.has_erased()

    assert is_owed
    assert until(lambda: is_settled(store, client))
    assert not holds_the_box(folder)


def test_a_rewrite_cut_short_by_a_kill_of_the_server_is_made_again(folder: Path) -> None:
    with EmbeddedStore(folder) as running, redis.Redis.from_url(running.url) as client:
        store = RedisStrongroom(client, clock=lambda: NOW)
        erase_and_rewrite(store, client, a_case().id)

        running.kill()
        running.start()
        is_owed, is_held = store.has_erased(), holds_the_box(folder)

        assert is_owed
        assert is_held
        assert until(lambda: is_settled(store, client))
        assert not holds_the_box(folder)


def test_a_rewrite_that_fails_is_made_again(folder: Path) -> None:
    with EmbeddedStore(folder) as running, redis.Redis.from_url(running.url) as client:
        store = RedisStrongroom(client, clock=lambda: NOW)
        erase_and_rewrite(store, client, a_case().id)

        kill_the_rewriter(running.pid or 0)
        assert until(lambda: not is_rewriting(client))
        client.config_set("rdb-key-save-delay", 0)
        store.compact()
        is_owed = store.has_erased()

        assert is_owed
        assert until(lambda: is_settled(store, client))
        assert not holds_the_box(folder)


def test_a_rewrite_of_which_a_restart_left_unknown_how_it_ended_is_made_once_more(folder: Path) -> None:
    with EmbeddedStore(folder) as running, redis.Redis.from_url(running.url) as client:
        store = RedisStrongroom(client, clock=lambda: NOW)
        store.erase(a_case().id, now=NOW)
        store.compact()
        assert until(lambda: not is_rewriting(client))

        running.stop()
        running.start()
        store.compact()
        is_owed = store.has_erased()

        assert is_owed
        assert until(lambda: is_settled(store, client))
        assert client.info("persistence")["aof_rewrites"] == 1


def test_a_thousand_erasures_are_one_rewrite(store: RedisStrongroom, client: redis.Redis) -> None:
    for place in range(1000):
        store.erase(CaseId(f"case{place}"), now=NOW)
    before = client.info("persistence")["aof_rewrites"]

    settled = until(lambda: is_settled(store, client))

    assert settled
    assert (before, client.info("persistence")["aof_rewrites"]) == (0, 1)


def test_without_an_erasure_nothing_is_written_anew(store: RedisStrongroom, client: redis.Redis) -> None:
    store.compact()

    assert not is_rewriting(client)
    assert client.info("persistence")["aof_last_rewrite_time_sec"] == -1


def test_a_wish_that_is_fulfilled_is_erased_too(store: RedisStrongroom) -> None:
    store.wish_fulfilled(JobName.KNOCK, "aknock")

    assert store.has_erased()
