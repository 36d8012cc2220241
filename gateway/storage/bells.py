"""Rings for jobs: puts them on RQ's queues, in the caller's own transaction.

What RQ writes in clear is kept down to a name of ours and ids: no description, no result, no traceback for long.
"""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from rq import Queue
from rq.serializers import JSONSerializer

from gateway.core import consequences as then
from gateway.core.identity import ID_LETTERS, CaseId
from gateway.jobs import QUEUE_OF, Bell, JobName, QueueName
from gateway.randomness import random_letters
from gateway.storage.connect import Client, Pipe

JOB_LASTS = timedelta(seconds=60)
FAILURE_LASTS = timedelta(hours=1)
MARK_LETTERS = 16  # of 16 kinds: no two bells that wait at one time are taken for one
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
NO_DESCRIPTION = "-"  # an empty one makes RQ write the call with its arguments, into the store and into its log


class Bells:
    """Both queues of one store."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._queues = {name: Queue(name.value, connection=client, serializer=JSONSerializer) for name in QueueName}
        self._unanswered: set[str] = set()

    def listen(self) -> None:
        """Hear which bells still wait to be answered. They are not rung again until the next `listen`.

        For whoever rings for the same things again and again: with nobody there to answer, the queue would grow for
        hours, and be worked off for as long before anybody new is heard.
        """
        waiting = (job for queue in self._queues.values() for job in self._client.lrange(queue.key, 0, -1))
        self._unanswered = {job.decode(errors="replace").rpartition("-")[0] for job in waiting}

    def ring(self, bell: Bell, pipe: Pipe) -> None:
        """Ring for a job on a pipeline that is already in its `MULTI` part."""
        if _mark(bell) in self._unanswered:
            return
        self._queues[QUEUE_OF[bell.job]].enqueue_call(
            bell.job.value,
            args=bell.arguments,
            job_id=_job_id(bell),
            timeout=int(JOB_LASTS.total_seconds()),
            result_ttl=0,
            failure_ttl=int(FAILURE_LASTS.total_seconds()),
            description=NO_DESCRIPTION,
            pipeline=pipe,
        )


def _job_id(bell: Bell) -> str:
    """Never the same twice: RQ deletes a finished job by its id, and would take a newer bell with it."""
    return f"{_mark(bell)}-{random_letters(ID_LETTERS)}"


def _mark(bell: Bell) -> str:
    """The same for the same bell; RQ writes ids into its log, where a case's is not wanted."""
    digest = hashlib.sha256(" ".join(bell.arguments).encode()).hexdigest()[:MARK_LETTERS]
    return f"{bell.job.value}-{digest.translate(_LETTERS)}"


SIMPLE: Mapping[type, JobName] = MappingProxyType(
    {
        then.AdmitWanted: JobName.ADMIT,
        then.DialWanted: JobName.DIAL_CALLER,
        then.EraseWanted: JobName.ERASE,
    }
)


def bell_of(consequence: then.Consequence, case: CaseId) -> Bell | None:
    """The job that a consequence asks for, or None if it asks for none."""
    match consequence:
        case then.DispatchWanted():
            return Bell(JobName.DISPATCH)
        case then.RingWanted(token):
            return Bell(JobName.RING_RESPONDER, (case, token))
        case then.CheckWanted(token):
            return Bell(JobName.CHECK_ATTEMPT, (case, token))
        case then.ReleaseWanted(call):
            return Bell(JobName.RELEASE_RESPONDER, (call,))
        case then.HangUpWanted(call):
            return Bell(JobName.HANG_UP, (call,))
        case _:
            name = SIMPLE.get(type(consequence))
            return None if name is None else Bell(name, (case,))
