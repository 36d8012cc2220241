"""Does the deeds: kills, stops and restarts real processes of the stage, by their ids, and cuts the store's power.

Only processes below this one are touched. Whoever was killed is started again by its keeper.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Final

from gateway.cli.stage import READY_SECONDS, Stage
from tests.faults.mischief import Deed
from tests.faults.powercut import PowerCut

KEEPER: Final = "gateway.keep"
GONE_SECONDS: Final = 5.0
# What stands in the command line of each process.
COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {"web": "gateway.wsgi:web", "worker": "workers.run work", "dialler": "workers.run dial", "clock": "workers.clock"}
)


@dataclass(slots=True)
class Saboteur:
    """Keeps a diary of what it did: (begun, over, what). `web` is down from the deed until it answers again."""

    stage: Stage
    power: PowerCut | None = None
    dice: Random = field(default_factory=lambda: Random(0))
    cut_away: int = 0  # bytes that power cuts took
    diary: list[tuple[datetime, datetime, Deed]] = field(default_factory=list)

    def do(self, deed: Deed) -> None:
        """Do one deed, and wait until its own time is over."""
        begun, before = datetime.now(UTC), self._leaders(deed.whom)
        deeds: Mapping[str, Callable[[Deed], None]] = {
            "kill": self._kill,
            "kill all of": self._kill_all,
            "stop": self._stop,
            "restart": self._restart,
            "keep down": self._keep_down,
            "cut the power of": self._cut_power,
        }
        deeds[deed.what](deed)
        if deed.whom == "web":
            self._wait_for_web(before, same=deed.what == "stop")
        self.diary.append((begun, datetime.now(UTC), deed))

    def _wait_for_web(self, before: list[int], *, same: bool) -> None:
        """Until it answers: the new one, for children of one that was killed answer for a moment yet."""
        until = time.monotonic() + READY_SECONDS
        while not same and time.monotonic() < until and self._leaders("web") in ([], before):
            time.sleep(0.02)
        self.stage.wait_until_ready()

    def _kill(self, deed: Deed) -> None:
        """The process alone, as when the kernel takes it for want of memory: what it forked lives on for a moment."""
        if deed.whom == "store":
            self.stage.store.kill()
        else:
            _signal(self._leaders(deed.whom), signal.SIGKILL)

    def _kill_all(self, deed: Deed) -> None:
        _signal([pid for leader in self._leaders(deed.whom) for pid in (leader, *below(leader))], signal.SIGKILL)

    def _stop(self, deed: Deed) -> None:
        pids = [pid for leader in self._leaders(deed.whom) for pid in (leader, *below(leader))]
        _signal(pids, signal.SIGSTOP)
        try:
            time.sleep(deed.seconds)
        finally:
            _signal(pids, signal.SIGCONT)

    def _restart(self, deed: Deed) -> None:
        self.stage.stop(deed.whom)
        self.stage.start(deed.whom)

    def _keep_down(self, deed: Deed) -> None:
        with self._store_unkept():
            self.stage.store.kill()
            time.sleep(deed.seconds)

    def _cut_power(self, deed: Deed) -> None:
        """See docs/faults.md, "Power": what this does and does not stand for."""
        with self._store_unkept():
            server = self.stage.store.pid
            self.stage.store.kill()
            _wait_until_gone(server)
            folder = self.stage.store.folder
            cut_away = 0 if self.power is None else self.power.cut(folder, kept=self.dice.random())
            if not cut_away:
                _tear(folder)
            self.cut_away += cut_away
            time.sleep(deed.seconds / 2)

    @contextlib.contextmanager
    def _store_unkept(self) -> Iterator[None]:
        """Meanwhile the store's keeper starts nothing."""
        server = self.stage.store.pid
        keepers = [] if server is None else [pid for pid in (parent(server),) if KEEPER in command(pid)]
        _signal(keepers, signal.SIGSTOP)
        try:
            yield
        finally:
            _signal(keepers, signal.SIGCONT)

    def _leaders(self, whom: str) -> list[int]:
        """The one process that a keeper started; its children are below it."""
        if whom == "store":
            return [pid for pid in (self.stage.store.pid,) if pid is not None]
        ours = [pid for pid in below(os.getpid()) if COMMANDS[whom] in command(pid) and KEEPER not in command(pid)]
        return [pid for pid in ours if KEEPER in command(parent(pid))]


def _wait_until_gone(pid: int | None) -> None:
    """A server that was killed while it synced is there until that has ended."""
    until = time.monotonic() + GONE_SECONDS
    while pid is not None and _lives(pid) and time.monotonic() < until:
        time.sleep(0.005)


def _lives(pid: int) -> bool:
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in {"Z", "X"}
    return False


def _tear(folder: Path) -> None:
    """Append the beginning of a transaction that was on its way to the disk when the light went out.

    Its fsync had not returned, so nobody was told of it. A copy of the last whole transaction serves, cut anywhere.
    """
    newest = max((folder / "appendonlydir").glob("*.incr.aof"), key=lambda path: path.stat().st_mtime)
    content = newest.read_bytes()
    begin = content.rfind(b"*1\r\n$5\r\nMULTI\r\n")
    if begin < 0:
        return
    end = content.find(b"*1\r\n$4\r\nEXEC\r\n", begin)
    torn = content[begin : end if end > 0 else None]  # with its end it would be whole, and happen twice
    with newest.open("ab") as file:
        file.write(torn[: 1 + (len(content) * 7919) % len(torn)])


def _signal(pids: list[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def parent(pid: int) -> int:
    """The process that started this one; 0 if it is gone."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0


def command(pid: int) -> str:
    """The command line of a process; nothing if it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def below(pid: int) -> list[int]:
    """All processes that this one started, and that those started."""
    family: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            family.setdefault(parent(int(entry.name)), []).append(int(entry.name))
    found, ahead = [], list(family.get(pid, []))
    while ahead:
        found.append(ahead.pop())
        ahead.extend(family.get(found[-1], []))
    return found
