"""The demo, as a newcomer runs it: it tells a whole case, and Ctrl-C leaves nothing behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SANAD = (str(Path(sys.executable).with_name("sanad")), "demo")


def environ(folder: Path) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"}


def until(happened: Callable[[], bool], *, seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not (done := happened()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return done


@pytest.mark.slow
def test_the_told_case_is_told_in_both_languages_and_every_promise_holds(tmp_path: Path) -> None:
    ended = subprocess.run(
        [*SANAD, "--scripted"], env=environ(tmp_path), capture_output=True, text=True, timeout=180, check=False
    )

    lines = ended.stdout.splitlines()
    assert (ended.returncode, ended.stderr) == (0, ""), lines[-3:]
    assert lines[0].startswith("starting the hotline")
    assert lines[-1] == "every promise that can be seen here held"
    heard = [line for line in lines if " hears: " in line]
    assert len(heard) == len([line for line in lines if line.startswith("    in English: ")]) == 8
    assert any("call you now or in a little while" in line for line in lines), "three women are on shift"
    assert list(tmp_path.glob("sanad-demo-*")) == []


@pytest.fixture
def demo(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The demo in a session of its own, as at a terminal, where Ctrl-C reaches every process."""
    with (tmp_path / "out").open("wb") as out:
        running = subprocess.Popen(
            SANAD, env=environ(tmp_path), stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
        yield running
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait(10)


def members(session: int) -> list[str]:
    """What runs in a session, by its command."""
    listed = subprocess.run(
        ["ps", "-s", str(session), "-o", "stat=,args="], capture_output=True, text=True, check=False
    )
    return [line for line in listed.stdout.splitlines() if not line.startswith("Z")]


@pytest.mark.slow
def test_ctrl_c_leaves_no_process_no_port_and_no_file(demo: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert until(lambda: b"in a browser" in out.read_bytes()), out.read_bytes()
    page = int(out.read_text().partition("http://127.0.0.1:")[2].split()[0])
    assert len(members(demo.pid)) > 10

    os.killpg(demo.pid, signal.SIGINT)

    assert demo.wait(30) == 0
    assert until(lambda: members(demo.pid) == [], seconds=10), members(demo.pid)
    assert out.read_text().rstrip().endswith("ending")
    assert list(tmp_path.glob("sanad-demo-*")) == []
    with socket.socket() as probe:
        probe.settimeout(1)
        assert probe.connect_ex(("127.0.0.1", page)) != 0


@pytest.mark.slow
def test_a_port_that_was_asked_for_and_is_taken_is_refused_at_once(tmp_path: Path) -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        port = somebody.getsockname()[1]

        ended = subprocess.run(
            [*SANAD, "--port", str(port)],
            env=environ(tmp_path),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"sanad: Port {port} is in use by another program. Choose another, for example: ")
    assert list(tmp_path.glob("sanad-demo-*")) == []
