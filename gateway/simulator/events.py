"""What happened in the network, in order: a bounded list that can be waited on."""

import asyncio
import time
from collections import deque
from collections.abc import Mapping
from enum import StrEnum
from itertools import islice
from typing import Final

from gateway.simulator.timing import now

MOST_EVENTS: Final = 50_000

Event = Mapping[str, object]


class Kind(StrEnum):
    """Everything that can happen."""

    RING = "ring"
    ANSWER = "answer"
    HEARD = "heard"
    GATHER = "gather"
    PRESS = "press"
    BRIDGED = "bridged"
    UNBRIDGED = "unbridged"
    ENDED = "ended"
    REST = "rest"
    WEBHOOK = "webhook"
    VIOLATION = "violation"
    APPLICATION_ERROR = "application_error"
    FAULT = "fault"
    MESSAGE = "message"
    MESSAGE_STATUS = "message_status"
    USSD = "ussd"


class EventLog:
    """The latest events, numbered from 1 without gaps. Older ones are forgotten, their numbers are not used again."""

    def __init__(self, most: int = MOST_EVENTS) -> None:
        self._events: deque[Event] = deque(maxlen=most)
        self._last = 0
        self._changed = asyncio.Event()

    @property
    def last(self) -> int:
        """The number of the latest event; 0 before the first."""
        return self._last

    def add(self, kind: Kind, **fields: object) -> None:
        """Note one event, and wake who waits for it."""
        self._last += 1
        self._events.append({"n": self._last, "at": now().isoformat(), "kind": kind.value, **fields})
        self._changed.set()
        self._changed = asyncio.Event()

    def after(self, number: int, *, most: int = MOST_EVENTS) -> list[Event]:
        """The events with a higher number that are still known, oldest first, at most so many."""
        count = max(0, min(self._last - number, len(self._events)))
        newest_first = list(islice(reversed(self._events), count))
        return newest_first[::-1][:most]

    async def wait_after(self, number: int, seconds: float, *, most: int = MOST_EVENTS) -> list[Event]:
        """The same, but if there are none yet, wait so many real seconds for the first."""
        until = time.monotonic() + seconds
        while not (found := self.after(number, most=most)):
            left = until - time.monotonic()
            if left <= 0:
                break
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except TimeoutError:
                break
        return found

    def clear(self) -> None:
        """Forget the events, but go on counting: who waits for `after=N` must not miss what comes."""
        self._events.clear()
