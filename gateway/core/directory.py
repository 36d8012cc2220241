"""The numbers that callers are told: who is behind each, and who last tried it, on which day.

Services are renamed and numbers die. One that nobody tried for long is muted: it is not spoken until somebody does.

    [community_police]
    digits = "497"
    name = "Community Police"
    verified_on = 2026-01-31      # the day somebody called it and was answered
    verified_by = "role or initials of whoever did"
    always = true                 # speak it even so: for the emergency number, where silence is worse than a doubt
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from gateway.core.findings import Finding, error, warning
from gateway.core.tomltable import Table

FILE = "config/directory.toml"
STALE_AFTER = timedelta(days=90)
LONGEST = 15  # digits; E.164


@dataclass(frozen=True, slots=True)
class Entry:
    """One service: its number in ASCII digits, its name for people, and who tried it last; None: nobody yet.

    `always` has it spoken even if nobody tried it lately; the alert is raised all the same.
    """

    digits: str
    name: str
    verified_on: date | None
    verified_by: str | None
    always: bool = False


Directory = Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What may be spoken on some day: placeholder -> digits, and the placeholders that are muted."""

    spoken: Mapping[str, str]
    muted: frozenset[str]


def parse_directory(text: str, *, file: str = FILE) -> Directory:
    """The directory from its file. Raises `BrokenScript`."""
    top = Table.parse(text, file=file)
    return {name: _entry(top.table(name, place=f"entry '{name}'")) for name in top}


def _entry(table: Table) -> Entry:
    entry = Entry(
        digits=table.text("digits"),
        name=table.text("name"),
        verified_on=table.maybe_date("verified_on"),
        verified_by=table.maybe_text("verified_by"),
        always=table.flag("always"),
    )
    if not (entry.digits.isascii() and entry.digits.isdigit() and len(entry.digits) <= LONGEST):
        table.refuse(f"'digits' must be at most {LONGEST} digits 0-9 in quotes, without spaces.")
    table.close()
    return entry


def numbers_at(directory: Directory, today: date, *, stale_after: timedelta = STALE_AFTER) -> Numbers:
    """What may be spoken on this day."""
    stale = (name for name, entry in directory.items() if why_stale(entry, today, stale_after=stale_after))
    muted = frozenset(name for name in stale if not directory[name].always)
    return Numbers({name: entry.digits for name, entry in directory.items() if name not in muted}, muted)


def why_stale(entry: Entry, today: date, *, stale_after: timedelta = STALE_AFTER) -> str | None:
    """Why a number is doubtful on this day; None if it is not."""
    if entry.verified_on is None or entry.verified_by is None:
        return "nobody has verified it"
    if entry.verified_on > today:
        return "it is said to be verified on a day that has not come"
    if today - entry.verified_on > stale_after:
        return f"it was last verified on {entry.verified_on}, more than {stale_after.days} days ago"
    return None


def check_directory(
    directory: Directory, today: date, *, stale_after: timedelta = STALE_AFTER, file: str = FILE
) -> list[Finding]:
    """A warning for every muted number; an error if there is no number at all."""
    if not directory:
        return [error(file, "whole file", "there is no entry; add the services that callers are told of.")]
    reasons = {name: why_stale(entry, today, stale_after=stale_after) for name, entry in directory.items()}
    return [
        warning(
            file,
            f"entry '{name}'",
            f"{why}, {_effect(directory[name])}; call it, then set verified_on and verified_by.",
        )
        for name, why in reasons.items()
        if why is not None
    ]


def _effect(entry: Entry) -> str:
    return "and is spoken all the same" if entry.always else "so it is not spoken"
