"""A worker as a user of the store: whatever becomes of a job, nothing RQ does is refused; a forged job runs nothing."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from gateway import bootstrap
from gateway.jobs import Bell, JobName
from gateway.storage.embedded import EmbeddedStore
from gateway.storage.store import RedisStore

# A worker with one handler of its own; RQ's maintenance runs every second.
WORKER = """
import os, sys, time
from gateway.jobs import JobName, QueueName
from gateway.storage.connect import connect
from workers import run

def dispatch(wish="done"):
    open(sys.argv[2], "a").write(wish + "\\n")
    if wish == "crash":
        os.kill(os.getpid(), 9)
    if wish == "fail":
        raise ValueError("a fault of ours")

run.run(
    connect(sys.argv[1], answer_seconds=None), QueueName.WORK, {JobName.DISPATCH: dispatch}, seconds_between_checks=1
)
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path / "store") as running:
        yield running


@pytest.fixture
def owner(store: EmbeddedStore) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(store.url) as client:
        yield client


@pytest.fixture
def web(store: EmbeddedStore) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(store.urls["web"]) as client:
        yield client


@pytest.fixture
def worker(store: EmbeddedStore, project: Path, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-c", WORKER, store.urls["worker"], str(tmp_path / "done")]
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen(command, cwd=project, env=dict(os.environ), stdout=log, stderr=subprocess.STDOUT)
        yield running
        running.terminate()
        running.wait(20)


def until(happened: Callable[[], bool], *, seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not (done := happened()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return done


def ring(client: redis.Redis, *arguments: str) -> None:
    RedisStore(client, clock=bootstrap.utc_now).ring(Bell(JobName.DISPATCH, arguments))


def done(folder: Path) -> list[str]:
    path = folder / "done"
    return path.read_text().split() if path.exists() else []


def is_idle(owner: redis.Redis) -> bool:
    return not owner.llen("rq:queue:work") and not owner.llen("rq:queue:work:intermediate")


@pytest.mark.usefixtures("worker")
def test_nothing_is_refused_when_a_job_ends_well_or_fails_or_crashes(
    owner: redis.Redis, web: redis.Redis, tmp_path: Path
) -> None:
    for wish in ("well", "fail", "crash", "well"):
        ring(web, wish)

    came_to_all = until(lambda: done(tmp_path) == ["well", "fail", "crash", "well"])

    assert came_to_all
    assert owner.acl_log() == []


@pytest.mark.usefixtures("worker")
def test_nothing_is_refused_when_it_clears_up_after_a_worker_that_died(owner: redis.Redis) -> None:
    owner.rpush("rq:queue:work:intermediate", "nobody-knows")
    owner.zadd("rq:wip:work", {"abandoned": 1})
    owner.zadd("rq:failed:work", {"failed-long-ago": 1})
    owner.zadd("rq:finished:work", {"finished-long-ago": 1})
    owner.sadd("rq:workers:work", "rq:worker:dead")

    cleared = until(lambda: not owner.zcard("rq:wip:work") and not owner.sismember("rq:workers:work", "rq:worker:dead"))

    assert cleared
    assert owner.acl_log() == []


def test_nothing_is_refused_when_it_ends(
    worker: "subprocess.Popen[bytes]", owner: redis.Redis, web: redis.Redis, tmp_path: Path
) -> None:
    ring(web, "well")
    until(lambda: bool(done(tmp_path)))

    worker.terminate()
    worker.wait(20)

    assert owner.acl_log() == []
    assert not owner.smembers("rq:workers")


@pytest.mark.parametrize("function", ["os.system", "gateway.cli.main.main"])
@pytest.mark.usefixtures("worker")
def test_a_job_that_web_forges_runs_nothing(
    owner: redis.Redis, web: redis.Redis, tmp_path: Path, function: str
) -> None:
    touched = tmp_path / "touched"
    queue = Queue("work", connection=web, serializer=JSONSerializer)
    forged = Job.create(function, args=[f"touch {touched}"], connection=web, serializer=JSONSerializer)
    with web.pipeline() as pipe:
        pipe.hset(f"rq:job:{forged.id}", mapping=forged.to_dict())
        pipe.hset(f"rq:job:{forged.id}", mapping={"success_callback_name": "os.abort", "origin": queue.name})
        pipe.rpush(queue.key, forged.id)
        pipe.execute()
    ring(web, "after-it")

    came_past_it = until(lambda: done(tmp_path) == ["after-it"])

    assert came_past_it
    assert not touched.exists()
    assert is_idle(owner)
