"""The names of all jobs, the queue each one travels on, and what may be written on it.

A queue runs only what is named here. A job carries ids and tokens, never anything about a person.
State is the truth and a job is a bell: every job reads the case again and does nothing if its token is old.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class QueueName(StrEnum):
    """One queue, one kind of worker: a worker that listened to two could lose a job when it dies."""

    WORK = "work"
    DIAL = "dial"


class JobName(StrEnum):
    """What can be asked for. The value is the name that stands in the queue."""

    DISPATCH = "dispatch"
    ADMIT = "admit"
    WITHDRAW = "withdraw"
    RING_RESPONDER = "ring_responder"
    DIAL_CALLER = "dial_caller"
    CHECK_CALLS = "check_calls"
    RELEASE_RESPONDER = "release_responder"
    RELEASE_CALLER = "release_caller"
    HANG_UP = "hang_up"
    CALL_OFF = "call_off"
    ERASE = "erase"
    FORGET_RECORDS = "forget_records"
    FIND_RECORDS = "find_records"
    TURN_KEYS = "turn_keys"
    KNOCK = "knock"
    STAFF_TEXT = "staff_text"
    ALARM = "alarm"
    COMPACT = "compact"


QUEUE_OF: Mapping[JobName, QueueName] = MappingProxyType(
    {
        JobName.DISPATCH: QueueName.WORK,
        JobName.ADMIT: QueueName.DIAL,
        JobName.WITHDRAW: QueueName.DIAL,
        JobName.RING_RESPONDER: QueueName.DIAL,
        JobName.DIAL_CALLER: QueueName.DIAL,
        JobName.CHECK_CALLS: QueueName.DIAL,
        JobName.RELEASE_RESPONDER: QueueName.DIAL,
        JobName.RELEASE_CALLER: QueueName.DIAL,
        JobName.HANG_UP: QueueName.DIAL,
        JobName.CALL_OFF: QueueName.DIAL,
        JobName.ERASE: QueueName.DIAL,
        JobName.FORGET_RECORDS: QueueName.DIAL,
        JobName.FIND_RECORDS: QueueName.DIAL,
        JobName.TURN_KEYS: QueueName.DIAL,
        JobName.KNOCK: QueueName.DIAL,
        JobName.STAFF_TEXT: QueueName.DIAL,
        JobName.ALARM: QueueName.DIAL,
        JobName.COMPACT: QueueName.DIAL,
    }
)


# Nothing in a case shows that one of these is still to be done, and the case may be erased before it is.
OWED = frozenset({JobName.RELEASE_RESPONDER, JobName.RELEASE_CALLER, JobName.HANG_UP, JobName.CALL_OFF})


@dataclass(frozen=True, slots=True)
class Bell:
    """One job to be rung: its name and its arguments, ids and tokens only."""

    job: JobName
    arguments: tuple[str, ...] = ()
