"""What was measured, as tables on the terminal and as `docs/benchmarks.md`."""

import os
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median, quantiles

from rich.console import Console
from rich.table import Table

from tests.bench.dispatching import ROSTER, Dispatching
from tests.bench.plan import Plan
from tests.bench.throughput import HalfLoad, Kind, Speed, Throughput

Row = tuple[str, ...]
TARGETS = (
    "Targets: a menu step at least 0.60 of the floor, the step that queues a callback 0.35, a message and a USSD step "
    "0.50; p99 below 50 ms at half load; a phone rings within 250 ms at p99; a message is understood in 50 µs; "
    "an offer costs at most 1.5 times as much with 1,000,000 cases waiting as with 1,000, at 3 kB for each case."
)


@dataclass(frozen=True, slots=True)
class Results:
    """One run; None for what was left out. `rang` in ms, `texts` in microseconds; the load average of before it."""

    webhooks: Throughput | None
    rang: tuple[float, ...] | None
    texts: tuple[float, ...] | None
    dispatched: tuple[Dispatching, ...] | None
    plan: Plan
    load_before: float

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out."""
        return None not in (self.webhooks, self.rang, self.texts, self.dispatched)


def show(results: Results, console: Console) -> None:
    """Print it."""
    for rows in _tables(results):
        table = Table(*rows[0])
        for row in rows[1:]:
            table.add_row(*row)
        console.print(table)
    for sentence in _sentences(results):
        console.print(sentence)
    console.print(TARGETS)


def write(results: Results, path: Path, *, today: date) -> None:
    """Write it down, in the place of what stood there."""
    path.write_text(_page(results, today), encoding="utf-8")


def percentile(times: Sequence[float], percent: int) -> float:
    """The time that so many of a hundred stay below; a single time is its own percentile."""
    return times[0] if len(times) == 1 else quantiles(times, n=100, method="inclusive")[percent - 1]


def _two(times: Sequence[float]) -> str:
    return f"{percentile(times, 50):.1f}, {percentile(times, 99):.1f}"


# --- tables ---


def _tables(results: Results) -> Iterator[list[Row]]:
    if results.webhooks is not None:
        yield _webhooks(results.webhooks)
    if results.dispatched is not None:
        yield _dispatched(results.dispatched)


def _webhooks(measured: Throughput) -> list[Row]:
    def full(name: str, shown: Callable[[Speed], str]) -> Row:
        return (name, *(shown(measured.speeds[kind]) for kind in Kind))

    def half(name: str, shown: Callable[[HalfLoad], str]) -> Row:
        return (name, *(shown(measured.halves[kind]) for kind in Kind))

    return [
        ("", *(kind.value for kind in Kind)),
        full("requests/s", lambda speed: f"{speed.rate:,.0f}"),
        full("ratio to the floor", lambda speed: f"{median(speed.ratios):.2f}"),
        full("lowest and highest ratio", lambda speed: f"{speed.ratios[0]:.2f}, {speed.ratios[-1]:.2f}"),
        full("processor time of the server, µs", lambda speed: _known(speed.cost.server)),
        full("processor time of the store, µs", lambda speed: _known(speed.cost.store)),
        full("round trips to the store", lambda speed: f"{speed.cost.trips:.1f}"),
        full("p50, p99 at full load, ms", lambda speed: _two(speed.times)),
        half("requests/s at half load", lambda load: f"{load.rate:,.0f}"),
        half("p50, p99 at half load, ms", lambda load: _two(load.times)),
    ]


def _dispatched(found: Sequence[Dispatching]) -> list[Row]:
    first = found[0].middle
    return [
        ("cases waiting", *(f"{one.waiting:,}" for one in found)),
        ("one offer, p50, p99 in ms", *(_two(one.times) for one in found)),
        ("ratio of the p50", *(f"{one.middle / first:.2f}" for one in found)),
        ("processor time of the store, µs", *(_known(one.store) for one in found)),
        ("bytes of the store for each case", *(f"{one.bytes_each:,.0f}" for one in found)),
    ]


def _known(microseconds: float | None) -> str:
    return "-" if microseconds is None else f"{microseconds:,.0f}"


# --- sentences ---


def _sentences(results: Results) -> Iterator[str]:
    if results.rang is not None:
        yield (
            f"From a queued callback to the ring of a responder's phone, {len(results.rang)} calls, with "
            f"{results.plan.waiting:,} cases waiting: p50, p99 {_two(results.rang)} ms."
        )
    if results.texts is not None:
        yield (
            f"A message of 70 units is understood in {median(results.texts):.0f} microseconds "
            f"({len(results.texts)} texts; p99 {percentile(results.texts, 99):.0f})."
        )


def _page(results: Results, today: date) -> str:
    tables = "\n\n".join(_as_markdown(rows) for rows in _tables(results))
    sentences = "\n\n".join(_sentences(results))
    size = results.plan.webhooks
    return f"""# Benchmarks

Written by `python -m tests.bench --write`; `make bench` measures and only prints. No test asserts a time.

## Results of {today.isoformat()}

{_machine()}
Load average in the minute before: {results.load_before:.1f}. Other work on the machine makes all of this coarse.

{tables}

{sentences}

{TARGETS}

## Method

- **The floor** (`tests/bench/floor.py`) is a bare Flask route behind the Procfile's own `web` line. It checks the
  provider's signature with our function, has one stream entry on disk (`XADD`, `appendfsync always`), and answers a
  constant document. Rates are to be compared with it, not with other machines.
- **The real webhook** is the Procfile's `web`. Menu steps are the answers to the first three questions of a call (call
  me, I agree, the phone is mine alone). The step that queues a callback is the fourth key. A message asks for a call in
  ordinary words, is the first from its number, and is answered with a question. A USSD step is the first key of a
  dialogue. Calls and dialogues are begun, and brought to their step, while nothing is measured. Every voice request and
  message is signed, every request has a caller of its own, and every answer is checked to be the next question.
- **In turn**: {size.cycles} cycles of the floor, then step 1 to 4 of a call, a message and a USSD step, each followed
  by the floor again, after one cycle that does not count. A round is {size.calls:,} requests on {size.connections}
  connections. Its ratio is its rate by the mean of the floor's two rounds around it; reported is the middle ratio, with
  the lowest and the highest. Times are of all rounds.
- **Processor time** is what the server's processes, and the store's, used for each request of a round; the middle round
  is reported. It depends less on other work than rates do. A round trip is a packet that the store has read.
- **Half load**: requests come independently of each other (Poisson) at half the rate of full load, for
  {size.half_load_seconds:.0f} s; the menu step is the first one. Times count from when a request was due: waiting for a
  connection is part of them.
- The load generator (a process of its own), both servers and the store (the embedded one) share the machine. No worker
  runs while webhooks are measured; the jobs that they ring for pile up and are thrown away between cycles.
- **Rings**: with `web`, `worker`, `dialler` and `clock` running and as many responders on shift as there are calls, one
  call after another: from the answer to the fourth key until the request for the responder's call arrives at a stand-in
  for the provider. `CALLS_PER_SECOND=100`. Nobody answers, so every case goes to another woman. Of the cases that wait
  meanwhile, half wait for another hour, and half for somebody who speaks a language that nobody on the roster speaks.
- **Offers**: one dispatcher in a process of its own, {results.plan.offers} times at each length of the queue: of a
  roster of {ROSTER} women one is free, and one call of `Dispatcher.dispatch` offers her a case, written to disk. Cases
  are of all classes; one in twenty is in a language that nobody speaks. They are written by the storage's own code, in
  bulk, with all that a waiting case has: itself, its sealed number, its places and its phone's index. Bytes are those
  of the store's memory.
- **Messages understood**: words of the table among other Arabic words, cut to 70 units; each text several times.
"""


def _as_markdown(rows: Sequence[Row]) -> str:
    ruled = (rows[0], ("---",) * len(rows[0]), *rows[1:])
    return "\n".join("| " + " | ".join(row) + " |" for row in ruled)


def _machine() -> str:
    return (
        f"{os.cpu_count()} cores of {_processor()}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, granian {version('granian')}, flask {version('flask')}, "
        f"rq {version('rq')}, redis {version('redis')}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
