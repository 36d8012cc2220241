"""The eight promises, whatever happens: a machine over the real services and the real store.

A short run under one fixed seed is part of the tests. `make promises` takes new ways, and many more of them.
"""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import redis
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.promises.machine import Promises

EXAMPLES = int(os.environ.get("PROMISES_EXAMPLES", "0"))
SHORT = settings(
    max_examples=15,
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)
LONG = settings(SHORT, max_examples=EXAMPLES or 1, stateful_step_count=60, derandomize=False, print_blob=True)


@pytest.mark.slow
def test_the_promises_hold_whatever_happens(store_client: redis.Redis, tmp_path: Path) -> None:
    numbers = count()

    def folders() -> Iterator[Path]:
        while True:
            yield tmp_path / f"keys-{next(numbers)}"

    def machine() -> Promises:
        return Promises(store_client, folders())

    run_state_machine_as_test(machine, settings=LONG if EXAMPLES else SHORT)  # type: ignore[arg-type]  # takes factories
