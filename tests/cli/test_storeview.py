"""The view of the store: everything is in it, readable, and no sealed box is opened or thrown about."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from rq import Queue
from rq.serializers import JSONSerializer

from gateway.cli.storeview import StoreView
from gateway.core.case import Alias, Case, State
from gateway.core.identity import CaseId
from gateway.core.windows import SafeTime
from gateway.storage import keys
from gateway.storage.codec import Codec
from gateway.storage.connect import connect

NOW = datetime(2026, 1, 1, 10, tzinfo=UTC)
BOX = bytes.fromhex("8f3a9c41d207be5510e86b93ffff") + b"\x80" * 1154
HER_CASE = Case(
    id=CaseId("abcdefgh"), alias=Alias("olive", "silver"), state=State.WAITING, requested_at=NOW, secret="71",
    safe_time=next(iter(SafeTime)), may_ring=True, attempts_left=3, answers={"deadline": "today"}, due_at=NOW,
    closes_at=NOW + timedelta(hours=1), look_again_at=NOW,
)  # fmt: skip


@pytest.fixture
def view(store_url: str) -> Iterator[StoreView]:
    running = StoreView(connect(store_url))
    running.start()
    yield running
    running.stop()


def shown(view: StoreView) -> dict[str, dict[str, Any]]:
    with urllib.request.urlopen(view.url, timeout=5) as answer:
        return {entry["key"]: entry for entry in json.load(answer)["keys"]}


def test_an_empty_store_holds_nothing(view: StoreView) -> None:
    assert shown(view) == {}


def test_a_case_is_laid_out_and_summed_up(view: StoreView, store_client: redis.Redis) -> None:
    store_client.set(keys.case("abcdefgh"), Codec().from_case(HER_CASE))

    entry = shown(view)["case:abcdefgh"]

    assert entry["kind"] == "string"
    assert '  "state": "waiting",' in entry["lines"]
    assert entry["case"] == {
        "alias": "olive silver",
        "state": "waiting",
        "urgency": "p1",
        "due_at": "2026-01-01T10:00:00+00:00",
        "secret": "71",
    }


def test_a_case_of_another_version_is_shown_without_a_summary(view: StoreView, store_client: redis.Redis) -> None:
    store_client.set(keys.case("abcdefgh"), b'{"colour": "green"}')

    entry = shown(view)["case:abcdefgh"]

    assert entry["lines"] == ["{", '  "colour": "green"', "}"]
    assert entry["case"] is None


def test_a_sealed_box_is_named_by_its_size_and_its_first_bytes(view: StoreView, store_client: redis.Redis) -> None:
    store_client.hset(keys.sealed("abcdefgh"), mapping={"epoch": b"2026-01-01", "box": BOX})

    entry = shown(view)["sealed:abcdefgh"]

    assert entry["sealed"] is True
    assert entry["lines"] == ["box: sealed, 1168 bytes: 8f 3a 9c 41 d2 07 be 55 10 e8 6b 93 ...", "epoch: 2026-01-01"]


def test_every_type_that_the_store_has_is_readable(view: StoreView, store_client: redis.Redis) -> None:
    store_client.zadd(keys.LATER, {"abcdefgh": 12})
    store_client.sadd(keys.ROSTER, "huda", "amal")
    store_client.rpush("list", "first", "second")
    store_client.xadd("stream", {"field": "value"}, id="1-1")
    store_client.set(keys.PACE, "17")

    found = {name: entry["lines"] for name, entry in shown(view).items()}

    assert found == {
        "later": ["12: abcdefgh"],
        "roster": ["amal", "huda"],
        "list": ["first", "second"],
        "stream": ["1-1 field: value"],
        "pace": ["17"],
    }


def test_jobs_are_counted_not_listed(view: StoreView, store_client: redis.Redis) -> None:
    queue = Queue("work", connection=store_client, serializer=JSONSerializer)
    for _ in range(3):
        queue.enqueue_call("dispatch", description="-")

    found = {name: entry["lines"] for name, entry in shown(view).items()}

    assert found["rq:queue:work"] == ["3"]
    assert found["rq:job:*"] == ["3"]
    assert not any(name.startswith("rq:job:") and name != "rq:job:*" for name in found)


def test_there_is_one_page_and_no_other(view: StoreView) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"{view.url}other", timeout=5)


@pytest.mark.parametrize("host", ["attacker.example", "attacker.example:80", ""])
def test_a_page_from_elsewhere_reads_nothing(view: StoreView, host: str) -> None:
    asked = urllib.request.Request(view.url, headers={"Host": host})

    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(asked, timeout=5)


def test_a_store_that_is_down_is_told_in_a_word_and_not_by_its_commands(
    capfd: pytest.CaptureFixture[str],
) -> None:
    view = StoreView(connect("redis://127.0.0.1:1"))
    view.start()

    with pytest.raises(urllib.error.HTTPError, match="503") as refusal:
        urllib.request.urlopen(view.url, timeout=5)

    assert b"redis" not in refusal.value.read().lower()
    assert capfd.readouterr().err == ""
    view.stop()


def test_it_can_be_stopped_twice_and_started_again(store_url: str) -> None:
    view = StoreView(connect(store_url))
    view.start()
    view.stop()
    view.stop()

    view.start()

    assert shown(view) == {}
    view.stop()
