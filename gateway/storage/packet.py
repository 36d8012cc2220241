"""One optimistic transaction in as few packets as can be: reads are watched and answered, writes go out together.

redis-py's own pipeline sends WATCH and the read that follows it one after the other and waits for each, and spends on
every command more than the store does. A caller waits meanwhile. Connections are redis-py's still, out of its pool.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import chain
from threading import local
from typing import Any, Self

import hiredis
import redis

from gateway.storage.connect import Pool

Value = str | bytes | int
Command = tuple[Value, ...]

_BEGIN: Command = ("MULTI",)
_END: Command = ("EXEC",)
_LET_GO: Command = ("UNWATCH",)


class Packet:
    """Writing commands in their order. The methods are those of redis-py, as far as we use them."""

    def __init__(self) -> None:
        self.commands: list[Command] = []

    def set(self, key: str, value: Value, *, ex: timedelta | None = None) -> None:
        """SET, with a lifetime in whole seconds."""
        self.commands.append(("SET", key, value) if ex is None else ("SET", key, value, "EX", _seconds(ex)))

    def delete(self, *keys: str) -> None:
        """DEL."""
        self.commands.append(("DEL", *keys))

    def expire(self, key: str, life: timedelta, *, nx: bool = False) -> None:
        """EXPIRE."""
        self.commands.append(("EXPIRE", key, _seconds(life), "NX") if nx else ("EXPIRE", key, _seconds(life)))

    def incr(self, key: str) -> None:
        """INCRBY 1."""
        self.commands.append(("INCRBY", key, 1))

    def hset(self, key: str, *, mapping: Mapping[str, Value]) -> None:
        """HSET."""
        pairs: Iterable[Value] = chain.from_iterable(mapping.items())
        self.commands.append(("HSET", key, *pairs))

    def hsetnx(self, key: str, field: str, value: Value) -> None:
        """HSETNX."""
        self.commands.append(("HSETNX", key, field, value))

    def hincrby(self, key: str, field: str, by: int) -> None:
        """HINCRBY."""
        self.commands.append(("HINCRBY", key, field, by))

    def sadd(self, key: str, *members: str) -> None:
        """SADD."""
        self.commands.append(("SADD", key, *members))

    def srem(self, key: str, *members: str) -> None:
        """SREM."""
        self.commands.append(("SREM", key, *members))

    def zadd(self, key: str, scores: Mapping[str, int], *, nx: bool = False) -> None:
        """ZADD; with `nx` members that are there keep their score."""
        pairs: Iterable[Value] = chain.from_iterable((score, name) for name, score in scores.items())
        self.commands.append(("ZADD", key, "NX", *pairs) if nx else ("ZADD", key, *pairs))

    def zrem(self, key: str, *members: str) -> None:
        """ZREM."""
        self.commands.append(("ZREM", key, *members))

    def rpush(self, key: str, *values: Value) -> None:
        """RPUSH."""
        self.commands.append(("RPUSH", key, *values))


class Lines(local):
    """Each thread's own connections to the store: one, and more only where one transaction runs within another.

    A pool asks the system about a connection whenever it hands one out. One that is always left with nothing unread
    need not be asked about, and one that died meanwhile is noticed when it is written to.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._idle: list[Any] = []

    def take(self) -> Any:
        """A connection that nobody else uses, connected or not. After a fork a new one: no two processes share one."""
        while self._idle:
            connection = self._idle.pop()
            if connection.pid == os.getpid():
                return connection
        return self._pool.connection_class(**self._pool.connection_kwargs)

    def give_back(self, connection: Any) -> None:
        """Let it be taken again, by this thread."""
        self._idle.append(connection)


class Watch:
    """A connection for one transaction. Enter it, ask, and write once; what was asked for by `watch_and_read` is
    watched until then.

    A dead connection (the store was restarted) is made anew once, unless something is watched on it: then the work has
    to begin again, and redis' `WatchError` says so. A store that hangs is not asked again: a caller waits.
    """

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    def __enter__(self) -> Self:
        self._connection = self._lines.take()
        self._watching = False
        self._foreseen: list[Command] = []
        self._known: dict[Command, Any] = {}
        return self

    def __exit__(self, *_: object) -> None:
        try:
            if self._watching:
                self._exchange([_LET_GO])
        except redis.RedisError:
            pass  # a connection that is gone has let go as well
        finally:
            self._lines.give_back(self._connection)

    def watch_and_read(self, key: str, read: Command) -> Any:
        """Watch a key, and answer one reading command on it, as the store gives it."""
        foreseen, self._foreseen = self._foreseen, []
        watching, answer, *known = self._sent([("WATCH", key), read, *foreseen], watches=True, raises=False)
        self._known.update(zip(foreseen, known, strict=True))
        _raise_first([watching, answer])
        return answer

    def foresee(self, *reads: Command) -> None:
        """These will be asked for: read them along with what is watched next."""
        self._foreseen += reads

    def ask(self, *reads: Command) -> list[Any]:
        """The answers to reading commands, in order, as the store gives them. Nothing more is watched."""
        if not all(read in self._known for read in reads):
            return self._sent(reads)
        answers = [self._known.pop(read) for read in reads]
        _raise_first(answers)
        return answers

    def write(self, packet: Packet) -> None:
        """Do all of it or nothing. Raises redis' `WatchError` if others changed meanwhile what is watched."""
        *queued, done = self._sent([_BEGIN, *packet.commands, _END], raises=False)
        self._watching = False
        _raise_first(queued)
        if done is None:
            raise redis.WatchError
        _raise_first(done if isinstance(done, list) else [done])

    def _sent(self, commands: Sequence[Command], *, watches: bool = False, raises: bool = True) -> list[Any]:
        try:
            answers = self._exchange(commands)
        except redis.TimeoutError:
            self._watching = False
            raise
        except redis.ConnectionError as error:
            if self._watching:
                self._watching = False
                raise redis.WatchError from error
            self._connection.connect()
            answers = self._exchange(commands)
        self._watching |= watches
        if raises:
            _raise_first(answers)
        return answers

    def _exchange(self, commands: Sequence[Command]) -> list[Any]:
        """All answers are read, errors among them: an unread one would be taken for the answer to the next command.

        Whoever is stopped in between (a job whose time is up) leaves no connection that could be read from.
        """
        packed = b"".join(map(hiredis.pack_command, commands))  # type: ignore[arg-type]  # typed as for tuples of one
        try:
            self._connection.send_packed_command([packed])
            return [self._answer() for _ in commands]
        except BaseException:
            self._connection.disconnect()
            raise

    def _answer(self) -> Any:
        try:
            return self._connection.read_response()
        except redis.ResponseError as error:
            return error


def _raise_first(answers: Sequence[Any]) -> None:
    for answer in answers:
        if isinstance(answer, redis.RedisError):
            raise answer


def _seconds(life: timedelta) -> int:
    return life // timedelta(seconds=1)
