"""`python -m tests.bench`: webhooks against the floor, how soon a phone rings, what an offer costs, and the matcher."""

import asyncio
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from gateway.bootstrap import ROOT
from tests.bench import report
from tests.bench.plan import USUAL, Part
from tests.bench.run import run


@click.command()
@click.option("--write", is_flag=True, help="Also write docs/benchmarks.md; only with everything measured.")
@click.option(
    "--only",
    "parts",
    multiple=True,
    type=click.Choice([part.value for part in Part]),
    help="Measure this part; may come twice.",
)
@click.option("--most-waiting", type=int, help="The longest queue of the dispatch part, instead of 1,000,000 cases.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where the store lies meanwhile: a real disk, or fsync is free."
)
def main(write: bool, parts: tuple[str, ...], most_waiting: int | None, folder: Path | None) -> None:
    """Measure; takes some minutes, and with a million cases 3 GB of memory and as much of disk."""
    if write and (parts or most_waiting):
        raise click.UsageError("--write writes the results of everything; leave --only and --most-waiting out")
    sizes = [size for size in USUAL.sizes if most_waiting is None or size <= most_waiting]
    plan, console = replace(USUAL, sizes=tuple(sizes or USUAL.sizes[:1])), Console()
    with tempfile.TemporaryDirectory(dir=folder) as place:
        results = asyncio.run(run(Path(place), plan, [Part(part) for part in parts] or tuple(Part), say=console.print))
    report.show(results, console)
    if write:
        report.write(results, ROOT / "docs" / "benchmarks.md", today=datetime.now(UTC).date())


if __name__ == "__main__":
    main()
