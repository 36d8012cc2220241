"""A small parent that keeps one program running: it starts it, starts it again when it dies, and ends it when asked.

`python -m gateway.keep [--as-long-as PID] -- COMMAND ...`. It loads next to nothing: there is one beside every process.
"""

import argparse
import contextlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType

from gateway.endings import asking_for_the_end

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0
STEADY_SECONDS = 10.0  # who lived this long is well: the next pause is short again
GRACE_SECONDS = 4.0  # honcho kills its children after five, and a killed parent could not end its own
_LOOK_SECONDS = 0.05


def pauses() -> Iterator[float]:
    """How long to wait before each further start, in seconds: doubling, and then always the longest."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 2, LONGEST_PAUSE)


class Keeper:
    """Runs `command` until `stop` is called, or until the process `chief` is gone."""

    def __init__(
        self, command: Sequence[str], *, env: Mapping[str, str] | None = None, chief: int | None = None
    ) -> None:
        self._command = tuple(command)
        self._env = env
        self._chief = chief
        self._stopping = False

    def stop(self) -> None:
        """Ask for the end; safe in a signal handler."""
        self._stopping = True

    def run(self) -> None:
        """Start the program, again and again. Returns when asked to stop, with nothing of it left."""
        waits = pauses()
        while not self._is_over():
            started = time.monotonic()
            code = self._run_once()
            if self._is_over():
                return
            if time.monotonic() - started > STEADY_SECONDS:
                waits = pauses()
            pause = next(waits)
            with contextlib.suppress(OSError):  # nobody reads what we say; the program is needed all the same
                print(f"ended with {code}; starts again in {pause:.1f} s", file=sys.stderr, flush=True)
            self._rest(pause)

    def _run_once(self) -> int:
        child = subprocess.Popen(
            self._command,
            env=self._env,
            stdin=subprocess.DEVNULL,
            close_fds=False,  # a store's lock is handed on this way
            process_group=0,  # signals reach it once, through us: a second SIGTERM makes some programs drop their work
        )
        try:
            while (code := _wait(child, _LOOK_SECONDS)) is None:
                if self._is_over():
                    child.terminate()
                    return _wait(child, GRACE_SECONDS) or 0
            return code
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)  # children of a crashed program would still hold its port
            child.wait()

    def _rest(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._is_over():
            time.sleep(_LOOK_SECONDS)

    def _is_over(self) -> bool:
        return self._stopping or (self._chief is not None and not _lives(self._chief))


def _wait(child: "subprocess.Popen[bytes]", seconds: float) -> int | None:
    try:
        return child.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def forbid_core_dumps() -> None:
    """For this process and all that it starts: what crashes must leave nothing of its memory on a disk.

    A limit of one byte, for a limit of none still feeds a program that collects them (core(5): `core_pattern`).
    """
    _, highest = resource.getrlimit(resource.RLIMIT_CORE)
    most = 0 if highest == 0 else 1
    resource.setrlimit(resource.RLIMIT_CORE, (most, most))


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m gateway.keep", description="Keep one program running.")
    parser.add_argument("--as-long-as", type=int, metavar="PID", help="end when this process is gone")
    parser.add_argument("command", nargs="+")
    given = parser.parse_args(arguments)
    forbid_core_dumps()
    keeper = Keeper(given.command, chief=given.as_long_as)

    def end(_number: int, _frame: FrameType | None) -> None:
        keeper.stop()

    for number in asking_for_the_end():
        signal.signal(number, end)
    keeper.run()


if __name__ == "__main__":
    main()
