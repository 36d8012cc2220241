"""`sanad up` as it is typed, with every process: it outlives who reads it, and its end leaves nothing."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway import bootstrap
from gateway.cli.ports import free_port, why_not_free
from gateway.storage import keyfiles

SANAD = str(Path(sys.executable).with_name("sanad"))


def until(happened: Callable[[], bool], *, seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not (done := happened()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return done


def answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def processes_of(folder: Path) -> list[str]:
    """Who was started with a setting or an argument that lies in this folder, by its command."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command, environ = (process / "cmdline").read_bytes(), (process / "environ").read_bytes()
        except OSError:
            continue  # it has ended meanwhile, or is another user's
        if bytes(folder) in command + environ and command:
            found.append(command.replace(b"\0", b" ").decode(errors="replace"))
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found by Linux' /proc")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_after_its_reader_is_gone_it_answers_and_one_signal_leaves_no_process_and_no_port(
    tmp_path: Path, number: signal.Signals
) -> None:
    keyfiles.initialise(tmp_path / "keys", bootstrap.utc_now().date())
    web, console = free_port(0), free_port(0)
    environ = {
        "PATH": os.environ["PATH"],
        "PUBLIC_URL": "https://sanad.example.org",
        "TWILIO_ACCOUNT_SID": "AC1",
        "TWILIO_AUTH_TOKEN": "a-very-secret-token",
        "TWILIO_API_BASE": "http://127.0.0.1:9",
        "HOTLINE_NUMBER": "+9647300000100",
        "SANAD_KEYS": str(tmp_path / "keys"),
        "WEB_PORT": str(web),
        "CONSOLE_PORT": str(console),
    }
    hotline = subprocess.Popen([SANAD, "up", "--store", str(tmp_path / "store")], env=environ, stdout=subprocess.PIPE)
    assert hotline.stdout is not None
    assert hotline.stdout.readline().startswith(b"all is in order")

    hotline.stdout.close()

    assert until(lambda: answers(web, "/readyz") and answers(console, "/readyz"))
    assert len(processes_of(tmp_path)) > 10
    hotline.send_signal(number)
    assert hotline.wait(30) != 0
    assert processes_of(tmp_path) == []
    assert [why_not_free(port) for port in (web, console)] == [None, None]
