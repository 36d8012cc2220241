"""Reads the files of a script: `flow.toml`, one file of sentences per language, and the shared words for values.

Takes texts, not paths. What cannot be read raises `BrokenScript`, which names the file, the place in it and the mend;
what can be read but must not go to callers is found by `gateway.core.scriptcheck`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from gateway.core.conversation import Channel
from gateway.core.directory import Numbers
from gateway.core.errors import BrokenScript
from gateway.core.script import (
    DigitsNode,
    DoNode,
    EndNode,
    HoldNode,
    JoinNode,
    MenuNode,
    Node,
    Option,
    SayNode,
    Script,
)
from gateway.core.tomltable import Table
from gateway.core.wording import Sentences, Values, Wording, has_stray_brace, placeholders_in

KEYPAD = "1234567890*#"
NO_NUMBERS = Numbers({}, frozenset())


@dataclass(frozen=True, slots=True)
class ScriptFiles:
    """The texts of one script's files. `sentences` and `values` are by language; `recordings` as in `Wording`."""

    name: str
    flow: str
    sentences: Mapping[str, str]
    values: Mapping[str, str]
    recordings: frozenset[str] = field(default_factory=frozenset)


def read_script(files: ScriptFiles, *, numbers: Numbers = NO_NUMBERS) -> tuple[Script, dict[str, Wording]]:
    """A script and its wordings by language. Raises `BrokenScript`."""
    script = parse_flow(files.flow, file=f"{files.name}/flow.toml")
    wordings = {language: _wording(files, language, numbers) for language in script.languages}
    sentences = [wording.sentences for wording in wordings.values()]
    return _with_placeholders(script, sentences), wordings


def _wording(files: ScriptFiles, language: str, numbers: Numbers) -> Wording:
    file, shared = f"{files.name}/{language}.toml", f"values/{language}.toml"
    for name, texts in ((file, files.sentences), (shared, files.values)):
        if language not in texts:
            raise BrokenScript(f"{files.name}/flow.toml: script: the language '{language}' has no file {name}; add it.")
    digits, values = parse_values(files.values[language], file=shared)
    return Wording(
        language=language,
        sentences=parse_sentences(files.sentences[language], file=file),
        values=values,
        digits=digits,
        numbers=numbers.spoken,
        recordings=files.recordings,
        muted=numbers.muted,
    )


def _with_placeholders(script: Script, wordings: list[Sentences]) -> Script:
    """The script with the placeholders of all its sentences, on any channel and in any language."""
    found: dict[str, dict[str, None]] = {}
    for sentences in wordings:
        for prompt, texts in sentences.items():
            names = [name for text in texts.values() for name in placeholders_in(text)]
            found.setdefault(prompt, {}).update(dict.fromkeys(names))
            found.setdefault(prompt.removesuffix("_muted"), {}).update(dict.fromkeys(names))
    placeholders = {prompt: tuple(names) for prompt, names in found.items() if names}
    return replace(script, placeholders=placeholders)


# --- sentences and values ----------------------------------------------------------------------------


def parse_sentences(text: str, *, file: str) -> Sentences:
    """Prompt id -> channel -> text. Raises `BrokenScript`."""
    top = Table.parse(text, file=file)
    return {prompt: _texts(top.table(prompt, place=f"sentence '{prompt}'")) for prompt in top}


def parse_values(text: str, *, file: str) -> tuple[tuple[str, ...], Values]:
    """The words for the digits 0 to 9, and placeholder -> code -> channel -> words. Raises `BrokenScript`."""
    top = Table.parse(text, file=file)
    digits = top.texts("digits")
    if len(digits) != 10:
        top.refuse(f"'digits' has {len(digits)} words; it needs ten, for 0 to 9 in this order.")
    tables = {name: top.table(name, place=f"value '{name}'") for name in top if name != "digits"}
    return digits, {name: {code: _words(table, code) for code in table} for name, table in tables.items()}


def _words(table: Table, code: str) -> Mapping[Channel, str]:
    """Words for one code: a table by channel, or one text for all channels."""
    if isinstance(table.take(code), str):
        return dict.fromkeys(Channel, table.text(code))
    return _texts(table.table(code, place=f"{table.place}, code '{code}'"))


def _texts(table: Table) -> Mapping[Channel, str]:
    texts = {channel: table.text(channel) for channel in Channel if channel in table}
    if not texts:
        table.refuse('there is no text; write one, such as voice = "...".')
    for channel in Channel:
        table.maybe_text(channel)
    for channel, text in texts.items():
        if has_stray_brace(text):
            table.refuse(f"a brace in '{channel}' is no {{placeholder}}; its name is small letters, digits and _.")
    table.close()
    return texts


# --- the flow ----------------------------------------------------------------------------------------


def parse_flow(text: str, *, file: str) -> Script:
    """The nodes, without knowledge of any sentence. Raises `BrokenScript`."""
    top = Table.parse(text, file=file)
    head = top.table("script", place="script")
    nodes = top.table("node", place="node")
    entries = top.table("entries", place="entries") if "entries" in top else None
    only = {name: nodes.table(name, place=f"node '{name}'").maybe_text("only") for name in nodes}
    for name, channel in only.items():
        if channel not in {None, Channel.VOICE} and (channel, "ask" in nodes.table(name)) != (Channel.USSD, True):
            nodes.table(name, place=f"node '{name}'").refuse("'only' can be voice, or ussd for an 'ask'.")
    script = Script(
        name=head.text("name"),
        start=head.text("start"),
        nodes={name: _node(name, nodes.table(name, place=f"node '{name}'")) for name in nodes},
        languages=head.texts("languages"),
        channels=head.texts("channels"),
        urgent=head.maybe_text("urgent"),
        entries={} if entries is None else {meaning: entries.text(meaning) for meaning in entries},
        voice_only=frozenset(name for name, channel in only.items() if channel == Channel.VOICE),
        ussd_only=frozenset(name for name, channel in only.items() if channel == Channel.USSD),
        tells=head.texts("tells") if "tells" in head else (),
        gone=head.maybe_text("gone"),
    )
    unknown = set(script.channels) - set(Channel)
    if unknown:
        head.refuse(f"'channels' may hold {', '.join(Channel)}; not {', '.join(sorted(unknown))}.")
    head.close()
    top.close()
    return script


def _node(name: str, table: Table) -> Node:
    kinds = [kind for kind in KINDS if kind in table]
    if len(kinds) != 1:
        table.refuse(f"a node has exactly one of {', '.join(KINDS)}; this one has {' and '.join(kinds) or 'none'}.")
    node = KINDS[kinds[0]](name, table)
    table.maybe_text("only")
    table.close()
    return node


def _say(name: str, table: Table) -> Node:
    return SayNode(name, table.text("say"), table.text("next"), whole=table.flag("whole"))


def _menu(name: str, table: Table) -> Node:
    prompt = table.text("ask")
    keys = table.table("keys")
    options = {key: _option(keys, key) for key in keys}
    repeat = table.maybe_text("repeat")
    if not options:
        keys.refuse('there is no key; add one, such as 1 = "some_node".')
    if repeat is not None and (repeat in options or not _is_key(repeat)):
        table.refuse("'repeat' must be one key of the phone that is not among the keys.")
    return MenuNode(
        name,
        prompt,
        table.maybe_text("short") or prompt,
        options,
        table.text("lost"),
        repeat,
        wait=_seconds(table, "wait", default=6),
        once=table.flag("once"),
        back=table.maybe_text("back"),
    )


def _option(keys: Table, key: str) -> Option:
    if not _is_key(key):
        keys.refuse(f"'{key}' is no key of a phone; use one of {KEYPAD}.")
    if isinstance(keys.take(key), str):
        return Option(keys.text(key))
    table = keys.table(key)
    to = table.text("to")
    sets = table.table("set") if "set" in table else None
    table.close()
    return Option(to, {slot: sets.text(slot) for slot in sets} if sets is not None else {})


def _is_key(key: str) -> bool:
    return len(key) == 1 and key in KEYPAD


def _digits(name: str, table: Table) -> Node:
    return DigitsNode(
        name,
        table.text("digits"),
        table.text("slot"),
        _whole(table, "count", most=32),
        table.text("next"),
        table.text("silence"),
        table.text("lost"),
        wait=_seconds(table, "wait", default=8),
        once=table.flag("once"),
    )


def _do(name: str, table: Table) -> Node:
    outcomes = table.table("outcomes")
    if not list(outcomes):
        outcomes.refuse('there is no outcome; add one, such as "*" = "some_node".')
    return DoNode(name, table.text("do"), {outcome: outcomes.text(outcome) for outcome in outcomes})


def _hold(name: str, table: Table) -> Node:
    return HoldNode(name, _seconds(table, "hold"), table.text("next"))


def _join(name: str, table: Table) -> Node:
    join = table.table("join")
    limit = timedelta(minutes=join.number("limit_minutes"))
    waits = join.flag("waits")
    join.close()
    if not limit:
        join.refuse("'limit_minutes' must be more than 0.")
    return JoinNode(name, table.text("next"), limit, waits)


def _end(name: str, table: Table) -> Node:
    prompt = None if table.take("end") is True else table.text("end")
    return EndNode(name, prompt, quiet=table.flag("quiet"))


def _seconds(table: Table, key: str, *, default: float | None = None) -> timedelta:
    seconds = table.number(key, default=default)
    if not 1 <= seconds <= 60:
        table.refuse(f"'{key}' must be from 1 to 60 seconds.")
    return timedelta(seconds=seconds)


def _whole(table: Table, key: str, *, most: int) -> int:
    number = table.number(key)
    if number != int(number) or number > most:
        table.refuse(f"'{key}' must be a whole number up to {most}; 0 means as many as the secret number has.")
    return int(number)


KINDS: Mapping[str, Callable[[str, Table], Node]] = {
    "say": _say,
    "ask": _menu,
    "digits": _digits,
    "do": _do,
    "hold": _hold,
    "join": _join,
    "end": _end,
}
