"""Rings for jobs: puts them on RQ's queues, with all else that one change of the store writes.

What stands in RQ's record in clear is kept down to a name of ours and ids: no description, no result, no traceback for
long. The record is written here and not by RQ's `enqueue_call`, which takes a long way to the same while a caller
waits: docs/decisions/018. `tests/storage/test_bells.py` holds it against what RQ writes.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from gateway.core import consequences as then
from gateway.core.identity import ID_LETTERS, CaseId
from gateway.jobs import QUEUE_OF, Bell, JobName, QueueName
from gateway.randomness import random_letters
from gateway.storage.connect import Client
from gateway.storage.packet import Packet, Value

JOB_LASTS = timedelta(seconds=60)
FAILURE_LASTS = timedelta(hours=1)
MARK_LETTERS = 16  # of 16 kinds: no two bells that wait at one time are taken for one
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
NO_DESCRIPTION = "-"  # an empty one makes RQ write the call with its arguments, into the store and into its log

# What stands in the record of every bell of ours. The empty ones are not known yet, or are never used.
_ALIKE: Mapping[str, Value] = MappingProxyType(
    {
        "started_at": "",
        "ended_at": "",
        "last_heartbeat": "",
        "worker_name": "",
        "group_id": "",
        "success_callback_name": "",
        "failure_callback_name": "",
        "stopped_callback_name": "",
        "description": NO_DESCRIPTION,
        "timeout": JOB_LASTS // timedelta(seconds=1),
        "result_ttl": 0,
        "failure_ttl": FAILURE_LASTS // timedelta(seconds=1),
        "status": "queued",
    }
)


def ring(bell: Bell, packet: Packet, *, now: datetime) -> None:
    """Ring for a job at `now`, aware UTC: RQ's record of it, and its place on its queue."""
    name, queue = _job_id(bell), QUEUE_OF[bell.job].value
    packet.sadd("rq:queues", f"rq:queue:{queue}")
    packet.hset(f"rq:job:{name}", mapping=_record(bell, queue, now))
    packet.rpush(f"rq:queue:{queue}", name)


def _record(bell: Bell, queue: str, now: datetime) -> dict[str, Value]:
    """RQ would deflate the call, which is shorter without it, and reads both."""
    moment = now.isoformat(timespec="microseconds").replace("+00:00", "Z")
    call = json.dumps([bell.job.value, None, bell.arguments, {}])
    return {**_ALIKE, "created_at": moment, "enqueued_at": moment, "origin": queue, "data": call}


def unanswered(client: Client) -> frozenset[str]:
    """The marks of the bells that still wait to be answered.

    For whoever rings for the same things again and again: with nobody there to answer, the queue would grow for hours,
    and be worked off for as long before anybody new is heard.
    """
    waiting = (job for queue in QueueName for job in client.lrange(f"rq:queue:{queue.value}", 0, -1))
    return frozenset(job.decode(errors="replace").rpartition("-")[0] for job in waiting)


def _job_id(bell: Bell) -> str:
    """Never the same twice: RQ deletes a finished job by its id, and would take a newer bell with it."""
    return f"{mark(bell)}-{random_letters(ID_LETTERS)}"


def mark(bell: Bell) -> str:
    """The same for the same bell; RQ writes ids into its log, where a case's is not wanted."""
    digest = hashlib.sha256(" ".join(bell.arguments).encode()).hexdigest()[:MARK_LETTERS]
    return f"{bell.job.value}-{digest.translate(_LETTERS)}"


SIMPLE: Mapping[type, JobName] = MappingProxyType(
    {
        then.AdmitWanted: JobName.ADMIT,
        then.DialWanted: JobName.DIAL_CALLER,
        then.CheckWanted: JobName.CHECK_CALLS,
        then.EraseWanted: JobName.ERASE,
    }
)


ABOUT_A_CALL: Mapping[type, JobName] = MappingProxyType(
    {
        then.ReleaseWanted: JobName.RELEASE_RESPONDER,
        then.CallerReleaseWanted: JobName.RELEASE_CALLER,
        then.HangUpWanted: JobName.HANG_UP,
        then.CallOffWanted: JobName.CALL_OFF,
    }
)


def bell_of(consequence: then.Consequence, case: CaseId) -> Bell | None:
    """The job that a consequence asks for, or None if it asks for none."""
    match consequence:
        case then.DispatchWanted():
            return Bell(JobName.DISPATCH)
        case then.RingWanted(token):
            return Bell(JobName.RING_RESPONDER, (case, token))
        case then.ReleaseWanted() | then.CallerReleaseWanted() | then.HangUpWanted() | then.CallOffWanted():
            return Bell(ABOUT_A_CALL[type(consequence)], (case, consequence.call))
        case _:
            name = SIMPLE.get(type(consequence))
            return None if name is None else Bell(name, (case,))
