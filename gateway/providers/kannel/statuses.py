"""Kannel's numbers for a message's life, as ours. Kannel user guide, "Delivery reports"."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from gateway.core.errors import BadRequest
from gateway.core.messages import MessageStatus

MESSAGE_STATUSES: Final[Mapping[str, MessageStatus]] = MappingProxyType(
    {
        "1": MessageStatus.DELIVERED,
        "2": MessageStatus.UNDELIVERED,
        "4": MessageStatus.QUEUED,  # the operator waits for the phone to come back
        "8": MessageStatus.SENT,
        "16": MessageStatus.FAILED,
        "32": MessageStatus.QUEUED,  # an intermediate notice, from some SMPP links
    }
)


def message_status(number: str) -> MessageStatus:
    """Raises `BadRequest` for a number that is not in the table; it is not repeated."""
    known = MESSAGE_STATUSES.get(number)
    if known is None:
        raise BadRequest(f"unknown delivery status; known are {', '.join(MESSAGE_STATUSES)}")
    return known
