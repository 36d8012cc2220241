"""The power cut itself: what was acknowledged is lost unless the store syncs before it answers, and only then kept."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from gateway.storage.embedded import EmbeddedStore
from tests.faults.powercut import APPEND_ONLY, PowerCut, build

WORDS = 200


@pytest.fixture
def power(tmp_path: Path) -> PowerCut:
    """A library that notes what is synced."""
    built = build(tmp_path)
    if built is None:
        pytest.skip("no C compiler here: the fault run leaves power cuts out, too")
    return built


@contextmanager
def running(power: PowerCut, folder: Path, *, fsync: str = "always") -> Iterator[tuple[EmbeddedStore, redis.Redis]]:
    """A store that syncs as told, and a client of it."""
    with EmbeddedStore(folder, launcher=power.launcher) as store, redis.Redis.from_url(store.url) as client:
        client.config_set("appendfsync", fsync)
        yield store, client


def write(client: redis.Redis, name: str, count: int = WORDS) -> set[bytes]:
    """Keys that the store said were kept."""
    for place in range(count):
        assert client.set(f"{name}{place}", b"x" * 100)
    return {f"{name}{place}".encode() for place in range(count)}


def darken(power: PowerCut, store: EmbeddedStore, *, kept: float = 0.0) -> int:
    """Kill the server and cut the power."""
    store.kill()
    store.stop()  # waits for what was killed
    return power.cut(store.folder, kept=kept)


def left(power: PowerCut, folder: Path) -> set[bytes]:
    with running(power, folder) as (_, client):
        return set(client.scan_iter(count=1000))


def test_what_a_store_acknowledged_that_syncs_first_is_left(power: PowerCut, tmp_path: Path) -> None:
    with running(power, tmp_path / "s") as (store, client):
        told = write(client, "a")
        gone = darken(power, store)

    assert gone == 0
    assert left(power, tmp_path / "s") == told


@pytest.mark.parametrize("fsync", ["no", "everysec"])
def test_what_a_store_acknowledged_that_syncs_later_is_lost(power: PowerCut, tmp_path: Path, fsync: str) -> None:
    with running(power, tmp_path / "s") as (store, client):
        safe = write(client, "a")
        client.config_set("appendfsync", fsync)
        told = write(client, "b")
        gone = darken(power, store)

    found = left(power, tmp_path / "s")
    assert gone > 0
    assert safe <= found, "what was synced before is there"
    assert told - found, "some that was acknowledged is lost"


def test_without_the_cut_a_kill_alone_loses_nothing(power: PowerCut, tmp_path: Path) -> None:
    with running(power, tmp_path / "s", fsync="no") as (store, client):
        told = write(client, "a")
        store.kill()

    assert left(power, tmp_path / "s") == told


def test_a_transaction_that_was_cut_in_two_is_gone_altogether(power: PowerCut, tmp_path: Path) -> None:
    with running(power, tmp_path / "s") as (store, client):
        safe = write(client, "a", 3)
        client.config_set("appendfsync", "no")
        with client.pipeline(transaction=True) as pipe:
            for place in range(20):
                pipe.set(f"b{place}", b"x" * 100)
            pipe.execute()
        darken(power, store, kept=0.7)

    assert left(power, tmp_path / "s") == safe


def test_a_store_whose_file_was_written_anew_loses_nothing_either(power: PowerCut, tmp_path: Path) -> None:
    with running(power, tmp_path / "s") as (store, client):
        told = write(client, "a")
        for _ in range(2):
            client.bgrewriteaof()
            while client.info("persistence")["aof_rewrite_in_progress"]:
                time.sleep(0.01)
            told |= write(client, "b", 20)
        names = {path.name for path in (tmp_path / "s" / APPEND_ONLY).iterdir()}
        gone = darken(power, store)

    assert len(names) >= 3, "a base, an increment and the list of them"
    assert gone == 0
    assert left(power, tmp_path / "s") == told


def test_what_was_lost_stays_lost_and_later_writes_are_kept(power: PowerCut, tmp_path: Path) -> None:
    with running(power, tmp_path / "s", fsync="no") as (store, client):
        write(client, "a")
        darken(power, store)
    with running(power, tmp_path / "s") as (store, client):
        told = write(client, "b")
        assert darken(power, store) == 0

    assert left(power, tmp_path / "s") == told
