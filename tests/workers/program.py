"""A worker for tests: `python -m tests.workers.program URL QUEUE`. Its handlers note what they were called with."""

import os
import signal
import sys
import time
from collections.abc import Callable

from gateway import logs
from gateway.core.errors import ProviderUncertain
from gateway.jobs import JobName, QueueName
from gateway.storage.connect import connect
from workers.run import run

DONE = "test-done"  # list: what was run, with its arguments
CRASHED_WITH = "olivesilverriver"  # stands in an exception, and must stand nowhere else


def main(url: str, queue: str) -> None:
    """Work until told to stop."""
    logs.configure("dialler", "INFO")
    client = connect(url, answer_seconds=None)

    def noting(name: JobName) -> Callable[..., object]:
        def handler(*arguments: str) -> str:
            client.rpush(DONE, " ".join((name.value, *arguments)))
            return CRASHED_WITH  # a result must not be kept either

        return handler

    def crash(argument: str) -> None:
        client.rpush(DONE, f"crash {argument}")
        raise RuntimeError(f"{CRASHED_WITH} {argument}")

    def refuse(argument: str) -> None:
        client.rpush(DONE, f"refuse {argument}")
        raise ProviderUncertain(f"{CRASHED_WITH} {argument}")

    def die(argument: str) -> None:
        client.rpush(DONE, f"die {argument}")
        os.kill(os.getpid(), signal.SIGKILL)

    def last_for_ever(argument: str) -> None:
        client.rpush(DONE, f"last {argument}")
        time.sleep(600)

    def last_for_ever_once(argument: str) -> None:
        if client.set("test-lasted", argument, nx=True):
            time.sleep(600)
        client.rpush(DONE, f"dial_caller {argument}")

    tables = {
        QueueName.WORK: {JobName.DISPATCH: noting(JobName.DISPATCH)},
        QueueName.DIAL: {
            JobName.HANG_UP: noting(JobName.HANG_UP),
            JobName.RING_RESPONDER: noting(JobName.RING_RESPONDER),
            JobName.ADMIT: crash,
            JobName.ERASE: refuse,
            JobName.KNOCK: die,
            JobName.WITHDRAW: last_for_ever,
            JobName.DIAL_CALLER: last_for_ever_once,
        },
    }
    run(client, QueueName(queue), tables[QueueName(queue)], seconds_between_checks=1)


if __name__ == "__main__":
    main(*sys.argv[1:])
