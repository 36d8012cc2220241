"""What a request costs the processors and the store. Other work on the machine changes times, and this much less."""

import os
from dataclasses import dataclass
from pathlib import Path

PROCESSES = Path("/proc")


@dataclass(frozen=True, slots=True)
class Cost:
    """Processor time of the server and of the store in microseconds, and how often the store was written to.

    A packet of several commands counts once. Nothing is known of processors where there is no `/proc`.
    """

    server: float | None
    store: float | None
    trips: float

    def each(self, before: "Cost", requests: int) -> "Cost":
        """What has been used since, for each of so many requests."""
        return Cost(
            _share(self.server, before.server, requests),
            _share(self.store, before.store, requests),
            (self.trips - before.trips) / requests,
        )


def processor_time(pid: int) -> float | None:
    """What a process and its living children have used so far, in microseconds."""
    try:
        used = [_ticks(one) for one in _family(pid)]
    except OSError:
        return None
    return 1e6 * sum(used) / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[int]:
    children = (task.joinpath("children").read_text() for task in (PROCESSES / str(pid) / "task").iterdir())
    return [pid, *(one for names in children for child in names.split() for one in _family(int(child)))]


def _ticks(pid: int) -> int:
    """User and system time. The name of a process stands in brackets and may hold anything."""
    fields = (PROCESSES / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _share(after: float | None, before: float | None, requests: int) -> float | None:
    return None if after is None or before is None else (after - before) / requests
