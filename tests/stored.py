"""Every byte in a store as plain bytes: a dump would pack values, and RQ packs its jobs."""

import base64
import contextlib
import zlib
from collections.abc import Iterator

import redis

from gateway.storage.inspection import everything


def stored(client: redis.Redis, *, under: str = "") -> bytes:
    """All names and values of the keys that begin so, what was packed laid open beside them."""
    found = [kept for key, kept in everything(client) if key.startswith(under)]
    return b"\n".join((*found, *(laid_open for kept in found for laid_open in _unpacked(kept))))


def _unpacked(kept: bytes) -> Iterator[bytes]:
    for part in kept.split(b"\n"):
        for packed in (part, _from_base64(part)):
            with contextlib.suppress(zlib.error):
                yield zlib.decompress(packed)


def _from_base64(part: bytes) -> bytes:
    with contextlib.suppress(ValueError):
        return base64.b64decode(part, validate=True)
    return b""
