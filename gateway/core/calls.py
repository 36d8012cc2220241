"""A call's life at the provider, in our words."""

from enum import StrEnum


class CallStatus(StrEnum):
    """A call's life at the provider. The last five are final."""

    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no_answer"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether this call can never be heard again."""
        return self not in {CallStatus.QUEUED, CallStatus.RINGING, CallStatus.IN_PROGRESS}
