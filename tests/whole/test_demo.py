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


def page_of(out: Path) -> int:
    """The port of the page, once the phones are there."""
    assert until(lambda: b"in a browser" in out.read_bytes()), out.read_bytes()
    return int(out.read_text().partition("http://127.0.0.1:")[2].split()[0])


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_ctrl_c_and_a_closed_window_leave_no_process_no_port_and_no_file(
    demo: "subprocess.Popen[bytes]", tmp_path: Path, number: signal.Signals
) -> None:
    page = page_of(tmp_path / "out")
    assert len(members(demo.pid)) > 10

    os.killpg(demo.pid, number)

    assert demo.wait(30) == 0
    assert until(lambda: members(demo.pid) == [], seconds=10), members(demo.pid)
    assert (tmp_path / "out").read_text().rstrip().endswith("ending")
    assert list(tmp_path.glob("sanad-demo-*")) == []
    assert not is_open(page)


@pytest.mark.slow
def test_ctrl_c_while_it_starts_ends_it_at_once(demo: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    assert until(lambda: len(members(demo.pid)) > 4)

    os.killpg(demo.pid, signal.SIGINT)

    assert demo.wait(30) == 0
    assert until(lambda: members(demo.pid) == [], seconds=10), members(demo.pid)
    assert list(tmp_path.glob("sanad-demo-*")) == []


@pytest.mark.slow
def test_a_signal_to_the_told_case_alone_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    told = subprocess.Popen(
        [*SANAD, "--scripted"], env=environ(tmp_path), stdout=subprocess.DEVNULL, start_new_session=True
    )
    assert until(lambda: len(members(told.pid)) > 10)

    told.send_signal(signal.SIGHUP)

    assert told.wait(30) == 1
    assert until(lambda: members(told.pid) == [], seconds=10), members(told.pid)
    assert list(tmp_path.glob("sanad-demo-*")) == []


@pytest.mark.slow
def test_a_reader_who_is_gone_does_not_end_the_demo(tmp_path: Path) -> None:
    demo = subprocess.Popen(SANAD, env=environ(tmp_path), stdout=subprocess.PIPE, start_new_session=True)
    assert demo.stdout is not None
    demo.stdout.readline()

    demo.stdout.close()

    runs = list(tmp_path.glob("sanad-demo-*"))
    assert until(lambda: any((run / "house" / "logs" / "clock.log").exists() for run in runs))
    assert not until(lambda: demo.poll() is not None, seconds=8)
    demo.terminate()
    assert demo.wait(30) == 0
    assert until(lambda: members(demo.pid) == [], seconds=10), members(demo.pid)


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
