"""How fast the webhooks are, against the floor: rounds of both in turn, on the same machine, server and store.

The speed of a machine drifts. So every round of the real web stands between two rounds of the floor and is compared
with their mean, and the middle of these ratios is what counts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count, islice, pairwise
from statistics import fmean, median

from tests.bench.calls import LAST_KEY, MENU_KEYS, Batch
from tests.bench.costs import Cost
from tests.bench.house import House
from tests.bench.load import Generator, Run, WrongAnswer
from tests.bench.plan import Size

LAST_STEP = len(MENU_KEYS) + 1


class Kind(StrEnum):
    """The kinds of requests, as they are called in the results."""

    FLOOR = "the floor"
    MENU = "a menu step"
    QUEUEING = "the step that queues a callback"
    MESSAGE = "a message, answered"
    SCREEN = "a USSD step"


@dataclass(frozen=True, slots=True)
class Round:
    """One round at full load: its ratio to the floor's rounds around it, and what each request cost."""

    run: Run
    ratio: float
    cost: Cost


@dataclass(frozen=True, slots=True)
class Speed:
    """What one kind of request does at full load, in all its rounds."""

    rounds: tuple[Round, ...]

    @property
    def rate(self) -> float:
        """The middle rate, in requests per second."""
        return median(one.run.rate for one in self.rounds)

    @property
    def ratios(self) -> list[float]:
        """The ratios to the floor, the lowest first."""
        return sorted(one.ratio for one in self.rounds)

    @property
    def times(self) -> list[float]:
        """Each request's time in ms."""
        return [1000 * moment for one in self.rounds for moment in one.run.times]

    @property
    def cost(self) -> Cost:
        """The middle cost of a request."""
        costs = [one.cost for one in self.rounds]
        server, store = (_middle([getattr(cost, part) for cost in costs]) for part in ("server", "store"))
        return Cost(server, store, median(cost.trips for cost in costs))


@dataclass(frozen=True, slots=True)
class HalfLoad:
    """Times in ms while requests come at half of the rate that full load reached."""

    rate: float
    times: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Throughput:
    """Every kind at full load and at half load."""

    speeds: Mapping[Kind, Speed]
    halves: Mapping[Kind, HalfLoad]


def measure(house: House, generator: Generator, size: Size) -> Throughput:
    """Measure with `web` and `floor` running, and no workers: their share of the machine is not the webhook's."""
    bench = _Bench(house, generator, size)
    bench.cycle()  # nobody's numbers: caches fill, and threads start
    rounds: dict[Kind, list[Round]] = {kind: [] for kind in Kind}
    for _ in range(size.cycles):
        for kind, one in _compared(bench.cycle()):
            rounds[kind].append(one)
    speeds = {kind: Speed(tuple(found)) for kind, found in rounds.items()}
    return Throughput(speeds, {kind: bench.half_load(kind, speed.rate / 2) for kind, speed in speeds.items()})


def _compared(cycle: Sequence[tuple[Kind, Run, Cost]]) -> Iterator[tuple[Kind, Round]]:
    """Every other round is the floor's; each of the others is compared with the two around it."""
    floors, reals = cycle[::2], cycle[1::2]
    yield from ((kind, Round(run, 1.0, cost)) for kind, run, cost in floors)
    for (kind, run, cost), ((_, before, _), (_, after, _)) in zip(reals, pairwise(floors), strict=True):
        yield kind, Round(run, run.rate / fmean((before.rate, after.rate)), cost)


class _Bench:
    """Makes the rounds; every round has callers that were never used before."""

    def __init__(self, house: House, generator: Generator, size: Size) -> None:
        self._house = house
        self._generator = generator
        self._size = size
        self._fresh = count()

    def cycle(self) -> list[tuple[Kind, Run, Cost]]:
        """A round of the floor, and after each round of another kind one more: all steps of the same calls, the last of
        which queues a callback, then messages, then USSD steps."""
        number = self._size.calls
        calls, phones = self._begun(number), self._dialled(number)
        kinds = [(Kind.MENU, self._step(calls, step)) for step in range(1, LAST_STEP)]
        kinds += [(Kind.QUEUEING, self._step(calls, LAST_STEP)), (Kind.MESSAGE, self._messages(number))]
        kinds += [(Kind.SCREEN, self._screens(phones))]
        rounds = [self._measured(Kind.FLOOR, self._arriving(number))]
        for kind, batch in kinds:
            rounds += [self._measured(kind, batch), self._measured(Kind.FLOOR, self._arriving(number))]
        self._check(number)
        return rounds

    def half_load(self, kind: Kind, rate: float) -> HalfLoad:
        """Requests that come at this rate, whether the server keeps up or not."""
        number = int(rate * self._size.half_load_seconds) + 1
        run = self._run(kind, self._prepared(kind, number), rate)
        if kind is Kind.QUEUEING:
            self._check(number)
        return HalfLoad(rate, tuple(1000 * moment for moment in run.times))

    def _prepared(self, kind: Kind, number: int) -> Batch:
        match kind:
            case Kind.FLOOR:
                return self._arriving(number)
            case Kind.MESSAGE:
                return self._messages(number)
            case Kind.SCREEN:
                return self._screens(self._dialled(number))
        calls, last = self._begun(number), LAST_STEP if kind is Kind.QUEUEING else 1
        for step in range(1, last):
            self._run(kind, self._step(calls, step))
        return self._step(calls, last)

    def _check(self, calls: int) -> None:
        """Whether every call's request was kept: words alone could as well have refused it."""
        if (kept := self._house.kept()) != calls:
            raise WrongAnswer(f"{calls} callbacks were asked for and {kept} kept")

    # --- callers ---

    def _callers(self, number: int) -> Sequence[int]:
        return tuple(islice(self._fresh, number))

    def _begun(self, number: int) -> Sequence[int]:
        """Calls that have heard the first question, in a store that holds nothing else."""
        self._house.tidy()
        calls = self._callers(number)
        self._run(Kind.MENU, self._house.caller("web").begins(calls))
        return calls

    def _step(self, calls: Sequence[int], step: int) -> Batch:
        keys = (*MENU_KEYS, LAST_KEY)[step - 1]
        return self._house.caller("web").presses(calls, step=step, keys=keys)

    def _messages(self, number: int) -> Batch:
        return self._house.caller("web").writes(self._callers(number))

    def _dialled(self, number: int) -> Sequence[int]:
        """Phones that show the first screen."""
        phones = self._callers(number)
        self._run(Kind.SCREEN, self._house.caller("web").dials(phones))
        return phones

    def _screens(self, phones: Sequence[int]) -> Batch:
        return self._house.caller("web").dials(phones, MENU_KEYS[0])

    def _arriving(self, number: int) -> Batch:
        return replace(self._house.caller("floor").begins(self._callers(number)), expects=b"<Hangup/>")

    # --- requests ---

    def _measured(self, kind: Kind, batch: Batch) -> tuple[Kind, Run, Cost]:
        before = self._house.used(_server(kind))
        run = self._run(kind, batch)
        return kind, run, self._house.used(_server(kind)).each(before, len(batch.requests))

    def _run(self, kind: Kind, batch: Batch, rate: float | None = None) -> Run:
        port = self._house.port(_server(kind))
        return self._generator.run(port, batch, connections=self._size.connections, rate=rate)


def _server(kind: Kind) -> str:
    return "floor" if kind is Kind.FLOOR else "web"


def _middle(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None
