"""SMS as Twilio knows them, and all that are known. State only: who moves them is in `messaging`."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import islice
from typing import Final

from gateway.simulator.calls import mint
from gateway.simulator.timing import now
from gateway.simulator.units import Size, size_of

LONGEST_VALIDITY: Final = 36_000
_MOST_MESSAGES: Final = 20_000
_HIDDEN_DIGITS: Final = 4


class MessageStatus(StrEnum):
    """Twilio's words for a message's life."""

    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    RECEIVED = "received"


class MessageDirection(StrEnum):
    """Who began."""

    INBOUND = "inbound"
    API = "outbound-api"
    REPLY = "outbound-reply"


@dataclass(eq=False, slots=True)
class Message:
    """One message between a telephone and the service. `validity` is in simulated seconds; `callback` is where its
    progress is told ("" for nowhere). `discards` and `obfuscates` are the privacy switches of its sender."""

    account: str
    sender: str
    to: str
    body: str
    direction: MessageDirection
    validity: float = LONGEST_VALIDITY
    callback: str = ""
    discards: bool = False
    obfuscates: bool = False
    sid: str = field(default_factory=lambda: mint("SM"))
    status: MessageStatus = MessageStatus.QUEUED
    overdue: bool = False
    error_code: int | None = None
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)
    sent_at: datetime | None = None
    told: asyncio.Task[None] | None = None
    size: Size = field(init=False)

    def __post_init__(self) -> None:
        self.size = size_of(self.body)

    @property
    def final(self) -> bool:
        """Whether nothing can follow. A message whose receipt was lost is final when its validity is over."""
        return self.overdue or self.status not in {MessageStatus.QUEUED, MessageStatus.SENT}

    @property
    def far_number(self) -> str:
        """The telephone's number."""
        return self.sender if self.direction is MessageDirection.INBOUND else self.to

    @property
    def shown_to(self) -> str:
        """The address as Twilio keeps it: where the sender wished it, without its end once the message is final."""
        return self.to[:-_HIDDEN_DIGITS] + "X" * _HIDDEN_DIGITS if self.obfuscates and self.final else self.to

    def settle(self) -> None:
        """What is to be forgotten at the end is forgotten."""
        if self.discards and self.final:
            self.body = ""


class MessageBook:
    """All messages that Twilio would still show, bounded: the oldest final ones are forgotten first."""

    def __init__(self) -> None:
        self._messages: dict[str, Message] = {}

    def add(self, message: Message) -> None:
        """From now on the message can be found."""
        self._messages[message.sid] = message
        if len(self._messages) > _MOST_MESSAGES:
            oldest = islice(self._messages.items(), _MOST_MESSAGES // 10)
            for old in [sid for sid, known in oldest if known.final]:
                del self._messages[old]

    def find(self, sid: str) -> Message | None:
        """The message with this id."""
        return self._messages.get(sid)

    def forget(self, message: Message) -> None:
        """As if it had never been."""
        self._messages.pop(message.sid, None)

    def newest_first(self) -> Iterator[Message]:
        """All messages."""
        return reversed(self._messages.values())

    def clear(self) -> None:
        """Forget all."""
        self._messages.clear()
