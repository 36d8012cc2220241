"""`sanad responders ...`: the roster."""

import os

import click
from rich.console import Console
from rich.table import Table

from gateway import bootstrap
from gateway.core.roster import Responder
from gateway.services.rostering import Rostering
from gateway.storage.users import operator_environ
from gateway.supervise import STORE


def rostering() -> Rostering:
    """The roster's service, with the operator's rights where the embedded store runs."""
    return bootstrap.rostering(operator_environ(os.environ, STORE))


@click.group()
def responders() -> None:
    """The women who answer. Their numbers are sealed when they are added, and never shown again."""


@responders.command()
@click.argument("name")
@click.option(
    "--number", prompt="Her telephone number", hide_input=True, help="Better left out: it is asked for unseen."
)
@click.option("--woman", is_flag=True, help="You state that she is a woman. Nobody else is offered a case.")
@click.option("--language", "languages", multiple=True, default=("ar",), show_default=True, help="Can be repeated.")
@click.option("--skill", "skills", multiple=True, help="Can be repeated, e.g. child.")
def add(name: str, number: str, woman: bool, languages: tuple[str, ...], skills: tuple[str, ...]) -> None:
    """Add a responder, off shift."""
    added = rostering().add(name, number, is_woman=woman, languages=frozenset(languages), skills=frozenset(skills))
    click.echo(f"{added.name} is on the roster, off shift. Take her on: sanad responders on {added.name}")


@responders.command(name="list")
def list_them() -> None:
    """Show the roster."""
    table = Table("name", "on shift", "now", "languages", "skills")
    for responder in rostering().roster():
        table.add_row(
            responder.name,
            "yes" if responder.on_shift else "no",
            _now(responder),
            " ".join(sorted(responder.languages)),
            " ".join(sorted(responder.skills)),
        )
    Console().print(table)


def _now(responder: Responder) -> str:
    if responder.busy_with is not None:
        return "with a case"
    if responder.rest_until is not None and responder.rest_until > bootstrap.utc_now():
        return "resting"
    return "free" if responder.on_shift else "-"


@responders.command()
@click.argument("who")
def on(who: str) -> None:
    """Take a responder (name or id) on shift; whoever waits is offered to her at once."""
    click.echo(f"{rostering().set_shift(who, on_shift=True).name} is on shift")


@responders.command()
@click.argument("who")
def off(who: str) -> None:
    """Take a responder (name or id) off shift. A case that she holds stays hers."""
    click.echo(f"{rostering().set_shift(who, on_shift=False).name} is off shift")


@responders.command()
@click.argument("who")
def remove(who: str) -> None:
    """Forget a responder (name or id) and her number."""
    click.echo(f"{rostering().remove(who).name} is forgotten")
