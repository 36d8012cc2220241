"""Every form of a number is found in every place where one could stand: the search is proved before it is trusted."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from rq import Queue
from rq.results import Result
from rq.serializers import JSONSerializer

from gateway.core.leaks import Needles, find
from gateway.core.phone import PhoneNumber
from gateway.storage.inspection import everything, written_files

HERS = "+9647701234567"
NEEDLES = Needles.for_numbers([PhoneNumber.parse(HERS)])
SPELLINGS = ("+9647701234567", "9647701234567", "009647701234567", "07701234567", "7701234567")
ARABIC, PERSIAN = (str.maketrans("0123456789", digits) for digits in ("٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"))


def _forms() -> Iterator[tuple[str, str]]:
    """All forms, by name; as text, so that each can stand in a log line as well."""
    yield from (("whole", spelling) for spelling in SPELLINGS)
    yield from ((f"last {length}", HERS[-length:]) for length in range(4, 10))
    for name, script in (("Arabic-Indic", ARABIC), ("Persian", PERSIAN)):
        yield from ((f"{name} {length}", HERS[-length:].translate(script)) for length in (4, 7, 10, 12))
    yield from (("spaced", text) for text in ("+964 770 123 4567", "0770 123 45 67", "0 7 7 0 1 2 3 4 5 6 7"))
    yield from (("dashed", text) for text in ("0770-123-4567", "(0770) 123.4567", "964/770/1234567"))
    yield from (("backwards", spelling.strip("+")[::-1]) for spelling in SPELLINGS)
    yield from ((f"base64, {before} before", base64.b64encode(b"\xfe" * before + text + b"\xfe").decode())
                for before in range(3) for text in (HERS.encode(), b"07701234567", b"1234567"))  # fmt: skip
    yield from (("hex", text.encode().hex()) for text in (HERS, "07701234567", "1234567"))
    yield from ((f"{name} in hex", hashlib.new(name, text.encode()).hexdigest())
                for name in ("md5", "sha1", "sha256") for text in SPELLINGS)  # fmt: skip
    yield from ((f"{name} in base64", base64.b64encode(hashlib.new(name, text.encode()).digest()).decode())
                for name in ("md5", "sha1", "sha256") for text in SPELLINGS)  # fmt: skip


FORMS = tuple(_forms())


def plant_a_job(client: redis.Redis, text: str) -> None:
    """A job whose argument it is, as RQ writes one."""
    _queue(client).enqueue_call("x", args=(text,), description="-")


def plant_a_traceback(client: redis.Redis, text: str) -> None:
    """The result of a job that failed with it, as RQ writes one: base64 of zlib in a stream."""
    job = _queue(client).enqueue_call("x", description="-")
    Result.create_failure(job, 600, f'Traceback:\n  File "x.py", line 1\nValueError: no such number: {text}\n')
    client.delete(job.key)


def plant_a_description(client: redis.Redis, text: str) -> None:
    """What RQ writes of a job that nobody described."""
    _queue(client).enqueue_call("x", args=("a",), description=f"x('{text}')")


def _queue(client: redis.Redis) -> Queue:
    return Queue("work", connection=client, serializer=JSONSerializer)


PLACES: dict[str, Callable[[redis.Redis, str], object]] = {
    "a key": lambda client, text: client.set(f"open:{text}", b"x"),
    "a string": lambda client, text: client.set("a", json.dumps({"note": text, "at": "2026-11-24T09:00:00Z"})),
    "a field's name": lambda client, text: client.hset("a", text, b"x"),
    "a field": lambda client, text: client.hset("a", "b", text),
    "a member of a set": lambda client, text: client.sadd("a", text),
    "a member of a sorted set": lambda client, text: client.zadd("a", {text: 1}),
    "an item of a list": lambda client, text: client.rpush("a", text),
    "a field of a stream": lambda client, text: client.xadd("a", {"b": text}),
    "a field's name in a stream": lambda client, text: client.xadd("a", {text: "b"}),
    "a job": plant_a_job,
    "a job's description": plant_a_description,
    "the traceback of a job": plant_a_traceback,
}


@pytest.mark.parametrize("place", PLACES)
def test_every_form_is_found_in_every_place_of_the_store(store_client: redis.Redis, place: str) -> None:
    missed = []
    for name, text in FORMS:
        store_client.flushall()
        PLACES[place](store_client, text)
        if not any(find(NEEDLES, label, content) for label, content in everything(store_client)):
            missed.append(f"{name}: {text}")

    assert not missed


def test_a_number_that_is_a_score_is_found(store_client: redis.Redis) -> None:
    store_client.zadd("a", {"x": int(HERS.strip("+"))})

    assert any(find(NEEDLES, label, content) for label, content in everything(store_client))


# What processes write besides: a line of a log, metrics, a page, a file of any kind.
PAPERS = {
    "a line of a log": '{{"event": "x", "note": "{}", "at": "2026-11-24T09:00:00.123456Z"}}\n',
    "a line of a plain log": "7:M 24 Nov 2026 09:00:00.123 * x {} y\n",
    "metrics": '# TYPE calls counter\ncalls{{to="{}"}} 3\n',
    "a page": "<!doctype html><p>x <td>{}</td></p>\n",
    "an address": "POST /twilio/voice?from={}&step=3 HTTP/1.1\n",
    "a file": "x {}\n",
}


@pytest.mark.parametrize("paper", PAPERS)
def test_every_form_is_found_in_everything_that_is_written(tmp_path: Path, paper: str) -> None:
    missed = []
    for name, text in FORMS:
        (tmp_path / "written").write_text(PAPERS[paper].format(text), encoding="utf-8")
        if not any(find(NEEDLES, path.name, content) for path, content in written_files(tmp_path)):
            missed.append(f"{name}: {text}")

    assert not missed


def test_every_form_is_found_in_the_name_of_a_file_and_of_a_folder(tmp_path: Path) -> None:
    missed = []
    for place, (name, text) in enumerate(FORMS):
        folder = tmp_path / f"f{chr(ord('a') + place % 26)}{chr(ord('a') + place // 26)}"
        for file in (folder / "one" / f"{text.replace('/', '_')}.log", folder / "two" / text.replace("/", "_") / "x"):
            file.parent.mkdir(parents=True)
            file.write_bytes(b"")
        if not all(find(NEEDLES, "x", content) for path, content in written_files(folder)):
            missed.append(f"{name}: {text}")

    assert not missed


@pytest.mark.parametrize("paper", PAPERS)
def test_the_same_papers_without_a_number_are_innocent(tmp_path: Path, paper: str) -> None:
    (tmp_path / "written").write_text(PAPERS[paper].format("olive silver"), encoding="utf-8")

    assert not any(find(NEEDLES, path.name, content) for path, content in written_files(tmp_path))
