"""What was measured, as a table on the terminal and as `docs/benchmarks.md`."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import quantiles

from rich.console import Console
from rich.table import Table

from tests.bench.throughput import Size, Throughput

MENU_TARGET, QUEUEING_TARGET, HALF_LOAD_TARGET = 0.6, 0.35, 50.0
HEADINGS = ("", "the floor", "a menu step", "the step that queues a callback")

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Results:
    """Everything of one run; `offers` in ms, `load_before` is the machine's load average of the minute before."""

    throughput: Throughput
    offers: tuple[float, ...]
    size: Size
    load_before: float


def show(results: Results, console: Console) -> None:
    """Print it."""
    table = Table(*HEADINGS)
    for row in _rows(results.throughput):
        table.add_row(*row)
    console.print(table)
    console.print(_offers(results.offers))
    console.print(_targets())


def write(results: Results, path: Path, *, today: date) -> None:
    """Write it down, in the place of what stood there."""
    path.write_text(_page(results, today), encoding="utf-8")


def percentile(times: Sequence[float], percent: int) -> float:
    """The time that so many of a hundred stay below; a single time is its own percentile."""
    return times[0] if len(times) == 1 else quantiles(times, n=100, method="inclusive")[percent - 1]


def _rows(measured: Throughput) -> list[Row]:
    speeds = (measured.floor, measured.menu, measured.queueing)
    halves = (measured.floor_half, measured.menu_half, measured.queueing_half)
    return [
        ("requests/s", *(f"{speed.rate:,.0f}" for speed in speeds)),
        ("ratio to the floor", *(f"{speed.ratio:.2f}" for speed in speeds)),
        ("lowest and highest ratio", *(f"{min(speed.ratios):.2f}, {max(speed.ratios):.2f}" for speed in speeds)),
        ("p50, p99 at full load, ms", *(_two(speed.times) for speed in speeds)),
        ("requests/s at half load", *(f"{half.rate:,.0f}" for half in halves)),
        ("p50, p99 at half load, ms", *(_two(half.times) for half in halves)),
    ]


def _two(times: Sequence[float]) -> str:
    return f"{percentile(times, 50):.1f}, {percentile(times, 99):.1f}"


def _offers(times: Sequence[float]) -> str:
    return f"From a queued callback to the ring of a responder's phone, {len(times)} calls: p50, p99 {_two(times)} ms."


def _targets() -> str:
    return (
        f"Targets: a menu step at least {MENU_TARGET} of the floor, the queueing step at least {QUEUEING_TARGET}, "
        f"p99 below {HALF_LOAD_TARGET:.0f} ms at half load."
    )


def _page(results: Results, today: date) -> str:
    rows = (HEADINGS, ("---",) * len(HEADINGS), *_rows(results.throughput))
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    size = results.size
    return f"""# Benchmarks

Written by `python -m tests.bench --write`; `make bench` measures and only prints. No test asserts a time.

## Results of {today.isoformat()}

{_machine()}
Load average in the minute before: {results.load_before:.1f}. Other work on the machine makes all of this coarse.

{table}

{_offers(results.offers)}

{_targets()}

## Method

- **The floor** (`tests/bench/floor.py`) is a bare Flask route behind the Procfile's own `web` line. It checks the
  provider's signature with our function, has one stream entry on disk (`XADD`, `appendfsync always`), and answers a
  constant document. Rates are to be compared with it, not with other machines.
- **The real webhook** is the Procfile's `web`. Menu steps are the answers to the first three questions of a call (call
  me, I agree, the phone is mine alone). The step that queues a callback is the fourth key. Calls are begun, and
  brought to their step, while nothing is measured. Every request is signed and has a caller of its own; every answer
  is checked to be the next question.
- **In turn**: {size.cycles} cycles of floor, step 1, floor, step 2, floor, step 3, floor, step 4, floor, after one
  that does not count. A round is {size.calls:,} requests on {size.connections} connections. Its ratio is its rate by
  the mean of the floor's two rounds around it; reported is the middle ratio, with the lowest and the highest. Times are
  of all rounds.
- **Half load**: requests come independently of each other (Poisson) at half the rate of full load, for
  {size.half_load_seconds:.0f} s; the menu step is the first one. Times count from when a request was due: waiting for a
  connection is part of them.
- The load generator (a process of its own), both servers and the store (the embedded one) share the machine. No worker
  runs while webhooks are measured; the jobs that they ring for pile up and are thrown away between cycles.
- **Rings**: with `web`, `worker`, `dialler` and `clock` running and more responders on shift than calls, one call after
  another: from the answer to the fourth key until the request for the responder's call arrives at a stand-in for the
  provider. `CALLS_PER_SECOND=100`. Nobody answers, so every case goes to another woman.
"""


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
