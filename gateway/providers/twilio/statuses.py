"""Twilio's words for a call's life, as ours."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.core.calls import CallStatus
from gateway.core.errors import BadRequest

CALL_STATUSES: Final[Mapping[str, CallStatus]] = MappingProxyType(
    {
        "queued": CallStatus.QUEUED,
        "initiated": CallStatus.QUEUED,  # in callbacks only: it left Twilio's queue, no phone rings yet
        "ringing": CallStatus.RINGING,
        "in-progress": CallStatus.IN_PROGRESS,
        "answered": CallStatus.IN_PROGRESS,  # Somleng's callbacks say the event's name instead
        "completed": CallStatus.COMPLETED,
        "busy": CallStatus.BUSY,
        "failed": CallStatus.FAILED,
        "no-answer": CallStatus.NO_ANSWER,
        "canceled": CallStatus.CANCELLED,
    }
)


def call_status(word: str) -> CallStatus:
    """Raises `BadRequest` for a word that is not in the table; the word itself is not repeated."""
    known = CALL_STATUSES.get(word)
    if known is None:
        raise BadRequest(f"unknown CallStatus; known are {', '.join(CALL_STATUSES)}")
    return known
