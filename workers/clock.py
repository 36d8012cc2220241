"""The clock: sweeps every few seconds, and rings for what is due by the hour. Holds no key."""

import os
import signal
import threading
from datetime import timedelta

import structlog

from gateway import bootstrap
from gateway.core.errors import SanadError
from gateway.jobs import Bell, JobName

BETWEEN_SWEEPS = timedelta(seconds=2)
SWEEPS_BETWEEN_RECORDS = 15
SWEEPS_BETWEEN_SEARCHES = 1800  # for records of which nobody told us: an hour
SWEEPS_BETWEEN_REWRITES = 5  # of the append-only file: one for all that was erased meanwhile
SWEEPS_BETWEEN_KEYS = 300  # besides the first of a day: a turn that was lost is made ten minutes later


def main() -> None:
    """Tick until told to stop. A tick that fails is logged; the next one does its work."""
    clock = bootstrap.clock(os.environ)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    ticks, turned_on = 0, None
    while not stop.is_set():
        today = bootstrap.utc_now().date()
        if _tick(clock, ticks, is_new_day=today != turned_on):
            turned_on = today
        ticks += 1
        stop.wait(BETWEEN_SWEEPS.total_seconds())


def _tick(clock: bootstrap.Clock, ticks: int, *, is_new_day: bool) -> bool:
    """One tick; whether all of it was done."""
    try:
        clock.shifts.turn()
        clock.sweep.run()
        clock.watch.run()
        if ticks % SWEEPS_BETWEEN_RECORDS == 0:
            clock.store.ring(Bell(JobName.FORGET_RECORDS))
        if ticks % SWEEPS_BETWEEN_SEARCHES == 0:
            clock.store.ring(Bell(JobName.FIND_RECORDS))
        if ticks % SWEEPS_BETWEEN_REWRITES == 0 and clock.store.has_erased():
            clock.store.ring(Bell(JobName.COMPACT))
        if is_new_day or ticks % SWEEPS_BETWEEN_KEYS == 0:
            clock.store.ring(Bell(JobName.TURN_KEYS))
    except SanadError as error:
        structlog.get_logger().warning("tick_failed", code=error.code)
        return False
    return True


if __name__ == "__main__":
    main()
