"""`sanad doctor --leaks`: a number is found wherever it may not be, and told by its place only."""

import base64
import hashlib
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import redis
from click.testing import CliRunner, Result
from rq import Queue
from rq.serializers import JSONSerializer

from gateway.cli.main import sanad
from gateway.storage.embedded import EmbeddedStore
from gateway.storage.users import OPERATOR

HERS = "+9647701234567"
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
FORMS = {
    "whole": HERS,
    "national": "07701234567",
    "nine": "701234567",
    "seven": "1234567",
    "four": "4567",
    "arabic": "07701234567".translate(ARABIC),
    "spaced": "0770 123 45 67",
    "one by one": "4 5 6 7",
    "backwards": "7654321077",
    "base64": base64.b64encode(HERS.encode()).decode(),
    "hex": HERS.encode().hex(),
    "md5": hashlib.md5(b"07701234567", usedforsecurity=False).hexdigest(),
    "sha1": hashlib.sha1(b"9647701234567", usedforsecurity=False).hexdigest(),
    "sha256": hashlib.sha256(HERS.encode()).hexdigest(),
}


@pytest.fixture
def numbers(tmp_path: Path) -> Path:
    file = tmp_path / "numbers.txt"
    file.write_text(f"{HERS}\n\n", encoding="utf-8")
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "store"
    made.mkdir()
    return made


def search(numbers: Path, store: EmbeddedStore, folder: Path, *also: str) -> Result:
    places = [word for place in also for word in ("--also", place)]
    environ = {"REDIS_URL": store.urls[OPERATOR]}
    arguments = ["doctor", "--leaks", str(numbers), "--store", str(folder), *places]
    return CliRunner().invoke(sanad, arguments, env=environ, catch_exceptions=True)


def is_silent_about_her(result: Result) -> bool:
    return not any(form in f"{result.output}{result.exception!r}" for form in FORMS.values())


def test_a_house_without_leaks_is_told_so_with_what_was_searched(
    numbers: Path, embedded_store: EmbeddedStore, store_client: redis.Redis, folder: Path
) -> None:
    store_client.set("case:a", b'{"alias": "olive silver", "requested_at": "2026-11-24T09:00:00+00:00"}')
    (folder / "store.log").write_text("1:M 24 Nov 2026 09:00:00.456 * ready\n")

    found = search(numbers, embedded_store, folder)

    assert (found.exit_code, found.output.splitlines()[-1]) == (0, "no leak found")
    assert "1 number and its last 4 to 9 digits, looked for in 2 keys, files and pages" in found.output


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_found_in_a_value_a_file_and_a_log_and_never_repeated(
    numbers: Path, embedded_store: EmbeddedStore, store_client: redis.Redis, folder: Path, form: str
) -> None:
    logs = numbers.parent / "logs"
    store_client.set("case:a", f'{{"note": "{FORMS[form]}"}}')
    (folder / "deep").mkdir()
    (folder / "deep" / "copy.aof").write_text(f"*1\r\n$9\r\n{FORMS[form]}\r\n", newline="")
    logs.mkdir()
    (logs / "web.log").write_text(json.dumps({"event": FORMS[form]}) + "\n")

    found = search(numbers, embedded_store, folder, str(logs))

    places = {line.split(": ")[0] for line in found.output.splitlines() if "holds a number" in line}
    assert places == {"store, case:a", str(folder / "deep" / "copy.aof"), str(logs / "web.log")}
    assert found.exit_code == 1
    assert is_silent_about_her(found)


@pytest.mark.parametrize("kind", ["key", "field", "member", "list", "stream"])
def test_a_number_is_found_in_every_kind_of_key(
    numbers: Path, embedded_store: EmbeddedStore, store_client: redis.Redis, folder: Path, kind: str
) -> None:
    match kind:
        case "key":
            store_client.set(f"open:{HERS}", b"x")
        case "field":
            store_client.hset("h", HERS, b"x")
        case "member":
            store_client.zadd("z", {HERS: 1})
        case "list":
            store_client.rpush("l", HERS)
        case "stream":
            store_client.xadd("s", {"a": HERS})

    found = search(numbers, embedded_store, folder)

    assert "holds a number or a part of one, as E.164" in found.output
    assert isinstance(found.exception, SystemExit)
    assert is_silent_about_her(found)


def test_a_number_in_a_job_of_the_queue_is_found_though_it_is_packed(
    numbers: Path, embedded_store: EmbeddedStore, store_client: redis.Redis, folder: Path
) -> None:
    Queue("work", connection=store_client, serializer=JSONSerializer).enqueue_call("x", args=(HERS,), description="-")

    found = search(numbers, embedded_store, folder)

    assert any(line.startswith("store, rq:job:") for line in found.output.splitlines())
    assert is_silent_about_her(found)


@pytest.mark.parametrize("told", ["1 leak found", "2 leaks found"])
def test_leaks_are_counted_as_people_count(
    numbers: Path, embedded_store: EmbeddedStore, store_client: redis.Redis, folder: Path, told: str
) -> None:
    for key in "ab"[: int(told[0])]:
        store_client.set(key, HERS)

    assert search(numbers, embedded_store, folder).output.splitlines()[-1] == told


def test_two_numbers_are_spoken_of_as_two(numbers: Path, embedded_store: EmbeddedStore, folder: Path) -> None:
    numbers.write_text(f"{HERS}\n+9647701234568\n")

    assert "2 numbers and their last 4 to 9 digits" in search(numbers, embedded_store, folder).output


def test_a_number_in_a_files_name_is_found(numbers: Path, embedded_store: EmbeddedStore, folder: Path) -> None:
    (folder / "07701234567.txt").write_text("nothing")

    found = search(numbers, embedded_store, folder)

    assert found.exit_code == 1
    assert "[number].txt: holds a number" in found.output


def test_the_length_of_a_sealed_box_in_the_append_only_file_is_no_number(
    numbers: Path, embedded_store: EmbeddedStore, folder: Path
) -> None:
    numbers.write_text("+9647701231168\n")
    (folder / "store.1.incr.aof").write_bytes(b"*2\r\n$3\r\nGET\r\n$1168\r\n" + b"x" * 1168 + b"\r\n")

    assert search(numbers, embedded_store, folder).exit_code == 0


@pytest.fixture
def page() -> Iterator[str]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"# TYPE cases gauge\ncases 3\n" if self.path == "/well" else b"<td>0770 123 4567</td>")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_pages_and_metrics_are_searched_by_their_address(
    numbers: Path, embedded_store: EmbeddedStore, store_url: str, folder: Path, page: str
) -> None:
    assert search(numbers, embedded_store, folder, f"{page}/well").exit_code == 0

    found = search(numbers, embedded_store, folder, f"{page}/leaking")

    assert found.exit_code == 1
    assert "/leaking: holds a number or a part of one, as national" in found.output


@pytest.mark.parametrize("place", ["/nowhere/at/all", "http://127.0.0.1:9/metrics"])
def test_a_place_that_cannot_be_searched_is_no_clean_one(
    numbers: Path, embedded_store: EmbeddedStore, store_url: str, folder: Path, place: str
) -> None:
    found = search(numbers, embedded_store, folder, place)

    assert found.exit_code == 1
    assert "no leak found" not in found.output
    assert "nothing was found there or not found" in str(found.exception)


@pytest.mark.parametrize("text", ["", "\n\n", "0770 123\n", f"{HERS}\nnot a number 4567\n"])
def test_a_file_without_numbers_is_refused_without_its_text(
    numbers: Path, embedded_store: EmbeddedStore, store_url: str, folder: Path, text: str
) -> None:
    numbers.write_text(text)

    found = search(numbers, embedded_store, folder)

    assert found.exit_code == 1
    assert "no leak found" not in found.output
    assert "file of numbers" in str(found.exception)
    assert "4567" not in str(found.exception)
    assert "0770" not in str(found.exception)


def test_of_many_numbers_short_tails_are_left_out_and_that_is_said(
    numbers: Path, embedded_store: EmbeddedStore, store_client: redis.Redis, folder: Path
) -> None:
    numbers.write_text("\n".join(f"+96477012{place:05d}" for place in range(10_000, 10_021)))
    store_client.set("a", b"0005 0010")

    found = search(numbers, embedded_store, folder)

    assert found.exit_code == 0
    assert "shorter tails are found everywhere by chance; give fewer" in found.output


def test_short_digits_that_are_found_may_be_chance_and_that_is_said(
    numbers: Path, embedded_store: EmbeddedStore, store_client: redis.Redis, folder: Path
) -> None:
    store_client.set("rq:worker:x", b"pid 4567")

    found = search(numbers, embedded_store, folder)

    assert found.exit_code == 1
    assert "can stand there by chance (a process id, a length, a port)" in found.output


def test_a_user_who_may_not_read_all_is_told_so_instead_of_no_leak(
    numbers: Path, embedded_store: EmbeddedStore, store_client: redis.Redis, folder: Path
) -> None:
    environ = {"REDIS_URL": embedded_store.urls["clock"]}

    found = CliRunner().invoke(
        sanad, ["doctor", "--leaks", str(numbers), "--store", str(folder)], env=environ, catch_exceptions=True
    )

    assert found.exit_code == 1
    assert "no leak found" not in found.output
    assert "may not read all of it" in str(found.exception)
