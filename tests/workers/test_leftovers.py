"""What jobs leave behind in RQ's own keys, however they end: nothing. And who does the work of one that was killed."""

import os
import signal
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import pytest
from redis import Redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from gateway import bootstrap
from gateway.core.case import State
from gateway.core.consequences import Moved
from gateway.jobs import Bell, JobName
from gateway.services.sweep import Sweep
from gateway.storage.store import RedisStore
from tests.core.cases import accepted
from tests.services.house import CALENDAR
from tests.workers.conftest import Shop
from tests.workers.test_jobs import forge, packed, ring, ring_the_last
from workers.run import SECONDS_OF_CLEANING, CleanedQueue

LIVE = ("rq:queues", "rq:workers", "rq:worker:", "rq:clean_registries:", "rq:clean_groups")
LONG_AGO = 1


def left(shop: Shop) -> list[str]:
    """RQ's keys, but those that a living worker has in any case."""
    found = (key.decode() for key in shop.client.scan_iter("rq:*") if isinstance(key, bytes))
    return sorted(key for key in found if not key.startswith(LIVE) or key.endswith(":executions"))


def endless(shop: Shop) -> list[str]:
    """Those of them that do not end by themselves within two and a half minutes."""
    return [key for key in left(shop) if not 0 < shop.client.ttl(key) <= 150]


def kill(worker: "subprocess.Popen[bytes]") -> None:
    """Kill a worker together with the process of its job."""
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text(encoding="ascii").split()
    for pid in (worker.pid, *map(int, children)):
        os.kill(pid, signal.SIGKILL)
    worker.wait(5)


def time_passes_for_rq(shop: Shop) -> None:
    """What RQ believes to be running was last heard of long ago; it would notice after a minute and a half."""
    for execution in shop.client.zrange("rq:wip:dial", 0, -1):
        assert isinstance(execution, bytes)
        shop.client.zadd("rq:wip:dial", {execution: LONG_AGO})


def test_whatever_becomes_of_jobs_nothing_is_left_of_them(shop: Shop) -> None:
    bells = (JobName.HANG_UP, JobName.ADMIT, JobName.ERASE, JobName.KNOCK)  # ends well, raises, refuses, kills itself
    ring(shop, *(Bell(name, ("aword",)) for name in bells))
    forge(shop, "os.system", "true")
    forge(shop, "hang_up", data=packed(7))
    shop.start("dial")

    ring_the_last(shop)

    assert shop.until(lambda: left(shop) == []), left(shop)
    assert b"aword" not in shop.kept_by_rq()


def test_a_job_whose_worker_was_killed_is_not_run_again_and_leaves_nothing(shop: Shop) -> None:
    worker = shop.start("dial")
    ring(shop, Bell(JobName.WITHDRAW, ("awish",)))
    assert shop.until(lambda: shop.done() == ["last awish"])

    kill(worker)
    time_passes_for_rq(shop)
    shop.start("dial")
    ring_the_last(shop)

    assert shop.until(lambda: endless(shop) == []), endless(shop)
    assert {key.partition(":")[2].partition(":")[0] for key in left(shop)} <= {"execution", "worker"}
    assert shop.done() == ["last awish", "hang_up thelastone"]


def test_a_job_that_was_taken_and_not_begun_when_its_worker_was_killed_leaves_nothing(shop: Shop) -> None:
    ring(shop, Bell(JobName.HANG_UP, ("acall",)))
    shop.client.lmove("rq:queue:dial", "rq:queue:dial:intermediate")
    (name,) = shop.client.lrange("rq:queue:dial:intermediate", 0, -1)
    assert isinstance(name, bytes)
    seen = f"rq:queue:dial:intermediate:first_seen:{name.decode()}"
    shop.client.set(seen, LONG_AGO, ex=100)

    shop.start("dial")

    assert shop.until(lambda: [key for key in left(shop) if key != seen] == []), left(shop)
    assert shop.client.ttl(seen) > 0


def test_what_rq_keeps_of_a_dead_worker_ends_by_itself(shop: Shop) -> None:
    dead = shop.start("dial")
    kill(dead)
    names = shop.client.smembers("rq:workers")

    lives = [shop.client.ttl(name) for name in names]
    for name in names:
        shop.client.delete(name)  # as when that time is over
    shop.start("dial")

    assert all(0 < life <= 120 for life in lives)
    assert shop.until(lambda: not names & shop.client.smembers("rq:workers"))


def test_a_worker_that_was_killed_while_it_cleaned_keeps_no_other_from_it(shop: Shop) -> None:
    dead = shop.start("dial")
    kill(dead)
    names = shop.client.smembers("rq:workers")
    for name in names:
        shop.client.delete(name)
    queue = CleanedQueue("dial", connection=shop.client)
    shop.client.delete(queue.registry_cleaning_key)  # killed so early, the worker may have left it

    held = queue.acquire_maintenance_lock()
    shop.start("dial")

    assert held
    assert 0 < shop.client.ttl(queue.registry_cleaning_key) <= SECONDS_OF_CLEANING
    assert shop.until(lambda: not names & shop.client.smembers("rq:workers"))


def test_everything_that_rq_keeps_of_a_job_that_runs_is_a_name_and_ids(shop: Shop) -> None:
    shop.start("dial")
    ring(shop, Bell(JobName.WITHDRAW, ("awish",)))
    assert shop.until(lambda: shop.done() == ["last awish"])

    (key,) = (key for key in shop.client.keys("rq:job:*") if isinstance(key, bytes))
    job = Job.fetch(key.decode().removeprefix("rq:job:"), connection=shop.client, serializer=JSONSerializer)

    assert (job.func_name, list(job.args), job.meta, job.description) == ("withdraw", ["awish"], {}, "-")
    assert all(shop.client.ttl(name) > 0 for name in shop.client.keys("rq:execution*"))


# --- the sweep ---


@pytest.fixture
def store(shop: Shop) -> RedisStore:
    return RedisStore(shop.client, clock=bootstrap.utc_now)


@pytest.fixture
def sweep(store: RedisStore) -> Sweep:
    return Sweep(store, calendar=CALENDAR, clock=bootstrap.utc_now)


def waiting(client: Redis) -> int:
    return len(Queue("dial", connection=client).job_ids)


def test_what_a_killed_worker_did_not_do_is_done_within_ten_seconds(
    shop: Shop, store: RedisStore, sweep: Sweep
) -> None:
    now = bootstrap.utc_now()
    store.transact(
        lambda transaction: transaction.open_case(
            Moved(accepted(requested_at=now, closes_at=now + timedelta(hours=1), look_again_at=now)), None
        )
    )
    worker = shop.start("dial")
    sweep.run()
    assert shop.until(lambda: bool(shop.client.exists("test-lasted")))

    shop.start("dial")
    kill(worker)
    died_at = time.monotonic()
    while not shop.done() and time.monotonic() - died_at < 30:
        sweep.run()
        time.sleep(0.5)

    took = time.monotonic() - died_at
    assert shop.done()[0].startswith("dial_caller")
    assert took < 10


def test_with_nobody_to_answer_the_sweep_rings_once_and_one_bell_is_answered_when_somebody_comes(
    shop: Shop, store: RedisStore, sweep: Sweep
) -> None:
    now = bootstrap.utc_now()
    case = accepted(requested_at=now, closes_at=now + timedelta(hours=1), look_again_at=now)
    for _ in range(50):
        store.transact(lambda transaction: transaction.apply(Moved(case)))  # it is time to look again
        sweep.run()
    rung = waiting(shop.client)
    shop.client.set("test-lasted", "before")

    shop.start("dial")
    ring_the_last(shop)

    assert case.state is State.ACCEPTED
    assert rung == 2  # to dial her, and to ask after her own call
    assert [entry for entry in shop.done() if entry.startswith("dial_caller")] == [f"dial_caller {case.id}"]


def test_a_bell_is_rung_again_as_soon_as_the_one_before_is_taken(shop: Shop, store: RedisStore) -> None:
    bell = Bell(JobName.HANG_UP, ("acall",))
    for _ in range(3):
        store.listen()
        store.ring(bell)
    unanswered = waiting(shop.client)
    shop.client.lmove("rq:queue:dial", "rq:queue:dial:intermediate")  # a worker took it, and may have died over it

    store.listen()
    store.ring(bell)
    store.ring(Bell(JobName.HANG_UP, ("another",)))

    assert (unanswered, waiting(shop.client)) == (1, 2)
