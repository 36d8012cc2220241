"""What web and every SMS or USSD wire hand each other: a request as raw bytes, an answer, and the two shapes of a wire.

Raw, because a framework decodes a query as UTF-8 and spoils every message that is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Protocol

from gateway.core.messages import MessageArrived, UssdOver, UssdStep

PLAIN: Final = "text/plain; charset=UTF-8"
JSON: Final = "application/json; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A request as it came: the query still percent-encoded, the body undecoded."""

    raw_query: bytes = field(default=b"", repr=False)
    body: bytes = field(default=b"", repr=False)
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """What to answer with status 200."""

    body: bytes = field(repr=False)
    content_type: str
    headers: Mapping[str, str] = field(default_factory=dict)


class SmsWire(Protocol):
    """A wire that brings messages and takes the reply as the answer to its request."""

    def read(self, request: RawRequest) -> MessageArrived:
        """Raises `BadRequest`, and nothing else for any bytes."""
        ...

    def answer(self, text: str, *, valid_for: timedelta) -> WireAnswer:
        """A reply to the sender; an empty text sends nothing. Not to be sent any more after `valid_for`."""
        ...


class UssdWire(Protocol):
    """A wire that brings a phone's keys and takes the next screen as the answer."""

    def read(self, request: RawRequest) -> UssdStep | UssdOver:
        """Raises `BadRequest`, and nothing else for any bytes."""
        ...

    def show(self, screen: str, *, more: bool, step: UssdStep) -> WireAnswer:
        """Show a screen; with `more` the phone may answer, else the dialogue ends. Raises `BrokenScript`: too long."""
        ...

    def over(self) -> WireAnswer:
        """The answer to `UssdOver`, which nobody reads."""
        ...
