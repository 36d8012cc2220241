"""How fast the webhooks are, against the floor: rounds of both in turn, on the same machine, server and store.

The speed of a machine drifts. So every round of the real web stands between two rounds of the floor and is compared
with their mean, and the middle of these ratios is what counts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice, pairwise
from statistics import fmean, median

from tests.bench.calls import LAST_KEY, MENU_KEYS, Batch
from tests.bench.house import House
from tests.bench.load import Generator, Run, WrongAnswer

LAST_STEP = len(MENU_KEYS) + 1


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: `calls` in each round, `cycles` of rounds, seconds at half load."""

    calls: int
    cycles: int
    connections: int
    half_load_seconds: float


@dataclass(frozen=True, slots=True)
class Speed:
    """What one kind of request does at full load: rates per second and ratios to the floor by round, times in ms."""

    rates: tuple[float, ...]
    ratios: tuple[float, ...]
    times: tuple[float, ...]

    @property
    def rate(self) -> float:
        """The middle rate."""
        return median(self.rates)

    @property
    def ratio(self) -> float:
        """The middle ratio to the floor."""
        return median(self.ratios)


@dataclass(frozen=True, slots=True)
class HalfLoad:
    """Times in ms while requests come at half of the rate that full load reached."""

    rate: float
    times: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Throughput:
    """The floor, a menu step and the step that queues a callback."""

    floor: Speed
    menu: Speed
    queueing: Speed
    floor_half: HalfLoad
    menu_half: HalfLoad
    queueing_half: HalfLoad


def measure(house: House, generator: Generator, size: Size) -> Throughput:
    """Measure with `web` and `floor` running, and no workers: their share of the machine is not the webhook's."""
    bench = _Bench(house, generator, size)
    bench.cycle()  # nobody's numbers: caches fill, and threads start
    floor: list[Speed] = []
    menu: list[Speed] = []
    queueing: list[Speed] = []
    for _ in range(size.cycles):
        floors, reals = bench.cycle()
        floor.append(_against(floors, [run.rate for run in floors]))
        between = [fmean((before.rate, after.rate)) for before, after in pairwise(floors)]
        menu.append(_against(reals[:-1], between[:-1]))
        queueing.append(_against(reals[-1:], between[-1:]))
    speeds = (_together(floor), _together(menu), _together(queueing))
    return Throughput(*speeds, *bench.half_loads(*(speed.rate / 2 for speed in speeds)))


class _Bench:
    """Makes the rounds; every round has calls that were never used before."""

    def __init__(self, house: House, generator: Generator, size: Size) -> None:
        self._house = house
        self._generator = generator
        self._size = size
        self._fresh = count()

    def cycle(self) -> tuple[list[Run], list[Run]]:
        """Rounds of the floor, and between each two of them one step of the same calls; the last queues a callback."""
        calls = self._begun(self._size.calls)
        floors, reals = [self._floor(self._size.calls)], []
        for step in range(1, LAST_STEP + 1):
            reals.append(self._run("web", self._step(calls, step)))
            floors.append(self._floor(self._size.calls))
        self._check(self._size.calls)
        return floors, reals

    def half_loads(self, floor: float, menu: float, queueing: float) -> Iterator[HalfLoad]:
        """All three with requests that come at these rates, whether the server keeps up or not."""
        seconds = self._size.half_load_seconds
        yield _half(floor, self._floor(int(floor * seconds) + 1, floor))
        yield _half(menu, self._run("web", self._step(self._begun(int(menu * seconds) + 1), 1), menu))
        calls = self._begun(int(queueing * seconds) + 1)
        for step in range(1, LAST_STEP):
            self._run("web", self._step(calls, step))
        yield _half(queueing, self._run("web", self._step(calls, LAST_STEP), queueing))
        self._check(len(calls))

    def _check(self, calls: int) -> None:
        """Whether every call's request was kept: words alone could as well have refused it."""
        if (kept := self._house.kept()) != calls:
            raise WrongAnswer(f"{calls} callbacks were asked for and {kept} kept")

    def _begun(self, number: int) -> Sequence[int]:
        self._house.tidy()
        calls = self._calls(number)
        self._run("web", self._house.caller("web").begins(calls))
        return calls

    def _calls(self, number: int) -> Sequence[int]:
        return tuple(islice(self._fresh, number))

    def _step(self, calls: Sequence[int], step: int) -> Batch:
        keys = (*MENU_KEYS, LAST_KEY)[step - 1]
        return self._house.caller("web").presses(calls, step=step, keys=keys)

    def _floor(self, number: int, rate: float | None = None) -> Run:
        arriving = self._house.caller("floor").begins(self._calls(number))
        return self._run("floor", replace(arriving, expects=b"<Hangup/>"), rate)

    def _run(self, name: str, batch: Batch, rate: float | None = None) -> Run:
        return self._generator.run(self._house.port(name), batch, connections=self._size.connections, rate=rate)


def _against(runs: Sequence[Run], floors: Sequence[float]) -> Speed:
    rates = tuple(run.rate for run in runs)
    ratios = tuple(rate / floor for rate, floor in zip(rates, floors, strict=True))
    return Speed(rates, ratios, tuple(1000 * moment for run in runs for moment in run.times))


def _together(parts: Sequence[Speed]) -> Speed:
    return Speed(
        tuple(rate for part in parts for rate in part.rates),
        tuple(ratio for part in parts for ratio in part.ratios),
        tuple(moment for part in parts for moment in part.times),
    )


def _half(rate: float, run: Run) -> HalfLoad:
    return HalfLoad(rate, tuple(1000 * moment for moment in run.times))
