"""A store that hangs is given up soon: on the line, each further try is silence."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import redis

from gateway.core.errors import StoreUnavailable
from gateway.storage.connect import connect
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
