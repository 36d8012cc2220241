"""Written messages and USSD steps as values, whichever wire they came by.

What somebody wrote, and from which phone, is in no repr. How a wire spells them is in `gateway.providers`.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NewType

MessageId = NewType("MessageId", str)
"""A message's name at its provider, or the token that we gave it where the provider names none."""

MOST_STEPS: Final = 100
"""Inputs of one USSD talk that are looked at. The engine has lost patience long before; what comes later is cut off."""


class RecordKind(StrEnum):
    """What a provider keeps a record of."""

    CALL = "call"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Record:
    """Something that the provider keeps and that is to be deleted there: a call or a message, by its id."""

    kind: RecordKind
    id: str


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of a list of records at a provider. `following` are the words to ask for the next one by; () at the end.

    They can stand in a job: letters, digits and hyphens, and no number.
    """

    records: tuple[Record, ...] = ()
    following: tuple[str, ...] = ()


class MessageStatus(StrEnum):
    """A sent message's life at the provider. The last four are final."""

    QUEUED = "queued"
    SENT = "sent"  # the operator has it; where no delivery reports exist, nothing follows
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"  # the operator gave up: switched off until it expired, no such subscriber
    FAILED = "failed"  # it never left the provider
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether no other report of this message can follow."""
        return self not in {MessageStatus.QUEUED, MessageStatus.SENT}


@dataclass(frozen=True, slots=True)
class MessageArrived:
    """A text message to the service. `from_text` is as the network sent it: a number, a name, or empty.

    `kept_there` says that the provider keeps a record of it, by this id.
    """

    id: MessageId
    from_text: str = field(repr=False)
    to: str = field(repr=False)
    text: str = field(repr=False)
    kept_there: bool = False

    @property
    def record(self) -> MessageId | None:
        """What is to be deleted at the provider; None where it keeps nothing."""
        return self.id if self.kept_there else None


@dataclass(frozen=True, slots=True)
class MessageReport:
    """How a message of ours goes. Reports overtake each other and come twice."""

    id: MessageId
    status: MessageStatus


@dataclass(frozen=True, slots=True)
class UssdStep:
    """A phone in a USSD dialogue asks for its next screen.

    On a cumulative wire `inputs` is everything keyed so far, at most `MOST_STEPS`, and `input` is None: the state is
    found by replaying it, and a repeated request repeats its answer by itself. On any other wire `inputs` is None and
    `input` is what was keyed now, None at first; `turn` is the wire's own counter, if it has one: the same `turn`
    again is a retry.
    """

    session: str
    from_text: str = field(repr=False)
    code: str
    inputs: tuple[str, ...] | None = field(repr=False)
    input: str | None = field(repr=False)
    first: bool
    turn: int | None = None

    @property
    def owner(self) -> str:
        """Session and phone together, to be hashed with a key and never kept: it holds the number.

        Whatever is remembered of a dialogue is found by this and not by the session alone: session ids are
        reused and can be guessed, and another phone that sends the same one must not see the first one's state.
        """
        return _owner(self.session, self.from_text)


@dataclass(frozen=True, slots=True)
class UssdOver:
    """A dialogue ended at the phone or in the network: nobody will read a screen any more."""

    session: str
    from_text: str = field(repr=False)

    @property
    def owner(self) -> str:
        """As of `UssdStep`."""
        return _owner(self.session, self.from_text)


def _owner(session: str, from_text: str) -> str:
    return f"{session}\n{from_text}"
