"""Talks to a script in a terminal, or wherever lines come from: for people who write scripts.

Nothing is done: what the services would answer is asked of whoever plays. What was played can be kept as a transcript.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType

from gateway.core.conversation import (
    Ask,
    Channel,
    HangUp,
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
from gateway.core.engine import begin, step
from gateway.core.script import DoNode, Script
from gateway.core.transcript import head_lines, heard_line, outcome_in, step_lines
from gateway.core.wording import Wording

SLOTS: Mapping[str, str] = MappingProxyType({"secret": "47", "room": "room"})
KEYPAD = frozenset("0123456789*#")
MOST_KEYS = 32

Write = Callable[[str], None]


def play(
    script: Script,
    wordings: Mapping[str, Wording],
    lines: Iterable[str],
    write: Write,
    *,
    now: datetime,
    channel: Channel = Channel.VOICE,
    slots: Mapping[str, str] = SLOTS,
) -> str:
    """Play a script until it hangs up or the lines end. Returns the transcript.

    A line is keys, or empty for silence. Sentences are written in every language, the script's first one first.
    """
    language = script.languages[0]
    record = head_lines(language=language, channel=channel, slots=slots)
    answers = iter(lines)
    done = step(script, begin(script, language=language, channel=channel, slots=slots), Started(), now=now)
    while True:
        record.extend(step_lines(done))
        _tell(done, [wordings[name] for name in script.languages], channel, write)
        heard = _next_heard(script, done, answers, write)
        if heard is None:
            return "\n".join(record) + "\n"
        record.append(heard_line(heard) or "")
        done = step(script, done.session, heard, now=now)


def _next_heard(script: Script, done: Step, answers: Iterator[str], write: Write) -> Heard | None:
    """What comes next; None when the conversation is over."""
    if done.pending is not None:
        return _outcome(script, done, answers, write)
    last = done.replies[-1]
    if isinstance(last, HangUp):
        return None
    if isinstance(last, Ask):
        return _answer(last, answers, write)
    return None if next(answers, None) is None else Returned()


def _answer(ask: Ask, answers: Iterator[str], write: Write) -> Heard | None:
    write(f"  [{'a key' if ask.count == 1 else f'{ask.count} keys'}, or nothing: silence]")
    for line in answers:
        pressed = "".join(line.split())
        if not pressed:
            return Silence()
        if set(pressed) <= KEYPAD and len(pressed) <= MOST_KEYS:
            return Keys(pressed)
        write("  [a phone has the keys 0 to 9, * and #]")
    return None


def _outcome(script: Script, done: Step, answers: Iterator[str], write: Write) -> Outcome | None:
    node = script.nodes[done.session.node]
    known = list(node.outcomes) if isinstance(node, DoNode) else []
    usual = "done" if known[:1] == ["*"] else known[0]
    write(f"  [{node.id}: what comes of it? {', '.join(known)}; name=value may follow; or nothing: {usual}]")
    for line in answers:
        outcome = outcome_in(line.strip() or usual)
        if outcome.name in known or "*" in known:
            return outcome
        write(f"  [one of {', '.join(known)}]")
    return None


def _tell(done: Step, wordings: list[Wording], channel: Channel, write: Write) -> None:
    for reply in done.replies:
        for line in _told(reply, wordings, channel):
            write(line)


def _told(reply: Reply, wordings: list[Wording], channel: Channel) -> Iterator[str]:
    match reply:
        case Say(prompts) | Ask(prompts):
            for prompt in prompts:
                yield from (_sentence(wording, prompt, channel) for wording in wordings)
        case Hold(length):
            yield f"  [music for {length.total_seconds():g} seconds; any line: she is back]"
        case Join(room):
            yield f"  [she meets the other one in {room}; any line: it is over]"
        case HangUp():
            yield "  [the call ends]"


def _sentence(wording: Wording, prompt: Prompt, channel: Channel) -> str:
    gaps = wording.gaps(prompt, channel=channel)
    unknown = f"  [no words for {', '.join(gaps)}]" if gaps else ""
    return wording.text(prompt, channel=channel) + unknown
