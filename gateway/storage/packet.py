"""Several commands on one pipeline's connection in one packet: a round trip less for every step of a conversation.

redis-py sends WATCH and the read that follows it one after the other, and waits for each.
"""

from collections.abc import Sequence
from typing import Any

import redis

from gateway.storage.connect import Pipe

Command = Sequence[Any]


def watch_and_read(pipe: Pipe, key: str, read: Command) -> Any:
    """Watch a key, and answer one reading command on it, as the store gives it."""
    return ask(pipe, ("WATCH", key), read)[-1]


def ask(pipe: Pipe, *commands: Command) -> list[Any]:
    """Send commands together; their answers in order. The pipeline watches from then on.

    A dead connection (the store was restarted) is made anew once, unless something was watched on it already: then
    the work has to begin again, as after any `WatchError`.
    """
    connection = pipe.connection or pipe.connection_pool.get_connection()
    pipe.connection = connection
    packed = connection.pack_commands(commands)
    try:
        answers = _exchange(connection, packed, len(commands))
    except (redis.ConnectionError, redis.TimeoutError) as error:
        connection.disconnect()
        if pipe.watching:
            pipe.watching = False
            raise redis.WatchError from error
        connection.connect()
        answers = _exchange(connection, packed, len(commands))
    pipe.watching = True
    for answer in answers:
        if isinstance(answer, redis.RedisError):
            raise answer
    return answers


def _exchange(connection: Any, packed: Any, count: int) -> list[Any]:
    """All answers are read, errors among them: an unread one would be taken for the answer to the next command."""
    connection.send_packed_command(packed)
    answers: list[Any] = []
    for _ in range(count):
        try:
            answers.append(connection.read_response())
        except redis.ResponseError as error:
            answers.append(error)
    return answers
