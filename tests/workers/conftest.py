"""Real workers in processes of their own, on a store of their own."""

import base64
import contextlib
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis

from gateway.storage.embedded import EmbeddedStore
from gateway.storage.inspection import everything
from tests.workers.program import DONE

PATIENCE = 20.0


@dataclass(slots=True)
class Shop:
    """A store with the workers that listen to it."""

    url: str
    client: redis.Redis
    folder: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, queue: str) -> subprocess.Popen[bytes]:
        """Start a worker, and return when it listens."""
        known = self.client.smembers("rq:workers")
        with (self.folder / f"{queue}-{len(self.workers)}.log").open("wb") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "tests.workers.program", self.url, queue], stdout=log, stderr=log
            )
        self.workers.append(worker)
        assert self.until(lambda: bool(self.client.smembers("rq:workers") - known)), "no worker came up"
        return worker

    def done(self) -> list[str]:
        """What was run, in order."""
        return [entry.decode() for entry in self.client.lrange(DONE, 0, -1) if isinstance(entry, bytes)]

    def until(self, is_so: Callable[[], bool], *, seconds: float = PATIENCE) -> bool:
        """Wait until something is so."""
        deadline = time.monotonic() + seconds
        while not is_so() and time.monotonic() < deadline:
            time.sleep(0.02)
        return is_so()

    def log(self) -> str:
        """All that the workers wrote."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log")))

    def kept_by_rq(self) -> bytes:
        """Every byte that RQ keeps, what it packed laid open."""
        found = [kept for key, kept in everything(self.client) if key.startswith("rq:")]
        return b"\n".join((*found, *(laid_open for kept in found for laid_open in _unpacked(kept))))

    def stop(self) -> None:
        """End what was started here; there is nothing in this store that needs a good order."""
        for worker in self.workers:
            worker.kill()
            worker.wait()


def _unpacked(kept: bytes) -> Iterator[bytes]:
    for part in kept.split(b"\n"):
        for packed in (part, _from_base64(part)):
            with contextlib.suppress(zlib.error):
                yield zlib.decompress(packed)


def _from_base64(part: bytes) -> bytes:
    with contextlib.suppress(ValueError):
        return base64.b64decode(part, validate=True)
    return b""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """An empty store without any worker."""
    with EmbeddedStore(tmp_path / "store") as store, redis.Redis.from_url(store.url) as client:
        shop = Shop(store.url, client, tmp_path)
        try:
            yield shop
        finally:
            shop.stop()
