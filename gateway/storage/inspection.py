"""Looking at the whole store from outside: every byte of it, for leak searches and for showing what it holds."""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

import redis

from gateway.core.errors import StoreUnavailable
from gateway.storage.connect import Client

TIMES_READ_AGAIN = 20

# setting -> (what it must be, what happens otherwise)
WANTED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "appendonly": ("yes", "without an append-only file a crash loses requests; set appendonly yes"),
        "appendfsync": ("always", "a power cut loses requests that were promised; set appendfsync always"),
        "maxmemory-policy": ("noeviction", "a full store would forget requests; set maxmemory-policy noeviction"),
        "slowlog-log-slower-than": ("-1", "the slow log keeps arguments; set slowlog-log-slower-than -1"),
    }
)


def settings_that_lose_data(client: Client) -> Iterator[tuple[str, str]]:
    """Settings of the store that break a promise, each with the mend. Raises `StoreUnavailable`."""
    try:
        found = {name: client.config_get(name).get(name) for name in WANTED}
    except redis.RedisError:
        raise StoreUnavailable("The store does not answer: start it, or mend REDIS_URL.") from None
    for name, (wanted, mend) in WANTED.items():
        value = found[name]
        if value is not None and (value.decode() if isinstance(value, bytes) else value) != wanted:
            yield name, mend


def everything(client: Client) -> Iterator[tuple[str, bytes]]:
    """Every key with all that it holds, as (key, bytes). Keys that go meanwhile are left out.

    Raises `StoreUnavailable`: the client's own errors print what was asked.
    """
    try:
        for key in sorted(client.scan_iter(count=1000)):
            yield key.decode(errors="backslashreplace"), key + b"\n" + b"\n".join(_parts(client, key))
    except redis.exceptions.NoPermissionError:
        raise StoreUnavailable(
            "This user of the store may not read all of it; give it the operator's address."
        ) from None
    except redis.RedisError:
        raise StoreUnavailable("The store does not answer: start it, or mend REDIS_URL.") from None


def _parts(client: Client, key: bytes) -> list[bytes]:  # noqa: PLR0911  # one for each type the store has
    kind = client.type(key).decode()
    match kind:
        case "string":
            value = client.get(key)
            return [] if value is None else [value]
        case "hash":
            return [part for pair in client.hgetall(key).items() for part in pair]
        case "set":
            return sorted(client.smembers(key))
        case "zset":
            scored = client.zrange(key, 0, -1, withscores=True)
            return [part for name, score in scored for part in (name, f"{score:.0f}".encode())]
        case "list":
            return list(client.lrange(key, 0, -1))
        case "stream":
            return [part for _, entry in client.xrange(key) for pair in entry.items() for part in pair]
        case _:
            return []


def written_files(folder: Path) -> list[tuple[Path, bytes]]:
    """Every file below a folder with its name and its bytes, as they stood together.

    The append-only file is written anew at any moment: when a file goes meanwhile the whole folder is read again, so
    that the one which took its place is searched, too.
    """
    for _ in range(TIMES_READ_AGAIN):
        with suppress(FileNotFoundError):
            return _files(folder)
    return _files(folder)


def _files(folder: Path) -> list[tuple[Path, bytes]]:
    found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return [(path, os.fsencode(path.relative_to(folder)) + b"\n" + path.read_bytes()) for path in found]
