"""Rings for jobs: puts them on RQ's queues, in the caller's own transaction.

What RQ writes in clear is kept down to a name of ours and ids: no description, no result, no traceback for long.
"""

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
NO_DESCRIPTION = "-"  # an empty one makes RQ write the call with its arguments, into the store and into its log


class Bells:
    """Both queues of one store."""

    def __init__(self, client: Client) -> None:
        self._queues = {name: Queue(name.value, connection=client, serializer=JSONSerializer) for name in QueueName}

    def ring(self, bell: Bell, pipe: Pipe) -> None:
        """Ring for a job on a pipeline that is already in its `MULTI` part."""
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
    return f"{bell.job.value}-{random_letters(ID_LETTERS)}"


SIMPLE: Mapping[type, JobName] = MappingProxyType(
    {
        then.AdmitWanted: JobName.ADMIT,
        then.DialWanted: JobName.DIAL_CALLER,
        then.CheckWanted: JobName.CHECK_CALLS,
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
        case then.ReleaseWanted(call):
            return Bell(JobName.RELEASE_RESPONDER, (case, call))
        case then.CallerReleaseWanted(call):
            return Bell(JobName.RELEASE_CALLER, (case, call))
        case then.HangUpWanted(call):
            return Bell(JobName.HANG_UP, (case, call))
        case _:
            name = SIMPLE.get(type(consequence))
            return None if name is None else Bell(name, (case,))
