"""`python -m tests.bench`: measure the webhooks against the floor, and how soon a responder's phone rings."""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from gateway.bootstrap import ROOT
from tests.bench import report
from tests.bench.run import USUAL, run


@click.command()
@click.option("--write", is_flag=True, help="Also write docs/benchmarks.md.")
@click.option(
    "--folder", type=click.Path(path_type=Path), help="Where the store lies meanwhile: a real disk, or fsync is free."
)
def main(write: bool, folder: Path | None) -> None:
    """Measure; takes some minutes."""
    console = Console()
    with tempfile.TemporaryDirectory(dir=folder) as place:
        results = asyncio.run(run(Path(place), USUAL, say=console.print))
    report.show(results, console)
    if write:
        report.write(results, ROOT / "docs" / "benchmarks.md", today=datetime.now(UTC).date())


if __name__ == "__main__":
    main()
