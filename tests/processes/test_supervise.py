"""All processes together: who crashes takes nobody along, each sees only its own settings, one signal ends all."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.settings import BrokenSettings
from gateway.supervise import procfile, up

RUN = """
import json, os, pathlib, sys
from gateway.supervise import up
sys.exit(up(json.loads(sys.argv[1]), os.environ, store_folder=pathlib.Path(sys.argv[2])))
"""


@pytest.fixture
def hotline(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A crashing worker and a steady clock, with the embedded store."""
    crashing = f"sh -c 'env >> {tmp_path}/worker.env; echo run >> {tmp_path}/worker; exit 1'"
    steady = f"sh -c 'echo $$ >> {tmp_path}/clock; exec sleep 60'"
    processes = f'{{"worker": "{crashing}", "clock": "{steady}"}}'
    command = [sys.executable, "-c", RUN, processes, str(tmp_path / "store")]
    environ = {**os.environ, "TWILIO_AUTH_TOKEN": "very-secret", "SOMETHING_ELSE": "very-secret"}
    running = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    yield running
    running.terminate()
    running.communicate(timeout=20)


def until(happened: Callable[[], bool], *, seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while not (done := happened()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return done


def lines(path: Path) -> list[str]:
    return path.read_text().split("\n")[:-1] if path.exists() else []


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_process_that_crashes_comes_back_and_takes_nobody_along(
    hotline: "subprocess.Popen[str]", tmp_path: Path
) -> None:
    came_back = until(lambda: len(lines(tmp_path / "worker")) >= 3 and len(lines(tmp_path / "clock")) >= 1)

    clocks = lines(tmp_path / "clock")

    assert came_back
    assert len(clocks) == 1
    assert lives(int(clocks[0]))
    assert hotline.poll() is None


def test_each_process_sees_the_store_and_no_secret_of_another(hotline: "subprocess.Popen[str]", tmp_path: Path) -> None:
    until(lambda: bool(lines(tmp_path / "worker")))

    seen = "\n".join(lines(tmp_path / "worker.env"))

    assert "REDIS_URL=unix://" in seen
    assert "very-secret" not in seen


def test_one_signal_ends_all_and_the_store_last(hotline: "subprocess.Popen[str]", tmp_path: Path) -> None:
    until(lambda: bool(lines(tmp_path / "clock")))
    pids = [int(lines(tmp_path / "clock")[0]), int((tmp_path / "store" / "store.pid").read_text())]

    hotline.terminate()
    hotline.communicate(timeout=20)

    assert not any(lives(pid) for pid in pids)


def test_even_killed_it_leaves_nothing_running(hotline: "subprocess.Popen[str]", tmp_path: Path) -> None:
    until(lambda: bool(lines(tmp_path / "clock")))
    pids = [int(lines(tmp_path / "clock")[0]), int((tmp_path / "store" / "store.pid").read_text())]

    hotline.kill()
    hotline.wait(10)
    gone = until(lambda: not any(lives(pid) for pid in pids))

    assert gone


def test_a_broken_setting_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(BrokenSettings, match="MORNING"):
        up({"clock": f"touch {tmp_path}/started"}, {"MORNING": "early"}, store_folder=tmp_path / "store")

    assert list(tmp_path.iterdir()) == []


def test_a_procfile_is_read_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "Procfile").write_text("web: serve --port 1\n\nclock: tick\n")

    found = procfile(tmp_path / "Procfile")

    assert found == {"web": "serve --port 1", "clock": "tick"}
