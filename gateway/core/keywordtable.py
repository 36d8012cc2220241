"""Reads the table of keywords, `keywords.toml` in a script's folder, and says which of its words endanger callers.

What a word can be, and how a message is matched, stands in `gateway.core.keywords`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gateway.core.errors import BrokenScript
from gateway.core.findings import Finding, Severity, error, warning
from gateway.core.keywords import (
    DOUBLED,
    MEANINGS,
    NEVER_JOINED,
    SHORTEST_NEAR,
    Keywords,
    Kind,
    Meaning,
    ShiftWish,
    is_near,
    one_shorter,
)
from gateway.core.normalising import normalise
from gateway.core.tomltable import Table

SHORTEST_WITH_PARTICLE = 4  # letters of a word that a particle may be joined to

_FOUND_NEAR = (Kind.URGENT, Kind.DANGER, Kind.STOP, Kind.CALL, Kind.HELP, Kind.PLIGHT, Kind.INFORMATION)
_SAID_NO_TO = (Kind.CALL, Kind.HELP, Kind.PLIGHT, Kind.CONTACT, Kind.WISH)
_NEVER_WITH_NO = (Meaning.CALL, Meaning.STOP, Meaning.ERASE)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One word or phrase, as somebody wrote it and as it is compared."""

    written: str
    normal: str
    kind: Kind
    alone: bool
    near: bool  # also found with one letter wrong


@dataclass(frozen=True, slots=True)
class _Listed:
    """The file as it stands there."""

    entries: tuple[_Entry, ...]
    ands: tuple[str, ...]
    particles: tuple[str, ...]
    negating: tuple[str, ...]
    shift: Mapping[str, ShiftWish]


def parse_keywords(text: str, *, file: str) -> Keywords:
    """The table of a script. Raises `BrokenScript` for the first thing that cannot be read or must not be used."""
    listed = _read(text, file)
    fault = next((finding for finding in _findings(listed, file) if finding.severity is Severity.ERROR), None)
    if fault is not None:
        raise BrokenScript(f"{fault.file}: {fault.place}: {fault.advice}")
    return _built(listed)


def check_keywords(text: str, *, file: str) -> list[Finding]:
    """All that is wrong with the words of a table, errors first. Raises `BrokenScript` if it cannot be read at all."""
    found = _findings(_read(text, file), file)
    return sorted(found, key=lambda finding: finding.severity is not Severity.ERROR)


# --- reading -----------------------------------------------------------------------------------------


def _read(text: str, file: str) -> _Listed:
    top = Table.parse(text, file=file)
    joined, shift = top.table("joined", place="joined"), top.table("shift", place="shift")
    listed = _Listed(
        entries=tuple(entry for kind in Kind for entry in _section(kind, top)),
        ands=_normal(joined, "and"),
        particles=_normal(joined, "particles"),
        negating=_normal(joined, "negating"),
        shift={word: wish for wish in ShiftWish for word in _normal(shift, wish)},
    )
    for table in (joined, shift, top):
        table.close()
    return listed


def _normal(table: Table, key: str) -> tuple[str, ...]:
    words = tuple(map(normalise, table.texts(key)))
    if "" in words:
        table.refuse(f"a word in '{key}' has no letter in it; remove it.")
    return words


def _section(kind: Kind, top: Table) -> Iterator[_Entry]:
    """The words of one kind. A key is a language, with `_exact` behind it or not, or `alone`."""
    table = top.table(kind, place=kind)
    for key in table:
        for written in table.texts(key):
            normal = normalise(written)
            long_enough = len(normal) >= SHORTEST_NEAR and " " not in normal
            near = kind in _FOUND_NEAR and long_enough and key != "alone" and not key.endswith("_exact")
            yield _Entry(written, normal, kind, key == "alone", near)


# --- checking ----------------------------------------------------------------------------------------


def _findings(listed: _Listed, file: str) -> Iterator[Finding]:
    known: dict[tuple[str, bool], _Entry] = {}
    no = {entry.normal for entry in listed.entries if entry.kind is Kind.NO}
    for entry in listed.entries:
        other = known.setdefault((entry.normal, entry.alone), entry)
        if not entry.normal:
            yield error(file, entry.kind, f"'{entry.written}' has no letter in it; remove it.")
        elif other.kind is not entry.kind:
            yield error(file, entry.kind, f"'{entry.written}' stands in '{other.kind}' as well; leave it in one.")
        elif not entry.alone and MEANINGS.get(entry.kind) in _NEVER_WITH_NO and no & set(entry.normal.split()):
            yield error(file, entry.kind, f"'{entry.written}' has a 'no' in it; it belongs into 'no' or 'aside'.")
    yield from _too_near([entry for entry in known.values() if entry.kind in MEANINGS and not entry.alone], file)


def _too_near(entries: Iterable[_Entry], file: str) -> Iterator[Finding]:
    passed: dict[str, list[_Entry]] = {}
    for entry in entries:
        forms = (entry.normal, entry.normal[1:], *one_shorter(entry.normal))
        others = {other.normal: other for form in forms for other in passed.get(form, ())}
        for other in others.values():
            yield from _pair(entry, other, file)
        for form in forms:
            passed.setdefault(form, []).append(entry)


def _pair(entry: _Entry, other: _Entry, file: str) -> Iterator[Finding]:
    if MEANINGS[entry.kind] is MEANINGS[other.kind] or not is_near(entry.normal, other.normal):
        return
    advice = f"'{entry.written}' is one letter from '{other.written}' in '{other.kind}'"
    if (entry.near or other.near) and entry.normal[0] == other.normal[0]:  # a first letter is never forgiven
        yield error(file, entry.kind, f"{advice}; put the longer one into a list called '..._exact', or leave one out.")
    elif Kind.ERASE in {entry.kind, other.kind}:
        yield warning(file, entry.kind, f"{advice}; a slip of a finger erases.")


# --- building ----------------------------------------------------------------------------------------


def _built(listed: _Listed) -> Keywords:
    usual = [entry for entry in listed.entries if not entry.alone]
    words = {entry.normal: entry.kind for entry in usual if " " not in entry.normal}
    for derive in (_negated, _with_particles, _with_single_letters):
        words = {**derive(words, listed), **words}  # what is listed counts before what is derived from it
    return Keywords(
        words=words,
        phrases=_phrases(usual, listed.ands),
        near=_near_index(usual),
        alone={entry.normal: entry.kind for entry in listed.entries if entry.alone},
        particles=_by_first_letter((*listed.ands, *listed.particles)),
        negating=_beginnings_of_no(listed),
        shift=listed.shift,
    )


def _negated(words: Mapping[str, Kind], listed: _Listed) -> dict[str, Kind]:
    """A "no" written together with the word that it is about, also where one letter serves both (la + alef)."""
    pairs = [
        (no, word)
        for word, kind in words.items()
        if kind in _SAID_NO_TO
        for no in listed.negating
        if no.isascii() == word.isascii()
    ]
    together = {no + word for no, word in pairs} | {no + word[1:] for no, word in pairs if no[-1] == word[0]}
    return dict.fromkeys(together, Kind.NO)


def _beginnings_of_no(listed: _Listed) -> tuple[str, ...]:
    return tuple(joined + no for joined in ("", *listed.ands) for no in listed.negating)


def _with_particles(words: Mapping[str, Kind], listed: _Listed) -> dict[str, Kind]:
    """Words of Arabic script with "and", "for", "the" joined to them. A "no" and a stop take "and" only.

    What then begins like a "no" is left out: "for" and an alef look like one.
    """
    everywhere, no = (*listed.ands, *listed.particles), _beginnings_of_no(listed)
    stops = {
        particle + word: kind
        for word, kind in words.items()
        if kind is Kind.STOP and len(word) >= SHORTEST_WITH_PARTICLE and not word.isascii()
        for particle in listed.ands
    }
    return stops | {
        particle + word: kind
        for word, kind in words.items()
        if kind not in NEVER_JOINED and not word.isascii()
        if len(word) >= SHORTEST_WITH_PARTICLE or kind is Kind.NO
        for particle in (everywhere if kind in _FOUND_NEAR else listed.ands)
        if kind is Kind.NO or not (particle + word).startswith(no)
    }


def _with_single_letters(words: Mapping[str, Kind], _: _Listed) -> dict[str, Kind]:
    """Latin words with a double letter, written with one: drawn out ("calllll") they come out so."""
    latin = {word: kind for word, kind in words.items() if word.isascii() and kind is not Kind.ERASE}
    return {DOUBLED.sub(r"\1", word): kind for word, kind in latin.items()}


def _phrases(entries: Iterable[_Entry], ands: Iterable[str]) -> dict[str, tuple[tuple[tuple[str, ...], Kind], ...]]:
    """By first word, also with "and" joined to it; the longest first."""
    phrases = {tuple(entry.normal.split()): entry.kind for entry in entries if " " in entry.normal}
    firsts: dict[str, list[tuple[tuple[str, ...], Kind]]] = {}
    for phrase in sorted(phrases, key=len, reverse=True):
        for joined in ("", *ands):
            whole = (joined + phrase[0], *phrase[1:])
            firsts.setdefault(whole[0], []).append((whole, phrases[phrase]))
    return {first: tuple(found) for first, found in firsts.items()}


def _by_first_letter(particles: Iterable[str]) -> dict[str, tuple[str, ...]]:
    longest_first = sorted(particles, key=len, reverse=True)
    return {letter: tuple(p for p in longest_first if p[0] == letter) for letter in {p[0] for p in longest_first}}


def _near_index(entries: Iterable[_Entry]) -> dict[str, tuple[tuple[str, Kind], ...]]:
    """Each word that is found near, and what is left of it without one letter, to the word."""
    index: dict[str, dict[str, Kind]] = {}
    for entry in entries:
        for form in (entry.normal, *one_shorter(entry.normal)) if entry.near else ():
            index.setdefault(form, {})[entry.normal] = entry.kind
    return {form: tuple(known.items()) for form, known in index.items()}
