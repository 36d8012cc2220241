"""The house under measurement: the store, the floor, and processes of the Procfile, by their own lines."""

import os
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

import redis

from gateway import bootstrap
from gateway.services.rostering import Rostering
from gateway.storage import keyfiles, keys
from gateway.storage.embedded import EmbeddedStore
from gateway.supervise import environments, keeper, procfile
from tests.bench.calls import ACCOUNT, HOTLINE, Caller
from tests.bench.costs import Cost, processor_time

READY_SECONDS = 30.0
STOP_SECONDS = 10.0


class NotReady(AssertionError):
    """A process did not come up; names its log."""


class House:
    """Enter it and the store runs; start what is needed; leave it and nothing is left running."""

    def __init__(self, folder: Path, *, web: int, floor: int, provider: int) -> None:
        """`web`, `floor` and `provider` are free ports."""
        self.folder = folder
        self.store = EmbeddedStore(folder / "store", launcher=keeper())
        self._ports = {"web": web, "floor": floor}
        self._lines = procfile(bootstrap.ROOT / "Procfile")
        self._environ = os.environ | {
            "REDIS_URL": self.store.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
            "TWILIO_API_BASE": f"http://127.0.0.1:{provider}",
            "HOTLINE_NUMBER": HOTLINE,
            "SANAD_KEYS": str(folder / "keys"),
            "USSD_SECRET": secrets.token_hex(16),
            "CALLS_PER_SECOND": "100",
            "OFFER_RING_SECONDS": "60",  # no offer of a measured call runs out while others are measured
            "PYTHONPATH": str(bootstrap.ROOT),  # the floor is not installed
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._exits = ExitStack()

    def __enter__(self) -> Self:
        keyfiles.initialise(self.folder / "keys", bootstrap.utc_now().date())
        self._exits.enter_context(self.store)
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self._processes):
            self.stop(name)
        self._exits.close()

    def port(self, name: str) -> int:
        """Where `web` or `floor` listens."""
        return self._ports[name]

    def caller(self, name: str) -> Caller:
        """Callers of `web` or `floor`."""
        environ = self._environ
        return Caller(self._public_url(name), environ["TWILIO_AUTH_TOKEN"], environ["USSD_SECRET"])

    def client(self) -> "redis.Redis":
        """A plain client of the store."""
        return redis.Redis.from_url(self.store.url)

    def rostering(self) -> Rostering:
        """Adds responders, as a supervisor would."""
        return bootstrap.rostering(self._environ)

    def start(self, name: str) -> None:
        """Start a process of the Procfile, or `floor`: web's very line with another application."""
        role = "web" if name == "floor" else name
        line = self._lines[role]
        environ = self._environ | {"PUBLIC_URL": self._public_url(name), "WEB_PORT": str(self._ports.get(name, 0) or 1)}
        if name == "floor":
            line = line.replace("gateway.wsgi:web", "tests.bench.floor:app")
        log = self._exits.enter_context((self.folder / f"{name}.log").open("ab"))
        self._processes[name] = subprocess.Popen(
            [*keeper(), "sh", "-c", f"exec {line}"],
            env=environments({role: line}, environ)[role],
            cwd=bootstrap.ROOT,
            stdout=log,
            stderr=subprocess.STDOUT,
        )

    def stop(self, name: str) -> None:
        """End a process and its children, kindly first."""
        process = self._processes.pop(name)
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def until_ready(self, *names: str) -> None:
        """Wait until `web`, `floor`, or a worker by its queue is there. Raises `NotReady`."""
        deadline = time.monotonic() + READY_SECONDS
        for name in names:
            while not self._is_ready(name):
                if time.monotonic() > deadline:
                    raise NotReady(f"{name} did not come up within {READY_SECONDS:.0f} s; see {self.folder}")
                time.sleep(0.05)

    def tidy(self) -> None:
        """Empty the store and have its file rewritten now, so that this does not happen while something is measured."""
        with self.client() as client:
            client.flushall()
            client.bgrewriteaof()
            while client.info("persistence")["aof_rewrite_in_progress"]:
                time.sleep(0.01)

    def used(self, name: str) -> Cost:
        """What a process and the store have used so far, and how often the store has been written to."""
        with self.client() as client:
            reads = client.info("stats")["total_reads_processed"]
        return Cost(processor_time(self._processes[name].pid), processor_time(self.store_pid()), reads)

    def store_pid(self) -> int:
        """The store's process."""
        with self.client() as client:
            return int(client.info("server")["process_id"])

    @contextmanager
    def growing(self) -> Iterator[Callable[[], int]]:
        """Let the store grow without having its file rewritten meanwhile; gives what its values take, in bytes."""
        with self.client() as client:
            client.config_set("auto-aof-rewrite-percentage", 0)
            yield lambda: int(client.info("memory")["used_memory"])

    def kept(self) -> int:
        """How many cases the store holds."""
        with self.client() as client:
            return int(client.zcard(keys.BORN))

    def _public_url(self, name: str) -> str:
        return f"http://127.0.0.1:{self._ports.get(name, self._ports['web'])}"

    def _is_ready(self, name: str) -> bool:
        if name in self._ports:
            return _answers(f"{self._public_url(name)}/readyz")
        with self.client() as client:
            return bool(client.scard(f"rq:workers:{name}"))


def free_port() -> int:
    """A port of this machine that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(address: str) -> bool:
    """Whether anything speaks HTTP there and is well; the floor has no such page, and says so."""
    try:
        with urllib.request.urlopen(address, timeout=2):
            return True
    except urllib.error.HTTPError as error:
        return error.code == 404
    except OSError:
        return False
