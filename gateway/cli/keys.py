"""`sanad keys new|rotate`: the key files."""

from pathlib import Path

import click

from gateway import bootstrap
from gateway.cli.beside import environ_beside
from gateway.storage import keyfiles


@click.group()
def keys() -> None:
    """The keys that numbers are sealed with. They are files; they are never in the store and belong in no backup."""


@keys.command()
@click.option(
    "--folder", type=click.Path(path_type=Path), envvar="SANAD_KEYS", default=Path("var/keys"), show_default=True,
    help="Folder of key files (SANAD_KEYS).",
)  # fmt: skip
def new(folder: Path) -> None:
    """Make every key that is missing; change none that is there."""
    made = keyfiles.initialise(folder, bootstrap.utc_now().date())
    for path in made:
        click.echo(f"made {path}")
    if not made:
        click.echo("nothing to do: all keys are there")


@keys.command()
def rotate() -> None:
    """Make today's keys, seal held numbers with them, destroy old keys. The clock has this done by itself every day."""
    made, destroyed = bootstrap.turn_keys(environ_beside())
    click.echo(f"key files: {made} made, {destroyed} destroyed")
