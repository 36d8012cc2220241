"""`sanad report`: counts by week, in which nobody can be found."""

from collections.abc import Mapping

import click

from gateway import bootstrap
from gateway.cli.beside import environ_beside
from gateway.core.figures import SMALLEST

HEADS: Mapping[str, str] = {
    "requested": "asked for a call",
    "repeated": "asked again",
    "bridged": "talked",
    "closed": "closed",
    "unreached": "not reached",
    "cancelled": "cancelled",
}


@click.command()
@click.option("--weeks", type=click.IntRange(1, 52), default=12, show_default=True, help="How many weeks.")
def report(weeks: int) -> None:
    """Show the counts of the last weeks. The week that goes on is not shown, nor anything below five."""
    told = bootstrap.reporting(environ_beside()).weeks(weeks)
    rows = [
        ("week from", *(HEADS[name] for name in told[0].figures)),
        *((str(each.begins_on), *(_shown(number) for number in each.figures.values())) for each in told),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))
    click.echo(f"<{SMALLEST}: below {SMALLEST}, nought included; such a figure could show a single person.")


def _shown(number: int | None) -> str:
    return f"<{SMALLEST}" if number is None else str(number)
