"""The whole store in one moment, as values, for looking at it after every step."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import redis

from gateway.core.case import Case
from gateway.core.identity import CaseId
from gateway.core.roster import Responder
from gateway.storage.codec import Codec

CODEC = Codec()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Every key with its value: bytes, a dict, a set, a list, or a dict of scores."""

    content: dict[str, Any]
    cases: dict[CaseId, Case] = field(default_factory=dict)
    women: dict[str, Responder] = field(default_factory=dict)

    @classmethod
    def of(cls, client: redis.Redis) -> "Snapshot":
        """Look at a store."""
        names = sorted(client.scan_iter(count=10_000))
        with client.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.type(name)
            kinds = pipe.execute()
            for name, kind in zip(names, kinds, strict=True):
                _read(pipe, name, kind)
            values = pipe.execute()
        content = {name.decode(): value for name, value in zip(names, values, strict=True)}
        cases = [CODEC.to_case(value) for name, value in content.items() if name.startswith("case:")]
        women = [CODEC.to_responder(value) for name, value in content.items() if name.startswith("responder:")]
        return cls(content, {case.id: case for case in cases}, {woman.id: woman for woman in women})

    def stands_in(self, zset: str, name: str) -> bool:
        """Whether a case stands in one of the lines."""
        return name.encode() in dict(self.content.get(zset, ()))

    def score(self, zset: str, name: str) -> float | None:
        """Its place there."""
        return dict(self.content.get(zset, ())).get(name.encode())

    def has(self, key: str) -> bool:
        """Whether there is such a key."""
        return key in self.content

    def keys(self, prefix: str) -> Iterator[str]:
        """The rest of each key that begins so."""
        return (key.removeprefix(prefix) for key in self.content if key.startswith(prefix))

    def bytes_of(self, key: str) -> bytes:
        """A key and all that it holds, one after the other."""
        return b"\n".join((key.encode(), *_flat(self.content[key])))


def _read(pipe: Any, name: bytes, kind: bytes) -> None:
    match kind:
        case b"string":
            pipe.get(name)
        case b"hash":
            pipe.hgetall(name)
        case b"set":
            pipe.smembers(name)
        case b"zset":
            pipe.zrange(name, 0, -1, withscores=True)
        case b"list":
            pipe.lrange(name, 0, -1)
        case _:
            pipe.xrange(name)


def _flat(value: Any) -> Iterator[bytes]:
    match value:
        case bytes():
            yield value
        case float() | int():
            yield b"%d" % value
        case dict():
            for pair in value.items():
                yield from _flat(pair)
        case list() | tuple() | set():
            for part in value:
                yield from _flat(part)
