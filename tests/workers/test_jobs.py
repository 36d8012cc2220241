"""A worker runs what is named in `gateway.jobs` on its own queue, with ids for arguments, and nothing else at all."""

import json
import os
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from rq import Queue
from rq.job import Job
from rq.serializers import DefaultSerializer, JSONSerializer
from rq.webhook import Webhook

from gateway import bootstrap
from gateway.jobs import QUEUE_OF, Bell, JobName, QueueName
from gateway.storage.connect import connect
from gateway.storage.store import RedisStore
from tests.workers.conftest import Shop
from tests.workers.program import CRASHED_WITH

LAST = "thelastone"


def ring(shop: Shop, *bells: Bell) -> None:
    store = RedisStore(connect(shop.url), clock=bootstrap.utc_now)
    for bell in bells:
        store.ring(bell)


def ring_the_last(shop: Shop) -> None:
    """Ring for a good job behind all others, and wait for it: whatever came before it has been dealt with."""
    ring(shop, Bell(JobName.HANG_UP, (LAST,)))
    assert shop.until(lambda: f"hang_up {LAST}" in shop.done()), shop.log()


def forge(shop: Shop, func: str, *arguments: object, queue: str = "dial", **fields: object) -> str:
    """Put a job of our own making on a queue, as somebody could who can write to the store."""
    raw = Queue(queue, connection=shop.client, serializer=JSONSerializer)
    job = raw.enqueue_call(func, args=arguments, description="-", result_ttl=0, failure_ttl=3600)
    if fields:
        shop.client.hset(job.key, mapping=fields)  # type: ignore[arg-type]
    return job.id


def packed(data: object) -> bytes:
    return zlib.compress(json.dumps(data).encode())


def failed(shop: Shop) -> list[str]:
    return list(Queue("dial", connection=shop.client).failed_job_registry.get_job_ids())


# --- what is run ---


def test_a_named_job_is_run_with_its_arguments_and_leaves_nothing(shop: Shop) -> None:
    shop.start("dial")

    ring(shop, Bell(JobName.RING_RESPONDER, ("acase", "atoken")))
    ring_the_last(shop)

    assert shop.done() == ["ring_responder acase atoken", f"hang_up {LAST}"]
    assert shop.until(lambda: not shop.client.keys("rq:job:*"))
    assert shop.client.keys("rq:results:*") == []
    assert CRASHED_WITH.encode() not in shop.kept_by_rq()


def test_a_job_is_run_on_its_own_queue_only(shop: Shop) -> None:
    shop.start("dial")

    forge(shop, "dispatch")  # a name of ours, on the queue of another worker
    ring_the_last(shop)

    assert shop.done() == [f"hang_up {LAST}"]


def test_every_job_has_one_queue() -> None:
    assert set(QUEUE_OF) == set(JobName)
    assert set(QUEUE_OF.values()) == set(QueueName)


# --- what is not ---


def test_no_forged_job_runs_anything_or_leaves_a_traceback(shop: Shop, tmp_path: Path) -> None:
    target = tmp_path / "forged"
    touch = f"touch {target}"
    forge(shop, "os.system", touch)
    forge(shop, "subprocess.getoutput", touch)
    forge(shop, "builtins.exec", f"open({str(target)!r}, 'w')")
    forge(shop, "gateway.bootstrap.turn_keys", "a")
    forge(shop, "hang_up.__call__", "a")
    forge(shop, "HANG_UP", "a")
    forge(shop, "", "a")
    forge(shop, "hang_up", *["a"] * 5)
    forge(shop, "hang_up", "a" * 65)
    forge(shop, "hang_up", "+9647715550142")
    forge(shop, "hang_up", "two words")
    forge(shop, "hang_up", "../etc")
    forge(shop, "hang_up", "new\nline")
    forge(shop, "hang_up", "٠٧٧١")
    forge(shop, "hang_up", 7)
    forge(shop, "hang_up", None)
    forge(shop, "hang_up", ["a"])
    forge(shop, "hang_up", {"a": "b"})
    forge(shop, "hang_up", data=packed(["hang_up", None, [], {"call": "a"}]))
    forge(shop, "hang_up", data=packed(["os.system", None, [touch], {}]))
    forge(shop, "hang_up", data=packed(["system", {"instance": 1}, [touch], {}]))
    forge(shop, "hang_up", success_callback_name="os.system", failure_callback_name="os.system")

    shop.start("dial")
    ring_the_last(shop)

    assert not target.exists()
    assert [entry for entry in shop.done() if entry != f"hang_up {LAST}"] == ["hang_up"]  # the last: without callbacks
    assert b"Traceback" not in shop.kept_by_rq()
    assert shop.log().count("job_refused") >= 15


def test_a_job_whose_data_is_no_job_runs_nothing_and_leaves_no_traceback(shop: Shop) -> None:
    for data in (
        b"",
        b"no compressed bytes",
        zlib.compress(b"\xff\xfe not json"),
        packed(7),
        packed({"a": 1}),
        packed(["hang_up"]),
        packed(["hang_up", None, 7, {}]),
        packed(["hang_up", None, None, None]),
        packed(["hang_up", None, {"a": "b"}, {}]),
        packed([["hang_up"], None, ["a"], {}]),
        packed([{"a": 1}, None, ["a"], {}]),
        packed([None, None, ["a"], {}]),
        zlib.compress(DefaultSerializer.dumps(("os.system", None, ("true",), {}))),
    ):
        forge(shop, "hang_up", "a", data=data)

    shop.start("dial")
    ring_the_last(shop)

    assert shop.done() == [f"hang_up {LAST}"]
    assert b"Traceback" not in shop.kept_by_rq()


def test_pickled_data_is_never_unpickled(shop: Shop, tmp_path: Path) -> None:
    target = tmp_path / "unpickled"

    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {target}",)

    bomb = DefaultSerializer.dumps(("hang_up", None, (Bomb(),), {}))
    forge(shop, "hang_up", data=zlib.compress(bomb))
    forge(shop, "hang_up", data=bomb)
    forge(shop, "hang_up", "a", meta=bomb)

    shop.start("dial")
    ring_the_last(shop)

    assert not target.exists()


def test_a_callback_that_a_record_names_is_not_run(shop: Shop, tmp_path: Path) -> None:
    target = tmp_path / "called-back"
    for outcome in ("success", "failure", "stopped"):
        forge(
            shop, "hang_up" if outcome == "success" else "admit", "a", **{f"{outcome}_callback_name": "os.system"}
        )  # fmt: skip

    shop.start("dial")
    ring_the_last(shop)

    assert not target.exists()
    assert "os.system" not in shop.log()
    assert b"Traceback" not in shop.kept_by_rq()


def test_a_webhook_that_a_record_names_is_not_called(shop: Shop) -> None:
    with _listening() as (address, heard):
        raw = Queue("dial", connection=shop.client, serializer=JSONSerializer)
        hooks = [Webhook(url=address, job_status=status) for status in ("finished", "failed")]
        for name in ("hang_up", "admit", "no_such_job"):
            raw.enqueue_call(name, args=("a",), description="-", webhooks=hooks)
        shop.start("dial")
        ring_the_last(shop)

    assert heard == []


# --- what fails ---


def test_a_job_that_crashes_leaves_neither_a_traceback_nor_its_exceptions_words(shop: Shop) -> None:
    ring(shop, Bell(JobName.ADMIT, ("acase",)), Bell(JobName.ERASE, ("bcase",)))

    shop.start("dial")
    ring_the_last(shop)

    kept = shop.kept_by_rq()
    assert shop.done()[:2] == ["crash acase", "refuse bcase"]
    assert b"Traceback" not in kept
    assert CRASHED_WITH.encode() not in kept
    assert "job_crashed" in shop.log()


def test_the_log_names_no_argument_of_a_job(shop: Shop) -> None:
    ring(shop, Bell(JobName.RING_RESPONDER, ("acaseofhers", "atokenofhers")), Bell(JobName.KNOCK, ("aknockofhers",)))

    shop.start("dial")
    ring_the_last(shop)

    for argument in ("acaseofhers", "atokenofhers", "aknockofhers"):
        assert argument not in shop.log()


def test_a_job_that_kills_its_process_does_not_end_the_worker(shop: Shop) -> None:
    worker = shop.start("dial")

    ring(shop, Bell(JobName.KNOCK, ("aknock",)))
    ring_the_last(shop)

    assert shop.done() == ["die aknock", f"hang_up {LAST}"]
    assert worker.poll() is None
    assert b"Traceback" not in shop.kept_by_rq()


def test_a_record_of_rq_holds_a_name_and_ids_only(shop: Shop) -> None:
    ring(shop, Bell(JobName.RING_RESPONDER, ("acase", "atoken")))

    (key,) = shop.client.keys("rq:job:*")
    assert isinstance(key, bytes)
    job = Job.fetch(key.decode().removeprefix("rq:job:"), connection=shop.client, serializer=JSONSerializer)

    assert (job.func_name, list(job.args), job.kwargs, job.meta) == ("ring_responder", ["acase", "atoken"], {}, {})
    assert job.description == "-"
    assert not any(character.isdigit() for character in job.id)
    assert failed(shop) == []


@contextmanager
def _listening() -> Iterator[tuple[str, list[str]]]:
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
