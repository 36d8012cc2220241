"""What it costs to offer one case, as more and more cases wait: it must not grow with them.

One dispatcher, one woman free out of a whole roster, one call of `Dispatcher.dispatch`, again and again.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import time as hour
from datetime import timedelta
from itertools import pairwise
from operator import methodcaller
from statistics import median
from zoneinfo import ZoneInfo

from gateway.bootstrap import utc_now
from gateway.core.identity import CaseId, ResponderId
from gateway.core.roster import Responder
from gateway.core.windows import Calendar, Hours, SafeTime
from gateway.services.chance import Chance
from gateway.services.dispatch import Dispatcher
from gateway.storage.connect import connect
from gateway.storage.store import RedisStore
from tests.bench import waiting
from tests.bench.costs import processor_time
from tests.bench.house import House
from tests.bench.load import WrongAnswer

ROSTER = 200
AREAS = ("qayyara", "shura", "hammam")


@dataclass(frozen=True, slots=True)
class Dispatching:
    """With so many cases waiting: times in ms, processor time of the store in microseconds for each offer, and the
    bytes of the store's memory for each case."""

    waiting: int
    times: tuple[float, ...]
    store: float | None
    bytes_each: float

    @property
    def middle(self) -> float:
        """The middle time, in ms."""
        return median(self.times)


def measure(house: House, sizes: Sequence[int], *, offers: int, say: Callable[[str], object]) -> list[Dispatching]:
    """Grow the store to each of these sizes in turn, and measure so many offers at each. It must be empty before."""
    store = RedisStore(connect(house.store.url), clock=utc_now)
    _staff(store)
    dispatcher = _dispatcher(store)
    found = []
    with house.growing() as memory:
        empty = memory()
        for before, size in pairwise((0, *sizes)):
            say(f"  {size:,} cases waiting ...")
            waiting.keep(house.store.url, waiting.due(range(before, size), now=utc_now()), now=utc_now())
            each = (memory() - empty) / size
            _offer(store, dispatcher)  # nobody's number: connections are made
            used, times = processor_time(house.store_pid()), tuple(_offer(store, dispatcher) for _ in range(offers))
            after = processor_time(house.store_pid())
            cost = None if used is None or after is None else (after - used) / offers
            found.append(Dispatching(size, times, cost, each))
    return found


def _staff(store: RedisStore) -> None:
    """A roster of which everybody is on shift and busy."""
    for number in range(ROSTER):
        name = ResponderId("".join(chr(ord("a") + int(digit)) for digit in f"{number:03}"))
        areas = frozenset({AREAS[number % len(AREAS)]})
        woman = Responder(id=name, name=name, is_woman=True, areas=areas, on_shift=True, busy_with=CaseId("elsewhere"))
        store.transact(methodcaller("keep_responder", woman))


def _dispatcher(store: RedisStore) -> Dispatcher:
    parts = {SafeTime.MORNING: (9, 12), SafeTime.AFTERNOON: (12, 16), SafeTime.EVENING: (16, 20)}
    return Dispatcher(
        store,
        chance=Chance(first_names=("olive",), second_names=("silver",), secret_digits=2),
        calendar=Calendar(
            zone=ZoneInfo("Asia/Baghdad"),
            parts={name: Hours(hour(opens), hour(closes)) for name, (opens, closes) in parts.items()},
            now_lasts=timedelta(hours=8),
        ),
        clock=utc_now,
        ring_for=timedelta(seconds=25),
    )


def _offer(store: RedisStore, dispatcher: Dispatcher) -> float:
    """The time of one offer, in ms, to the woman who was asked the longest ago; she alone is made free for it."""
    woman = min(store.responders(), key=lambda one: (one.offered_at is not None, one.offered_at, one.id))
    store.transact(methodcaller("keep_responder", replace(woman, busy_with=None)))
    begun = time.perf_counter()
    made = dispatcher.dispatch()
    passed = time.perf_counter() - begun
    if made != 1:
        raise WrongAnswer(f"{made} offers were made where one woman was free")
    return 1000 * passed
