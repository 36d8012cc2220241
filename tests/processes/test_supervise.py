"""All processes together: who crashes takes nobody along, each sees only its own settings, one signal ends all."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import redis

from config.settings import BrokenSettings
from gateway.storage.embedded import EmbeddedStore
from gateway.supervise import environments, keeper, procfile, up

RUN = """
import json, os, pathlib, sys
from gateway.supervise import up
sys.exit(up(json.loads(sys.argv[1]), os.environ, store_folder=pathlib.Path(sys.argv[2])))
"""


Hotlines = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def hotlines(tmp_path: Path) -> Iterator[Hotlines]:
    """Starts processes, by name, together with the embedded store."""
    started: list[subprocess.Popen[str]] = []

    def start(processes: dict[str, str], before: Sequence[str] = (), **settings: str) -> "subprocess.Popen[str]":
        command = [*before, sys.executable, "-c", RUN, json.dumps(processes), str(tmp_path / "store")]
        environ = {**os.environ, "TWILIO_AUTH_TOKEN": "very-secret", "SOMETHING_ELSE": "very-secret", **settings}
        started.append(
            subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        )
        return started[-1]

    yield start
    for running in started:
        running.terminate()
        try:
            running.wait(20)
        finally:
            running.kill()


@pytest.fixture
def hotline(hotlines: Hotlines, tmp_path: Path) -> "subprocess.Popen[str]":
    """A crashing worker and a steady clock."""
    crashing = f"sh -c 'env >> {tmp_path}/worker.env; echo run >> {tmp_path}/worker; exit 1'"
    steady = f"sh -c 'echo $$ >> {tmp_path}/clock; exec sleep 60'"
    return hotlines({"worker": crashing, "clock": steady})


def until(happened: Callable[[], bool], *, seconds: float = 15.0) -> bool:
    deadline = time.monotonic() + seconds
    while not (done := happened()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return done


def answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


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

    assert "REDIS_URL=unix://worker:" in seen
    assert "very-secret" not in seen


def test_each_process_is_given_the_address_of_its_own_user_only() -> None:
    urls = {"worker": "unix://worker:a@/s", "clock": "unix://clock:b@/s"}

    seen = environments({"worker": "", "clock": ""}, {"REDIS_URL": "unix://owner:c@/s"}, store_urls=urls)

    assert {name: environ["REDIS_URL"] for name, environ in seen.items()} == urls


def test_of_a_folder_of_addresses_each_process_is_given_its_own_file(tmp_path: Path) -> None:
    seen = environments({"worker": "", "clock": ""}, {"REDIS_URL_FILE": str(tmp_path)})

    assert {name: environ["REDIS_URL_FILE"] for name, environ in seen.items()} == {
        "worker": str(tmp_path / "worker.url"),
        "clock": str(tmp_path / "clock.url"),
    }


def test_a_file_with_one_address_is_given_to_all(tmp_path: Path) -> None:
    (tmp_path / "store.url").write_text("redis://127.0.0.1")

    seen = environments({"worker": "", "clock": ""}, {"REDIS_URL_FILE": str(tmp_path / "store.url")})

    assert {environ["REDIS_URL_FILE"] for environ in seen.values()} == {str(tmp_path / "store.url")}


def test_the_store_that_is_started_again_by_its_keeper_knows_the_same_users(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path / "store", launcher=keeper()) as store, redis.Redis.from_url(store.url) as client:
        before = client.info("server")["process_id"]

        store.kill()
        came_back = until(lambda: answers(store.urls["web"]))

        assert came_back
        assert client.info("server")["process_id"] != before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_one_signal_ends_all_and_the_store_last(
    hotline: "subprocess.Popen[str]", tmp_path: Path, number: signal.Signals
) -> None:
    until(lambda: bool(lines(tmp_path / "clock")))
    pids = [int(lines(tmp_path / "clock")[0]), int((tmp_path / "store" / "store.pid").read_text())]

    hotline.send_signal(number)
    hotline.communicate(timeout=20)

    assert not any(lives(pid) for pid in pids)
    assert not (tmp_path / "store" / "store.pid").exists()  # the store removes it when it ends in good order


def test_a_terminal_that_is_closed_ends_all(tmp_path: Path) -> None:
    terminal, inside = os.openpty()
    processes = json.dumps({"clock": f"sh -c 'echo $$ >> {tmp_path}/clock; while true; do echo on; sleep 0.1; done'"})
    opened = f"import fcntl, os, termios; os.setsid(); fcntl.ioctl(1, termios.TIOCSCTTY, 0); exec({RUN!r})"
    command = [sys.executable, "-c", opened, processes, str(tmp_path / "store")]
    hotline = subprocess.Popen(command, stdin=inside, stdout=inside, stderr=inside)
    os.close(inside)
    until(lambda: bool(lines(tmp_path / "clock")))
    pids = [int(lines(tmp_path / "clock")[0]), int((tmp_path / "store" / "store.pid").read_text())]

    os.close(terminal)

    assert hotline.wait(20) == 128 + signal.SIGTERM
    assert not any(lives(pid) for pid in pids)


def test_a_window_that_is_closed_ends_nothing_that_was_started_to_outlive_it(
    hotlines: Hotlines, tmp_path: Path
) -> None:
    hotline = hotlines({"clock": f"sh -c 'echo $$ >> {tmp_path}/clock; exec sleep 60'"}, before=("nohup",))
    until(lambda: bool(lines(tmp_path / "clock")))

    hotline.send_signal(signal.SIGHUP)
    time.sleep(0.5)

    assert hotline.poll() is None
    assert lives(int(lines(tmp_path / "clock")[0]))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_reader_who_is_gone_takes_nobody_along_and_signals_are_heard_all_the_same(
    hotline: "subprocess.Popen[str]", tmp_path: Path, number: signal.Signals
) -> None:
    until(lambda: bool(lines(tmp_path / "clock")))
    runs = len(lines(tmp_path / "worker"))
    assert hotline.stdout is not None

    hotline.stdout.close()
    goes_on = until(lambda: len(lines(tmp_path / "worker")) >= runs + 3)

    pids = [int(lines(tmp_path / "clock")[0]), int((tmp_path / "store" / "store.pid").read_text())]
    assert goes_on
    assert len(lines(tmp_path / "clock")) == 1
    assert all(lives(pid) for pid in pids)
    hotline.send_signal(number)
    assert hotline.wait(20) == 128 + number
    assert not any(lives(pid) for pid in pids)


def test_a_reader_who_does_not_read_holds_nobody_up(hotlines: Hotlines, tmp_path: Path) -> None:
    line = "seq -s . 20000"  # some 110 kB, more than a pipe holds
    talking = f"sh -c 'while true; do {line}; echo run >> {tmp_path}/talks; sleep 0.1; done'"
    hotline = hotlines({"worker": talking})

    goes_on = until(lambda: len(lines(tmp_path / "talks")) >= 8)

    assert goes_on
    hotline.terminate()
    assert hotline.wait(20) == 128 + signal.SIGTERM


def test_a_signal_in_the_first_moment_leaves_nothing_running(hotlines: Hotlines, tmp_path: Path) -> None:
    busy = dict.fromkeys(("web", "worker", "clock"), f"sh -c 'echo $$ >> {tmp_path}/pids; exec sleep 60'")
    settings = {"PUBLIC_URL": "https://sanad.example.org", "HOTLINE_NUMBER": "+9647300000100"}
    hotline = hotlines(busy, **settings)
    until(lambda: bool(lines(tmp_path / "pids")))

    hotline.terminate()
    hotline.communicate(timeout=20)

    assert until(lambda: not any(lives(int(pid)) for pid in lines(tmp_path / "pids")))
    assert not (tmp_path / "store" / "store.pid").exists()  # the store removes it when it ends in good order


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
