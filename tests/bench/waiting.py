"""Many cases that wait, written by the storage's own code: what one change of the store would write, for all of them.

Every case has all that a waiting case has in the store: itself, its sealed number, its places, and its phone's index.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import redis

from gateway.core.case import Alias, Case, State
from gateway.core.consequences import Moved
from gateway.core.identity import CallId, CaseId
from gateway.core.windows import SafeTime
from gateway.ports import Index, Sealed
from gateway.storage.codec import Codec
from gateway.storage.connect import connect
from gateway.storage.packet import Command, Lines, Packet, Watch
from gateway.storage.transaction import StoreTransaction
from tests.bench.calls import call_id

SPOKEN: Final = "ar"  # the language of everybody on the roster
UNSPOKEN: Final = "ku"
SENT_TOGETHER: Final = 5_000  # commands
BOX_BYTES: Final = 1168  # a sealed number's
_LETTERS: Final = str.maketrans("0123456789", "abcdefghij")
_ANSWERS: Final[tuple[dict[str, str], ...]] = (
    {"danger": "no", "deadline": "none", "who": "known", "shared": "no"},
    {"danger": "no", "deadline": "today", "who": "unknown", "shared": "no"},
    {"danger": "no", "deadline": "days", "who": "known", "forced": "yes", "shared": "yes"},
    {"danger": "no", "deadline": "none", "who": "security", "age": "minor", "shared": "no"},
    {"danger": "no", "deadline": "none", "who": "known", "not_area": "qayyara", "shared": "no"},
    {"danger": "now", "who": "known", "shared": "no"},
    {},
)


def due(numbers: Sequence[int], *, now: datetime) -> Iterator[Case]:
    """Cases of every class that can be offered now, one in twenty in a language that nobody on the roster speaks."""
    chance = random.Random(numbers[0])
    for number in numbers:
        asked = now - timedelta(seconds=chance.randrange(3600))
        language = UNSPOKEN if number % 20 == 0 else SPOKEN
        yield _case(number, asked, due_at=asked, language=language, answers=chance.choice(_ANSWERS))


def not_now(numbers: Sequence[int], *, now: datetime) -> Iterator[Case]:
    """Cases that nobody can be asked for: half of them wait for their hour, half for somebody who speaks with them."""
    for number in numbers:
        due_at, language = (now + timedelta(hours=6), SPOKEN) if number % 2 else (now, UNSPOKEN)
        yield _case(number, now, due_at=due_at, language=language, answers=_ANSWERS[number % len(_ANSWERS)])


def keep(url: str, cases: Iterator[Case], *, now: datetime) -> None:
    """Write them into a store that nobody else changes meanwhile."""
    codec, box = Codec(), Sealed(now.date().isoformat(), bytes(BOX_BYTES))
    with _Heap(url) as heap:
        for case in cases:
            transaction = StoreTransaction(heap, codec=codec, now=now)
            transaction.open_case(Moved(case), box)
            transaction.place(case.id, Index(now.date().isoformat(), _name(case.id, 64)))
            transaction.write()


def _case(number: int, asked: datetime, *, due_at: datetime, language: str, answers: dict[str, str]) -> Case:
    return Case(
        id=CaseId(_name(str(number), 16)),
        alias=Alias("olive", "silver"),
        state=State.WAITING,
        requested_at=asked,
        secret="47",
        safe_time=SafeTime.NOW,
        may_ring=True,
        attempts_left=3,
        language=language,
        answers=answers,
        due_at=due_at,
        closes_at=due_at + timedelta(hours=8),
        look_again_at=due_at,
        records=(CallId(call_id(number)),),
    )


def _name(number: str, length: int) -> str:
    """Letters, as long as the real ones."""
    return number.translate(_LETTERS).rjust(length, "x")


class _Heap(Watch):
    """Gathers the writes of many transactions. None of them finds anything there before."""

    def __init__(self, url: str) -> None:
        super().__init__(Lines(connect(url, answer_seconds=None).connection_pool))
        self._gathered: list[Command] = []

    def watch_and_read(self, key: str, read: Command) -> Any:
        """Nothing."""
        return None

    def write(self, packet: Packet) -> None:
        """Gather, and send when there is enough."""
        self._gathered += packet.commands
        if len(self._gathered) >= SENT_TOGETHER:
            self._send()

    def __exit__(self, *error: object) -> None:
        self._send()
        super().__exit__(*error)

    def _send(self) -> None:
        answers = self._exchange(self._gathered)
        self._gathered = []
        for answer in answers:
            if isinstance(answer, redis.RedisError):
                raise answer
