"""`sanad responders ...`: the roster."""

import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from gateway import bootstrap
from gateway.cli.beside import environ_beside
from gateway.core.naming import BrokenCode, check_codes
from gateway.core.pins import WRONG_TRIES
from gateway.core.roster import Reach, Responder, is_resting
from gateway.core.shifttext import lines_of, parse_plan
from gateway.core.triage import Skill
from gateway.services.rostering import Rostering

_NONE = "none"
NEVER_CUT = 1000  # columns, where no terminal shows them: a program that reads the list must find whole words
WAYS = {Reach.CALL: "calls", Reach.TEXT: "messages"}


def rostering() -> Rostering:
    """The roster's service, with the operator's rights where the embedded store runs."""
    return bootstrap.rostering(environ_beside())


def _codes(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> frozenset[str] | None:
    """What was named, or None if nothing was; the word `none` names an empty set."""
    try:
        check_codes(given)
    except BrokenCode as broken:
        raise click.BadParameter(broken.advice, context, parameter) from None
    return frozenset(given) - {_NONE} if given else None


def _asked_number() -> str:
    """Her number: typed at a terminal unseen, and therefore twice; or one line from a file or a pipe."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    number: str = click.prompt(
        "Her telephone number (it does not show)", hide_input=True, confirmation_prompt="The same number once more"
    )
    return number


def described(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what a responder can do and may be asked for."""
    skills = [skill.value for skill in Skill]
    for option in (
        click.option(
            "--load",
            type=click.IntRange(0, 99),
            help="Talks in a shift at most, or in a day while she is on by hand; 0 for as many as come.",
        ),
        click.option(
            "--area", "areas", multiple=True, callback=_codes, help="Where she is known; or none. Repeatable."
        ),
        click.option(
            "--skill",
            "skills",
            multiple=True,
            callback=_codes,
            type=click.Choice([*skills, _NONE]),
            help="Repeatable.",
        ),
        click.option("--language", "languages", multiple=True, callback=_codes, help="E.g. ar. Repeatable."),
    ):
        command = option(command)
    return command


@click.group()
def responders() -> None:
    """The women who answer. Their numbers are sealed when they are added, and never shown again."""


@responders.command()
@click.argument("name")
@click.option("--number", help="Better left out: it is asked for, unseen and twice.")
@click.option("--woman", is_flag=True, help="You state that she is a woman. Nobody else is offered a case.")
@click.option(
    "--by",
    type=click.Choice([way.value for way in Reach]),
    default=Reach.CALL.value,
    show_default=True,
    help="How she is asked.",
)
@described
def add(
    *,
    name: str,
    number: str | None,
    woman: bool,
    by: str,
    languages: frozenset[str] | None,
    skills: frozenset[str] | None,
    areas: frozenset[str] | None,
    load: int | None,
) -> None:
    """Add a responder, off shift. She speaks Arabic (ar) if no language is named."""
    roster, speaks = rostering(), languages or frozenset({"ar"})
    roster.check_new(name, is_woman=woman, languages=speaks)
    added = roster.add(
        name, number or _asked_number(), is_woman=woman, languages=speaks,
        skills=skills or frozenset(), areas=areas or frozenset(), load=load or None, by=Reach(by),
    )  # fmt: skip
    if not roster.compares_numbers:
        click.echo("whether another woman has this number was not seen: the dialler's keys are closed to this user")
    click.echo(f"{added.name} is on the roster, off shift. Take her on: sanad responders on {added.name}")


@responders.command()
@click.argument("who")
@described
def change(
    *,
    who: str,
    languages: frozenset[str] | None,
    skills: frozenset[str] | None,
    areas: frozenset[str] | None,
    load: int | None,
) -> None:
    """Change what is known of a responder (name or id). What is named takes the place of what was; the rest stays."""
    changed = rostering().change(who, languages=languages or None, skills=skills, areas=areas, load=load)
    click.echo(f"{changed.name} is changed")


@responders.command()
@click.argument("who")
@click.argument("lines", nargs=-1)
@click.option(
    "--anew", is_flag=True, help="Forget the plan that she has, before these lines; without lines, all of it."
)
def shifts(who: str, lines: tuple[str, ...], anew: bool) -> None:
    """Set the shifts of a responder (name or id), and show them.

    LINES are like "sun-thu 08:00-16:00", "2026-12-01 off", "2026-12-01 off 10:00-12:00" or "2026-12-02 18:00-22:00".
    Lines by the week take the place of her week, lines by the date of what was said of that date.
    """
    roster = rostering()
    found = roster.revise_plan(who, parse_plan(lines), anew=anew) if lines or anew else roster.find(who)
    click.echo(f"{found.name} is {'on' if found.on_shift else 'off'} shift; her plan:")
    for line in lines_of(found.plan) or ("none: she is on shift by hand only",):
        click.echo(f"  {line}")


@responders.command(name="list")
def list_them() -> None:
    """Show the roster."""
    table = Table("name", "on shift", "now", "asked by", "languages", "skills", "areas", "shifts")
    roster, zone = rostering(), bootstrap.zone(environ_beside())
    for responder in roster.roster():
        table.add_row(
            responder.name,
            _shift(responder, zone),
            _now(responder),
            _asked_by(responder, roster.wrong_pins(responder)),
            " ".join(sorted(responder.languages)),
            " ".join(sorted(responder.skills)),
            " ".join(sorted(responder.areas)),
            "\n".join(lines_of(responder.plan)),
        )
    width = None if sys.stdout.isatty() else NEVER_CUT
    Console(width=width, markup=False, emoji=False, highlight=False).print(table)  # a name is shown as it is


def _shift(responder: Responder, zone: ZoneInfo) -> str:
    """On or off, and until when her plan leaves it so."""
    on = "yes" if responder.on_shift else "no"
    if responder.turns_at is None:
        return on
    turns, today = (moment.astimezone(zone) for moment in (responder.turns_at, bootstrap.utc_now()))
    soon = turns - today < timedelta(days=1)
    return f"{on}, until {turns:%H:%M}" if soon else f"{on}, until {turns:%Y-%m-%d %H:%M}"


def _asked_by(responder: Responder, wrong_pins: int | None) -> str:
    way = WAYS[responder.by]
    if responder.by is Reach.TEXT and wrong_pins is None:
        return f"{way} (no PIN yet: calls)"
    return f"{way} (PIN locked)" if wrong_pins is not None and wrong_pins >= WRONG_TRIES else way


def _now(responder: Responder) -> str:
    if responder.busy_with is not None:
        return "with a case"
    if not responder.on_shift:
        return "-"
    if responder.load is not None and responder.talks >= responder.load:
        return "has her load"
    return "resting" if is_resting(responder, now=bootstrap.utc_now()) else "free"


@responders.command()
@click.argument("who")
def on(who: str) -> None:
    """Take a responder (name or id) on shift, until her plan next turns; whoever waits is offered to her at once."""
    click.echo(f"{rostering().set_shift(who, on_shift=True).name} is on shift")


@responders.command()
@click.argument("who")
def off(who: str) -> None:
    """Take a responder (name or id) off shift, until her plan next turns. A case that she holds stays hers."""
    click.echo(f"{rostering().set_shift(who, on_shift=False).name} is off shift")


@responders.command()
@click.argument("who")
@click.argument("way", type=click.Choice([way.value for way in Reach]))
def by(who: str, way: str) -> None:
    """Ask a responder (name or id) by calls or by messages. Messages need a PIN of hers, and STAFF_NUMBER."""
    click.echo(f"{rostering().reach(who, Reach(way)).name} is asked by {WAYS[Reach(way)]}")


@responders.command()
@click.argument("who")
@click.option("--pin", prompt="Her new PIN", hide_input=True, confirmation_prompt=True, help="Better left out.")
def pin(who: str, pin: str) -> None:
    """Give a responder (name or id) a PIN of 4 to 6 digits, which her messages carry; this unlocks it, too."""
    click.echo(f"{rostering().set_pin(who, pin).name} has a new PIN")


@responders.command()
@click.argument("who")
def remove(who: str) -> None:
    """Forget a responder (name or id) and her number."""
    click.echo(f"{rostering().remove(who).name} is forgotten")
