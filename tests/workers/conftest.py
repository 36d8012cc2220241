"""Real workers in processes of their own, on a store of their own."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import redis

from gateway.storage.embedded import EmbeddedStore
from tests.stored import stored
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
        return stored(self.client, under="rq:")

    def stop(self) -> None:
        """End what was started here; there is nothing in this store that needs a good order."""
        for worker in self.workers:
            worker.kill()
            worker.wait()


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """An empty store without any worker."""
    with EmbeddedStore(tmp_path / "store") as store, redis.Redis.from_url(store.url) as client:
        shop = Shop(store.url, client, tmp_path)
        try:
            yield shop
        finally:
            shop.stop()
