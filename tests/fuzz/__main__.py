"""`python -m tests.fuzz`: a hundred thousand requests at every inbound route. Exit code 1: one did what none may do."""

import sys
import tempfile
from pathlib import Path
from random import SystemRandom

import click

from gateway.storage.embedded import EmbeddedStore
from tests.fuzz.run import run, web_app


@click.command()
@click.option("--requests", default=100_000, show_default=True, help="How many requests at most.")
@click.option("--minutes", default=20.0, show_default=True, help="For how long at most.")
@click.option("--seed", type=int, help="Repeats a run; by default a new one, which is printed.")
def main(*, requests: int, minutes: float, seed: int | None) -> None:
    """Knock, count, and say by the exit code whether all was well."""
    seed = SystemRandom().randrange(10**6) if seed is None else seed
    with tempfile.TemporaryDirectory() as place, EmbeddedStore(Path(place) / "store") as store:
        app = web_app(store.url, Path(place))
        found = run(app, store.url, requests=requests, seed=seed, seconds=minutes * 60)
    statuses = ", ".join(f"{count} x {status}" for status, count in sorted(found.statuses.items()))
    click.echo(f"seed {seed}: {found.requests} requests in {found.seconds:.0f} s, {found.trusted} of them trusted")
    click.echo(statuses)
    for offence in found.offences:
        click.echo(offence)
    sys.exit(1 if found.offences or not found.requests else 0)


if __name__ == "__main__":
    main()
