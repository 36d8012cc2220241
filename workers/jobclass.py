"""The only kind of job that our workers run: one that is named in `gateway.jobs`.

RQ imports and calls whatever a job's record names, and its callbacks and webhooks too. Whoever can write to the store
could run anything. Here a name is looked up in a table, arguments must be letters and digits, and nothing else is run.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog
from rq.job import Job
from rq.results import Result

from gateway.core.errors import SanadError
from gateway.jobs import JobName
from gateway.storage.connect import Pipe

Handler = Callable[..., object]
ARGUMENT = re.compile(r"[A-Za-z0-9-]{1,64}")
MOST_ARGUMENTS = 4
NOBODYS = "-"  # the name of a job whose record cannot be read


def job_class(handlers: Mapping[JobName, Handler]) -> type[Job]:
    """A job class that runs these handlers and nothing else."""

    class NamedJob(Job):
        """A job by name. Its failures end here, as a code in the log: RQ would keep the traceback in the store."""

        def _execute(self) -> Any:
            handler, arguments = _read(self, handlers)
            if handler is None or arguments is None:
                structlog.get_logger().error("job_refused")
                return None
            _run(self.func_name, handler, arguments)
            return None

        def _deserialize_data(self) -> None:
            """Any bytes may stand in a record; RQ would keep the traceback of whatever they raise."""
            try:
                super()._deserialize_data()  # type: ignore[no-untyped-call]  # RQ types few of its own
            except Exception:  # whatever it is, it is no job of ours
                self._func_name, self._instance, self._args, self._kwargs = NOBODYS, None, (), {}

        @property
        def success_callback(self) -> None:
            """None: a record can name any function here."""
            return None

        @property
        def failure_callback(self) -> None:
            """None, as above."""
            return None

        @property
        def stopped_callback(self) -> None:
            """None, as above."""
            return None

        def _handle_failure(self, exc_string: str, pipeline: Pipe, *rest: object, **named: object) -> None:
            """Leave nothing: whoever ran it was killed, and the sweep rings again for what must still happen.

            RQ would keep its record and a text in a registry of failures, by which nobody can do anything.
            """
            structlog.get_logger().warning("job_lost", job=_known(self.func_name))
            result = Result.get_key(self.id)  # type: ignore[no-untyped-call]  # RQ types few of its own
            pipeline.delete(self.key, self.dependents_key, self.dependencies_key, result, self.execution_registry.key)

        def send_webhooks(self, *arguments: object, **named: object) -> None:
            """Nothing: a record can name any address here."""

    return NamedJob


def _read(job: Job, handlers: Mapping[JobName, Handler]) -> tuple[Handler | None, tuple[str, ...] | None]:
    """What a record asks for; None where it is not what we write."""
    name, positional = job.func_name, job.args
    if not isinstance(name, str) or not isinstance(positional, list | tuple):
        return None, None
    return handlers.get(JobName(name)) if name in set(JobName) else None, _arguments(positional, job.kwargs)


def _arguments(positional: Sequence[Any], named: Any) -> tuple[str, ...] | None:
    if named or len(positional) > MOST_ARGUMENTS:
        return None
    well_formed = all(isinstance(value, str) and ARGUMENT.fullmatch(value) for value in positional)
    return tuple(positional) if well_formed else None


def _known(name: object) -> str:
    """A name of ours, or none: a record can hold any word."""
    return str(name) if name in set(JobName) else NOBODYS


def _run(name: str | None, handler: Handler, arguments: tuple[str, ...]) -> None:
    """Run a job; whatever fails is logged by its code. The sweep rings again for what must still happen."""
    try:
        handler(*arguments)
    except SanadError as error:
        structlog.get_logger().warning("job_failed", job=name, code=error.code, retryable=error.retryable)
    except Exception:
        structlog.get_logger().exception("job_crashed", job=name)
