"""A store that hangs is given up soon: on the line, each further try is silence."""

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import redis

from gateway.core.errors import StoreUnavailable
from gateway.storage import users
from gateway.storage.connect import connect, wait_for_answer
from gateway.storage.embedded import EmbeddedStore
from gateway.storage.store import RedisStore


@pytest.fixture
def hanging() -> Iterator[socket.socket]:
    """A store that takes every connection, and answers none."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


def connections(server: socket.socket) -> int:
    """How many connections were made to it."""
    made = 0
    while True:
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return made
        made += 1


def test_a_store_that_hangs_is_asked_once(hanging: socket.socket) -> None:
    client = connect(f"redis://127.0.0.1:{hanging.getsockname()[1]}", answer_seconds=0.05)

    with pytest.raises(redis.TimeoutError):
        client.ping()

    assert connections(hanging) == 1


def test_a_transaction_on_a_store_that_hangs_asks_once(hanging: socket.socket) -> None:
    client = connect(f"redis://127.0.0.1:{hanging.getsockname()[1]}", answer_seconds=0.05)
    store = RedisStore(client, clock=lambda: datetime(2026, 1, 5, tzinfo=UTC))

    with pytest.raises(StoreUnavailable):
        store.transact(lambda transaction: transaction.turn("CAhers", 0))

    assert connections(hanging) == 1


@pytest.fixture
def disabled(tmp_path: Path) -> Iterator[EmbeddedStore]:
    """A store that could not write a snapshot, as with a full disk, and refuses all writes and PING."""
    with EmbeddedStore(tmp_path / "store") as store, redis.Redis.from_url(store.url) as client:
        (store.folder / "dump.rdb").mkdir()  # no file can take this name
        client.config_set("save", "3600 1")
        client.bgsave()
        deadline = time.monotonic() + 10
        while client.info("persistence")["rdb_last_bgsave_status"] == "ok":
            assert time.monotonic() < deadline, "the snapshot did not fail"
            time.sleep(0.01)
        yield store
        client.config_set("save", "")  # or it would not end before it had written one


def address(store: EmbeddedStore, user: str, password: str) -> str:
    return users.url(Path(urlsplit(store.url).path), user, password)


def test_a_store_with_a_full_disk_is_not_taken_for_one_that_refuses_the_password(disabled: EmbeddedStore) -> None:
    with pytest.raises(StoreUnavailable, match="see its log; is its disk full") as told:
        wait_for_answer(connect(disabled.url), seconds=5)

    assert "REDIS_URL" not in told.value.advice


@pytest.mark.parametrize("user", ["nobody", users.OWNER])
def test_a_name_or_a_password_that_the_store_does_not_know_is_told_as_such(
    embedded_store: EmbeddedStore, user: str
) -> None:
    with pytest.raises(StoreUnavailable, match="the name or the password in REDIS_URL"):
        wait_for_answer(connect(address(embedded_store, user, "wrong")), seconds=5)


def test_a_user_who_may_do_nothing_is_told_to_mend_the_name(embedded_store: EmbeddedStore) -> None:
    with redis.Redis.from_url(embedded_store.url) as client:
        client.execute_command("ACL", "SETUSER", "mute", "on", ">word", "-@all")
        try:
            with pytest.raises(StoreUnavailable, match="the name or the password in REDIS_URL"):
                wait_for_answer(connect(address(embedded_store, "mute", "word")), seconds=5)
        finally:
            client.execute_command("ACL", "DELUSER", "mute")
