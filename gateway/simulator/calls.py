"""Phones, calls, and what is known of each. State only: who changes it is in `lines` and `executor`."""

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from gateway.simulator.timing import now

WITHHELD: Final = "anonymous"
_REMEMBERED: Final = 2_000  # things that one phone heard
_MOST_KEYS: Final = 1_000


class Status(StrEnum):
    """Twilio's words for a call's life."""

    QUEUED = "queued"
    RINGING = "ringing"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no-answer"
    CANCELED = "canceled"

    @property
    def final(self) -> bool:
        """Whether nothing can follow."""
        return self not in {Status.QUEUED, Status.RINGING, Status.IN_PROGRESS}


class Direction(StrEnum):
    """Who began."""

    INBOUND = "inbound"
    API = "outbound-api"
    DIAL = "outbound-dial"


class OnRing(StrEnum):
    """What a phone does when it is called."""

    MANUAL = "manual"
    ANSWER = "answer"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAIL = "fail"
    VOICEMAIL = "voicemail"


class OnMessage(StrEnum):
    """What becomes of a message to this phone: it arrives, the network refuses it, it is lost and no receipt ever
    comes, it arrives late, or it waits because the phone is off."""

    DELIVER = "deliver"
    FAIL = "fail"
    LOST = "lost"
    LATE = "late"
    OFF = "off"


class By(StrEnum):
    """Who ended a call."""

    PHONE = "phone"
    REST = "rest"
    SERVICE = "service"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Source:
    """Where the next document comes from: an address to ask, or the text itself."""

    url: str = ""
    method: str = "POST"
    params: tuple[tuple[str, str], ...] = ()
    twiml: str | None = None


@dataclass(frozen=True, slots=True)
class Callback:
    """Where a call's progress is told, and which of its events."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset(["completed"])


@dataclass(frozen=True, slots=True)
class HangUp:
    """An order to a running call: end."""

    by: By


@dataclass(frozen=True, slots=True)
class Redirect:
    """An order to a running call: leave what you do, go on there."""

    source: Source


Act = Callable[["Call"], Awaitable[None]]
"""What a call does once it is answered. When it returns, the call is over."""


@dataclass(eq=False, slots=True)
class Phone:
    """A telephone that somebody holds, or that answers by itself. `keys` are pressed in order, one entry for each
    question of a call: "" stays silent, "hangup" ends it. An impatient phone presses before the prompt is over.
    `sms_late` is how late a late message is, in simulated seconds; `sms_auto` is what a phone that is a machine answers
    to every message. `changed` is set, and replaced, whenever its behaviour changes."""

    number: str
    name: str = ""
    on_ring: OnRing = OnRing.MANUAL
    answer_after: float = 0.5
    keys: tuple[str, ...] = ()
    impatient: bool = False
    call: "Call | None" = None
    heard: deque[dict[str, object]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    sms: OnMessage = OnMessage.DELIVER
    sms_late: float = 300.0
    sms_auto: str = ""
    auto_answers: int = 0
    messages: deque[dict[str, object]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def state(self) -> str:
        """idle, ringing, dialling or in_call."""
        if self.call is None:
            return "idle"
        if self.call.status is Status.IN_PROGRESS:
            return "in_call"
        return "dialling" if self.call.direction is Direction.INBOUND else "ringing"

    @property
    def display(self) -> str:
        """What its screen shows: the number dialled, or the caller's number as the network gives it."""
        if self.call is None:
            return ""
        return self.call.to if self.call.direction is Direction.INBOUND else self.call.shown


@dataclass(eq=False, slots=True)
class Call:
    """One leg between the network and one telephone. `shown` is what Twilio calls From."""

    account: str
    shown: str
    to: str
    direction: Direction
    ring_limit: float = 60.0
    time_limit: float = 14_400.0
    parent: str | None = None
    callback: Callback | None = None
    fallback: Source | None = None
    phone: Phone | None = None
    sid: str = field(default_factory=lambda: mint("CA"))
    status: Status = Status.QUEUED
    created_at: datetime = field(default_factory=now)
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    duration: int = 0
    sequence: int = 0
    room: str = ""
    waiting: bool = False
    redirected: bool = False
    keys: deque[str] = field(default_factory=deque)
    orders: asyncio.Queue[HangUp | Redirect] = field(default_factory=asyncio.Queue)
    pickup: asyncio.Future[Status] | None = None
    ear: asyncio.Queue[str] | None = None
    farewell: Source | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    told: asyncio.Task[None] | None = None

    @property
    def far_number(self) -> str:
        """The number of the telephone on this leg, also where it is withheld."""
        if self.phone is not None:
            return self.phone.number
        return self.shown if self.direction is Direction.INBOUND else self.to

    def settle(self, result: Status) -> bool:
        """Decide how the ringing ends. False if it does not ring (any more)."""
        if self.pickup is None or self.pickup.done():
            return False
        self.pickup.set_result(result)
        return True

    def hang_up(self, by: By) -> None:
        """End the call, whatever it does."""
        if self.status.final or self.settle(Status.CANCELED):
            return
        self.orders.put_nowait(HangUp(by))

    def redirect(self, source: Source) -> None:
        """Make the call leave what it does."""
        self.redirected = True
        self.orders.put_nowait(Redirect(source))

    def press(self, keys: str) -> int:
        """Keys on the far telephone. How many of them anybody listened to: without a question they go nowhere."""
        if self.ear is None or self.ear.qsize() + len(keys) > _MOST_KEYS:
            return 0
        for key in keys:
            self.ear.put_nowait(key)
        return len(keys)


def mint(prefix: str) -> str:
    """A new id in Twilio's shape, but of the letters a to f only: a search for digits must not find our ids."""
    return prefix + "".join(secrets.choice("abcdef") for _ in range(32))
