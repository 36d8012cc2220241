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
SWEEPS_BETWEEN_KEYS = 300


def main() -> None:
    """Tick until told to stop. A tick that fails is logged; the next one does its work."""
    clock = bootstrap.clock(os.environ)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    ticks = 0
    while not stop.is_set():
        _tick(clock, ticks)
        ticks += 1
        stop.wait(BETWEEN_SWEEPS.total_seconds())


def _tick(clock: bootstrap.Clock, ticks: int) -> None:
    try:
        clock.shifts.turn()
        clock.sweep.run()
        clock.watch.run()
        if ticks % SWEEPS_BETWEEN_RECORDS == 0:
            clock.store.ring(Bell(JobName.FORGET_RECORDS))
        if ticks % SWEEPS_BETWEEN_KEYS == 0:
            clock.store.ring(Bell(JobName.TURN_KEYS))
    except SanadError as error:
        structlog.get_logger().warning("tick_failed", code=error.code)


if __name__ == "__main__":
    main()
