"""The fault run, short and under one seed, as part of the tests. `make faults` is the long one."""

from pathlib import Path

import pytest

from tests.faults.report import judge
from tests.faults.run import Plan, run

SHORT = Plan(seed=7, callers=200, seconds=30.0, deeds=9, misbehaves=True, settles=120.0, pairs=20)


@pytest.mark.slow
def test_the_promises_hold_while_everything_is_killed_and_cut_off(tmp_path: Path) -> None:
    verdict = run(SHORT, tmp_path, judge, say=print)

    assert not verdict.broken, "\n".join(verdict.lines)
