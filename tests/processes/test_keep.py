"""The keeper: a program that dies comes back, and one that is ended leaves nothing behind."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from gateway.keep import LONGEST_PAUSE, pauses

Keep = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def keep() -> Iterator[Keep]:
    started: list[subprocess.Popen[bytes]] = []

    def start(script: str, *options: str) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "gateway.keep", *options, "--", "sh", "-c", script]
        started.append(subprocess.Popen(command, stderr=subprocess.PIPE))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=10)


def until(happened: Callable[[], bool], *, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not (done := happened()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return done


def lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def lives(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    return (
        not Path(f"/proc/{pid}/stat").exists() or Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[0] != "Z"
    )


def test_a_program_that_dies_is_started_again(keep: Keep, tmp_path: Path) -> None:
    keep(f"echo run >> {tmp_path}/runs; exit 1")

    again = until(lambda: len(lines(tmp_path / "runs")) >= 3)

    assert again


def test_a_program_that_is_killed_takes_its_children_along_before_it_starts_again(keep: Keep, tmp_path: Path) -> None:
    keep(f"sleep 60 & echo $! >> {tmp_path}/children; echo $$ >> {tmp_path}/programs; wait")
    until(lambda: len(lines(tmp_path / "programs")) == 1)

    os.kill(int(lines(tmp_path / "programs")[0]), signal.SIGKILL)
    until(lambda: len(lines(tmp_path / "programs")) == 2)

    assert [lives(child) for child in lines(tmp_path / "children")] == [False, True]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_asked_to_end_it_leaves_nothing_behind(keep: Keep, tmp_path: Path, number: signal.Signals) -> None:
    keeper = keep(f"sleep 60 & echo $! $$ >> {tmp_path}/pids; wait")
    until(lambda: len(lines(tmp_path / "pids")) == 2)

    keeper.send_signal(number)
    code = keeper.wait(10)

    assert code == 0
    assert not any(lives(pid) for pid in lines(tmp_path / "pids"))


def test_a_closed_window_that_is_to_be_ignored_ends_nothing(tmp_path: Path) -> None:
    inner = shlex.join([sys.executable, "-m", "gateway.keep", "--", "sh", "-c", f"echo $$ > {tmp_path}/pid; sleep 60"])
    keeper = subprocess.Popen(["sh", "-c", f"trap '' HUP; exec {inner}"])
    until(lambda: bool(lines(tmp_path / "pid")))

    keeper.send_signal(signal.SIGHUP)
    time.sleep(0.3)

    assert lives(lines(tmp_path / "pid")[0])
    keeper.terminate()
    assert keeper.wait(10) == 0


def test_a_program_that_does_not_listen_is_ended_all_the_same(keep: Keep, tmp_path: Path) -> None:
    keeper = keep(f"trap '' TERM; echo $$ > {tmp_path}/pid; while true; do sleep 0.1; done")
    until(lambda: bool(lines(tmp_path / "pid")))

    keeper.terminate()
    keeper.wait(10)

    assert not lives(lines(tmp_path / "pid")[0])


def test_it_ends_with_the_process_that_it_works_for(keep: Keep, tmp_path: Path) -> None:
    chief = subprocess.Popen(["sleep", "60"])
    keeper = keep(f"echo $$ > {tmp_path}/pid; exec sleep 60", "--as-long-as", str(chief.pid))
    until(lambda: bool(lines(tmp_path / "pid")))

    chief.kill()
    chief.wait()
    keeper.wait(10)

    assert not lives(lines(tmp_path / "pid")[0])


def test_pauses_grow_and_stay_bearable() -> None:
    first = list(islice(pauses(), 20))

    assert first == sorted(first)
    assert max(first) == LONGEST_PAUSE
    assert first[0] < 1


def test_what_crashes_leaves_nothing_of_its_memory_on_a_disk(keep: Keep, tmp_path: Path) -> None:
    limits = tmp_path / "limits"

    keep(f"ulimit -Sc > {limits}; ulimit -Hc >> {limits}; sleep 60")

    assert until(lambda: len(lines(limits)) == 2)
    assert set(lines(limits)) <= {"0", "1"}
