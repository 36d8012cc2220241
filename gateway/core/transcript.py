"""Conversations written down, so that a person can read and write them and a test can replay them.

    # She asks to be called in the morning.
    language: ar
    channel: voice
    slot secret: 47

    < greeting
    < menu ?
    > 2
    < consent ?
    > (silence)
    < again
    < consent ?
    > 1
    ! request_callback
    = kept attempts=3
    < confirm time=morning attempts=3
    < (hang up)

Head: `language:`, `channel:` (voice if it is not there), and a `slot name: value` for each value known from the start.
Then, a line each:

    <   what we say: a sentence by its id, with the values it was spoken with; a `?` after the last sentence of a
        question, with the number of keys if there may be more than one (`? 2`); or `(hold 4)`, `(join 45)`,
        `(join 45, waiting)`, `(hang up)`
    >   what came: keys, `(silence)`, or `(came back)` from a hold or a conversation; on sms and ussd also words,
        between two quotes, which are understood as a message would be
    !   what the script asks the services to do
    =   what they answered, with the values they gave
    #   a remark

Values, `?` and `!` lines may be left out: what is not written is not compared. Files end in `.txt`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from gateway.core.conversation import (
    Ask,
    Channel,
    Heard,
    Hold,
    Join,
    Keys,
    Outcome,
    Prompt,
    Reply,
    Returned,
    Say,
    Silence,
    Started,
    Step,
)
from gateway.core.engine import UnknownNode, begin, step
from gateway.core.errors import BrokenScript
from gateway.core.keywords import Keywords
from gateway.core.script import Script
from gateway.core.wording import Wording
from gateway.core.written import heard_in as heard_in_words

SILENCE = "(silence)"
CAME_BACK = "(came back)"
HANG_UP = "(hang up)"
MARKS = "<>!="

HEAD = re.compile(r"(language|channel|slot\s+(\w+))\s*:\s*(\S+)")
_KEYS = re.compile(r"[0-9*#]{1,32}")
_WORDS = re.compile(r'"(.{1,500})"')
_VALUE = re.compile(r"(\w+)=(\S*)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a conversation: where it stands in its file, its mark and the rest."""

    number: int
    mark: str
    text: str

    def __str__(self) -> str:
        return f"{self.mark} {self.text}"


@dataclass(frozen=True, slots=True)
class Transcript:
    """One conversation as it was written down."""

    language: str
    channel: Channel
    slots: Mapping[str, str]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the script does not do what is written; `line` counts from 1, 0 is after the last."""

    line: int
    written: str
    found: str

    def __str__(self) -> str:
        return f"line {self.line}: written is '{self.written}', but the script gives '{self.found}'"


# --- reading -----------------------------------------------------------------------------------------


def parse_transcript(text: str, *, file: str) -> Transcript:
    """Read a transcript. Raises `BrokenScript`, which names the line."""
    head: dict[str, str] = {}
    slots: dict[str, str] = {}
    lines: list[Line] = []
    for number, written in enumerate(text.splitlines(), start=1):
        line = written.strip()
        if not line or line.startswith("#"):
            continue
        if line[0] in MARKS:
            lines.append(_line(number, line, file))
            continue
        found = HEAD.fullmatch(line)
        if found is None or lines:
            raise BrokenScript(f"{file}: line {number}: begin with {' '.join(MARKS)} or #; the head comes first.")
        (slots if found[2] else head)[found[2] or found[1]] = found[3]
    if "language" not in head or head.get("channel", Channel.VOICE) not in set(Channel):
        raise BrokenScript(f"{file}: head: it needs 'language: ar', and a channel of {', '.join(Channel)}.")
    channel = Channel(head.get("channel", Channel.VOICE))
    wordy = next((line.number for line in lines if words_in(line) is not None), None)
    if channel is Channel.VOICE and wordy is not None:
        raise BrokenScript(f"{file}: line {wordy}: nobody writes words on voice; write keys, {SILENCE} or {CAME_BACK}.")
    return Transcript(head["language"], channel, slots, tuple(lines))


def _line(number: int, line: str, file: str) -> Line:
    mark, text = line[0], " ".join(line[1:].split())
    if not text:
        raise BrokenScript(f"{file}: line {number}: nothing stands after '{mark}'.")
    if mark == ">" and text not in {SILENCE, CAME_BACK} and not _KEYS.fullmatch(text) and not _WORDS.fullmatch(text):
        raise BrokenScript(f"{file}: line {number}: write keys, words in quotes, {SILENCE} or {CAME_BACK}.")
    return Line(number, mark, text)


def words_in(line: Line) -> str | None:
    """The words of a `>` line that has some."""
    found = _WORDS.fullmatch(line.text) if line.mark == ">" else None
    return None if found is None else found[1]


def heard_in(line: Line, *, channel: Channel, keywords: Keywords | None) -> Heard | None:
    """What a `>` or `=` line stands for; None for words where there is no table that they are understood by."""
    if line.mark == "=":
        return outcome_in(line.text)
    words = words_in(line)
    if words is not None:
        return None if keywords is None else heard_in_words(words, keywords, channel=channel)
    if line.text in {SILENCE, CAME_BACK}:
        return Silence() if line.text == SILENCE else Returned()
    return Keys(line.text)


def outcome_in(text: str) -> Outcome:
    """`kept attempts=3` as an outcome."""
    name, _, values = text.partition(" ")
    return Outcome(name, dict(_VALUE.findall(values)))


# --- writing -----------------------------------------------------------------------------------------


def head_lines(*, language: str, channel: Channel, slots: Mapping[str, str]) -> list[str]:
    """The head of a transcript, with the empty line after it."""
    values = [f"slot {name}: {value}" for name, value in slots.items()]
    return [f"language: {language}", f"channel: {channel}", *values, ""]


def heard_line(heard: Heard) -> str | None:
    """What was heard or answered, as a line; None for the beginning."""
    match heard:
        case Keys(pressed):
            return f"> {pressed}"
        case Silence():
            return f"> {SILENCE}"
        case Returned():
            return f"> {CAME_BACK}"
        case Outcome(name, slots):
            return f"= {name}{_values(slots.items())}"
        case _:
            return None


def words_line(text: str) -> str:
    """What somebody wrote, as a line. Plain keys stand as such."""
    plain = " ".join(text.replace('"', "'").split())
    return f"> {plain}" if _KEYS.fullmatch(plain) else f'> "{plain}"'


def step_lines(done: Step) -> list[str]:
    """What a step says, and the effect that it waits for."""
    said = [f"< {line}" for reply in done.replies for line in _reply_lines(reply)]
    return said if done.pending is None else [*said, f"! {done.pending.name}"]


def _reply_lines(reply: Reply) -> Iterator[str]:
    match reply:
        case Say(prompts):
            yield from map(_prompt_line, prompts)
        case Ask(prompts, count):
            *before, last = map(_prompt_line, prompts)
            yield from before
            yield f"{last} ?" if count == 1 else f"{last} ? {count}"
        case Hold(length):
            yield f"(hold {length.total_seconds():g})"
        case Join(_, limit, waits):
            yield f"(join {limit.total_seconds() / 60:g}{', waiting' if waits else ''})"
        case _:
            yield HANG_UP


def _prompt_line(prompt: Prompt) -> str:
    return prompt.id + _values(prompt.values)


def _values(values: Iterable[tuple[str, str]]) -> str:
    return "".join(f" {name}={value}" for name, value in values)


# --- replaying ---------------------------------------------------------------------------------------


def replay(
    script: Script,
    transcript: Transcript,
    *,
    now: datetime,
    wordings: Mapping[str, Wording] | None = None,
    keywords: Keywords | None = None,
) -> list[Difference]:
    """Play what came, and compare what the script does with what is written. Nothing found: they agree.

    With `wordings`, sentences that cannot be spoken with the values they got are found as well. Words that came are
    understood by `keywords`.
    """
    session = begin(script, language=transcript.language, channel=transcript.channel, slots=transcript.slots)
    wording = (wordings or {}).get(transcript.language)
    done = step(script, session, Started(), now=now)
    found: list[Difference] = []
    at = 0
    for came, written in _turns(transcript.lines):
        if came is not None:
            at = came.number
            if (came.mark == "=") != (done.pending is not None):
                return [*found, Difference(came.number, str(came), _awaited(done))]
            heard = heard_in(came, channel=transcript.channel, keywords=keywords)
            if heard is None:
                return [*found, Difference(came.number, str(came), "there is no table that words are understood by")]
            try:
                done = step(script, done.session, heard, now=now)
            except UnknownNode as fault:
                return [*found, Difference(came.number, str(came), fault.advice)]
        found.extend(_compared(written, step_lines(done), at))
        if wording is not None:
            found.extend(_gaps(done, wording, transcript.channel, at))
    return found


def _turns(lines: tuple[Line, ...]) -> Iterator[tuple[Line | None, list[Line]]]:
    """Each thing that came, with what is written below it. Nothing came before the first words."""
    came: Line | None = None
    written: list[Line] = []
    for line in lines:
        if line.mark in "<!":
            written.append(line)
            continue
        yield came, written
        came, written = line, []
    yield came, written


def _awaited(done: Step) -> str:
    return "it waits for keys or silence" if done.pending is None else f"it waits for what {done.pending.name} answers"


def _compared(written: list[Line], given: list[str], at: int) -> Iterator[Difference]:
    if not any(line.mark == "!" for line in written):
        given = [line for line in given if not line.startswith("!")]
    for line, found in zip_longest(written, given):
        if line is None:
            yield Difference(written[-1].number if written else at, "nothing more", found)
        elif found is None or not _agrees(str(line), found):
            yield Difference(line.number, str(line), found or "nothing more")


def _agrees(written: str, found: str) -> bool:
    """Whether the same words stand in both; values and what follows `?` may be left out in what is written."""
    if "(" in written or "(" in found:
        return written == found
    words, given = written.split(), found.split()
    return words[:2] == given[:2] and set(words[2:]) <= set(given[2:])


def _gaps(done: Step, wording: Wording, channel: Channel, at: int) -> Iterator[Difference]:
    for reply in done.replies:
        for prompt in reply.prompts if isinstance(reply, Say | Ask) else ():
            for gap in wording.gaps(prompt, channel=channel):
                yield Difference(at, f"< {prompt.id}", f"no words for {{{gap}}}")
