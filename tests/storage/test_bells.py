"""A bell is a job as RQ itself would have written it, so that an RQ that changes its records is noticed here."""

import json
import zlib
from datetime import UTC, datetime

import pytest
import redis
from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from gateway.jobs import QUEUE_OF, Bell, JobName
from gateway.storage.bells import FAILURE_LASTS, JOB_LASTS, NO_DESCRIPTION
from gateway.storage.store import RedisStore

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BELLS = [Bell(JobName.DISPATCH), Bell(JobName.ADMIT, ("abcd",)), Bell(JobName.RING_RESPONDER, ("abcd", "token"))]


def by_rq(client: redis.Redis, bell: Bell) -> Job:
    queue = Queue(QUEUE_OF[bell.job].value, connection=client, serializer=JSONSerializer)
    return queue.enqueue_call(
        bell.job.value,
        args=bell.arguments,
        timeout=int(JOB_LASTS.total_seconds()),
        result_ttl=0,
        failure_ttl=int(FAILURE_LASTS.total_seconds()),
        description=NO_DESCRIPTION,
    )


def by_us(client: redis.Redis, bell: Bell) -> Job:
    RedisStore(client, clock=lambda: NOW).ring(bell)
    queue = Queue(QUEUE_OF[bell.job].value, connection=client, serializer=JSONSerializer)
    return queue.jobs[-1]


def written(client: redis.Redis, job: Job) -> dict[bytes, bytes]:
    record = client.hgetall(job.key)
    return {name: kept for name, kept in record.items() if isinstance(name, bytes) and isinstance(kept, bytes)}


def around(client: redis.Redis) -> dict[str, object]:
    """What the store holds besides records, without the jobs' names: sets whole, of lists the length."""
    found: dict[str, object] = {}
    for key in client.scan_iter("*"):
        name, kind = key.decode(), client.type(key)
        if kind == b"hash":
            continue
        found[name] = client.smembers(key) if kind == b"set" else (kind, client.llen(key), client.ttl(key))
    return found


@pytest.mark.parametrize("bell", BELLS, ids=lambda bell: bell.job.value)
def test_a_bell_has_every_field_that_rq_writes_with_the_same_value_and_no_other(
    store_client: redis.Redis, bell: Bell
) -> None:
    theirs, ours = (written(store_client, job) for job in (by_rq(store_client, bell), by_us(store_client, bell)))

    moments, call = {b"created_at", b"enqueued_at"}, {b"data"}
    assert set(ours) == set(theirs)
    assert {name: kept for name, kept in ours.items() if name not in moments | call} == {
        name: kept for name, kept in theirs.items() if name not in moments | call
    }
    assert ours[b"data"] == zlib.decompress(theirs[b"data"])


@pytest.mark.parametrize("bell", BELLS, ids=lambda bell: bell.job.value)
def test_a_bell_stands_in_the_store_where_rq_puts_it_and_lives_as_long(store_client: redis.Redis, bell: Bell) -> None:
    theirs = by_rq(store_client, bell)
    left = (around(store_client), store_client.ttl(theirs.key))
    store_client.flushall()

    ours = by_us(store_client, bell)

    assert (around(store_client), store_client.ttl(ours.key)) == left


@pytest.mark.parametrize("bell", BELLS, ids=lambda bell: bell.job.value)
def test_rq_reads_a_bell_as_the_job_that_was_rung_for(store_client: redis.Redis, bell: Bell) -> None:
    job = by_us(store_client, bell)

    assert (job.func_name, tuple(job.args), job.kwargs) == (bell.job.value, bell.arguments, {})
    assert (job.created_at, job.enqueued_at, job.timeout, job.result_ttl) == (NOW, NOW, 60, 0)
    assert json.dumps(job.meta) == "{}"
