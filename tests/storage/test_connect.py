"""A store that hangs is given up soon: on the line, each further try is silence."""

import socket
from collections.abc import Iterator

import pytest
import redis

from gateway.storage.connect import connect


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
