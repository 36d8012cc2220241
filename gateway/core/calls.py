"""A call's life at the provider, and what is known of one that waits, in our words."""

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


class LineSign(StrEnum):
    """What is known of a caller who waits on the line.

    `FRESH`: she was there a moment ago. `QUIET`: she hears words, or she is gone, and the provider must be asked; said
    once, and again after a while. `LOST`: neither she nor the provider gave a sign for longer than any words last.
    """

    FRESH = "fresh"
    QUIET = "quiet"
    LOST = "lost"
