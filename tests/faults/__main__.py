"""`python -m tests.faults`: many callers, while all is killed, stopped and cut off. Exit code 1: a promise broke.

A short run under one seed is part of the tests; docs/faults.md says what is simulated and what is not.
"""

import sys
import tempfile
from pathlib import Path
from random import SystemRandom

import click

from tests.faults.report import judge
from tests.faults.run import Plan, run

CALLERS_A_SECOND = 2.0  # what two cores carry while everything is killed on them
SECONDS_BETWEEN_DEEDS = 8.0


@click.command()
@click.option("--callers", default=2000, show_default=True, help="How many callers there are.")
@click.option("--seed", type=int, help="Repeats a run's decisions; by default a new one, which is printed.")
@click.option("--minutes", type=float, help="Within how many minutes they call; by default as fast as is let through.")
@click.option("--pairs", default=2000, show_default=True, help="Pairs of calls whose answers and times are compared.")
@click.option("--calm", is_flag=True, help="Without any fault, to see whether the run itself is sound.")
@click.option("--folder", type=click.Path(path_type=Path), help="Keep the store and the logs here.")
def main(*, callers: int, seed: int | None, minutes: float | None, pairs: int, calm: bool, folder: Path | None) -> None:
    """Run, report, and say by the exit code whether every promise held."""
    seconds = minutes * 60 if minutes else callers / CALLERS_A_SECOND
    plan = Plan(
        seed=SystemRandom().randrange(10**6) if seed is None else seed,
        callers=callers,
        seconds=seconds,
        deeds=0 if calm else max(4, round(seconds / SECONDS_BETWEEN_DEEDS)),
        misbehaves=not calm,
        settles=180.0,
        pairs=pairs,
    )
    with tempfile.TemporaryDirectory() as place:
        verdict = run(plan, folder or Path(place), judge, say=click.echo)
    click.echo("\n".join(verdict.lines))
    sys.exit(1 if verdict.broken else 0)


if __name__ == "__main__":
    main()
