"""The whole house on the simulated network, started and ended together: for the demo and for tests of the whole.

Every process is a real one, started by its line of the Procfile with only the settings that it may see.
"""

import os
import secrets
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self

from gateway import bootstrap
from gateway.cli.ports import Ports
from gateway.core.errors import SanadError
from gateway.storage import keyfiles
from gateway.storage.embedded import EmbeddedStore
from gateway.storage.users import OPERATOR
from gateway.supervise import environments, keeper, procfile

HOTLINE, STAFF = "+9647300000100", "+9647300000101"
USSD_CODE = "*726#"
ACCOUNT = "AC" + "d" * 32
READY_SECONDS = 60.0
STOP_SECONDS = 10.0


class StageFailed(SanadError):
    """The house did not come up; its log says why."""

    code = "stage_failed"


@dataclass(slots=True, kw_only=True)
class Stage:
    """Enter it and the house runs; leave it and nothing is left running. `settings` override the stage's own."""

    folder: Path
    ports: Ports
    speed: float = 1.0
    settings: Mapping[str, str] = field(default_factory=dict)
    simulator_options: Sequence[str] = ()
    store_launcher: Sequence[str] = ()  # words before the store's command, below its keeper
    environ: dict[str, str] = field(init=False)
    store: EmbeddedStore = field(init=False)
    _processes: "dict[str, subprocess.Popen[bytes]]" = field(init=False, default_factory=dict)
    _exits: ExitStack = field(init=False, default_factory=ExitStack)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        keyfiles.initialise(self.folder / "keys", bootstrap.utc_now().date())
        self.store = self._exits.enter_context(
            EmbeddedStore(self.folder / "store", launcher=(*keeper(), *self.store_launcher))
        )
        self.environ = {**os.environ, **self._own_settings(), **self.settings}
        try:
            self.start("simulator")
            for name in procfile(bootstrap.ROOT / "Procfile"):
                self.start(name)
            self.wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self._processes):
            self.stop(name)
        self._exits.close()

    @property
    def network(self) -> str:
        """The address of the simulated network and of the phones' page."""
        return f"http://127.0.0.1:{self.ports.simulator}"

    @property
    def public_url(self) -> str:
        """The address of `web`."""
        return f"http://127.0.0.1:{self.ports.web}"

    @property
    def logs(self) -> Path:
        """The folder with each process' log."""
        return self.folder / "logs"

    def start(self, name: str) -> None:
        """Start one process, by its name in the Procfile, or `simulator`."""
        if name == "simulator":
            command, environ = self._simulator_command(), {**os.environ, "TWILIO_AUTH_TOKEN": self._token()}
        else:
            line = procfile(bootstrap.ROOT / "Procfile")[name]
            seen = environments({name: line}, self.environ, store_urls=self.store.urls)
            command, environ = ["sh", "-c", f"exec {line}"], seen[name]
        self._processes[name] = subprocess.Popen(
            [*keeper(), *command], env=environ, cwd=bootstrap.ROOT, stdout=self._log(name), stderr=subprocess.STDOUT
        )

    def stop(self, name: str) -> None:
        """End one process and its children, kindly first."""
        process = self._processes.pop(name)
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)

    def _log(self, name: str) -> IO[bytes]:
        self.logs.mkdir(exist_ok=True)
        return self._exits.enter_context((self.logs / f"{name}.log").open("ab"))

    def _token(self) -> str:
        return self.environ["TWILIO_AUTH_TOKEN"]

    def _own_settings(self) -> dict[str, str]:
        return {
            "REDIS_URL": self.store.urls[OPERATOR],  # of commands; each process is given its own
            "PUBLIC_URL": self.public_url,
            "TWILIO_ACCOUNT_SID": ACCOUNT,
            "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
            "TWILIO_API_BASE": self.network,
            "HOTLINE_NUMBER": HOTLINE,
            "STAFF_NUMBER": STAFF,
            "SANAD_KEYS": str(self.folder / "keys"),
            "WEB_PORT": str(self.ports.web),
            "CONSOLE_PORT": str(self.ports.console),
            "CALLS_PER_SECOND": "20",
            "KANNEL_SECRET": secrets.token_hex(16),
            "USSD_SECRET": secrets.token_hex(16),
        }

    def _simulator_command(self) -> list[str]:
        words = (
            f"-m gateway.simulator --port {self.ports.simulator} --gateway {self.public_url} --account-sid {ACCOUNT}"
            f" --number {HOTLINE}=/twilio/voice --number {STAFF}=/twilio/voice --status-path /twilio/status"
            f" --speed {self.speed} --sms-path /twilio/sms --ussd-code '{USSD_CODE}'"
            f" --ussd-url {self.public_url}/africastalking/ussd/{self.environ['USSD_SECRET']}"
        )
        return [sys.executable, *shlex.split(words), *self.simulator_options]

    def wait_until_ready(self) -> None:
        """Wait until web and the network answer. Raises `StageFailed`."""
        deadline = time.monotonic() + READY_SECONDS
        for address in (f"{self.public_url}/readyz", f"{self.network}/sim/healthz"):
            while not _answers(address):
                if time.monotonic() > deadline:
                    raise StageFailed(f"The house did not come up within {READY_SECONDS:.0f} s; see {self.logs}.")
                time.sleep(0.05)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
