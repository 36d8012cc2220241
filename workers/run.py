"""A worker on one queue: `python -m workers.run work` or `python -m workers.run dial`.

Each job runs in a process forked for it: a crash ends one job, and the memory that held a number ends with it.
"""

import os
import sys
from collections.abc import Mapping

from rq import Queue, Worker
from rq.serializers import JSONSerializer

from gateway import bootstrap
from gateway.jobs import JobName, QueueName
from gateway.storage.connect import Client
from workers.jobclass import Handler, job_class

SECONDS_BETWEEN_CHECKS = 30  # of RQ's own registries, and how long a pop blocks at most
SECONDS_OF_CLEANING = 10  # far longer than it takes; two that clean at once do no harm


class CleanedQueue(Queue):
    """A queue whose registries are cleaned again soon after a worker was killed while it cleaned them.

    RQ's own lock would keep all others from it for a quarter of an hour.
    """

    def acquire_maintenance_lock(self) -> bool:
        """Whether this worker is the one that cleans."""
        return bool(self.connection.set(self.registry_cleaning_key, 1, nx=True, ex=SECONDS_OF_CLEANING))


class QuietWorker(Worker):
    """A worker whose log and process title name no job."""

    def procline(self, message: str) -> None:
        """Nothing: RQ would write the job's name where every user of the machine can read it."""


def main(queue: str) -> None:
    """Work until told to stop."""
    name = QueueName(queue)
    client, handlers = bootstrap.worker(name, os.environ)
    run(client, name, handlers)


def run(
    client: Client,
    name: QueueName,
    handlers: Mapping[JobName, Handler],
    *,
    seconds_between_checks: int = SECONDS_BETWEEN_CHECKS,
) -> None:
    """Work on one queue with these handlers."""
    named_job = job_class(handlers)
    queue = CleanedQueue(name.value, connection=client, serializer=JSONSerializer, job_class=named_job)
    worker = QuietWorker(
        [queue],
        connection=client,
        serializer=JSONSerializer,
        job_class=named_job,
        log_job_description=False,
        worker_ttl=seconds_between_checks + 15,
        maintenance_interval=seconds_between_checks,
    )
    worker.work(logging_level="WARNING")


if __name__ == "__main__":
    main(sys.argv[1])
