"""Talks to a script in a terminal, or wherever lines come from: for people who write scripts.

Nothing is done: what the services would answer is asked of whoever plays. What was played can be kept as a transcript.
On voice a line is keys, or nothing for silence. By SMS and USSD a line is what she writes, and what she gets is one
text, as it would be sent.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
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
from gateway.core.keywords import Keywords
from gateway.core.lengths import LIMITS, utf16_units
from gateway.core.playing import outcomes_on, usual_outcome
from gateway.core.script import Script
from gateway.core.texting import compose
from gateway.core.transcript import head_lines, heard_line, outcome_in, step_lines, words_line
from gateway.core.wording import Wording
from gateway.core.written import heard_in

SLOTS: Mapping[str, str] = MappingProxyType({"secret": "47", "room": "room"})
KEYPAD = frozenset("0123456789*#")
MOST_KEYS = 32
LONGEST_LINE = 500

Write = Callable[[str], None]
Came = tuple[Heard, str]  # what was heard, and its line in the transcript


def play(
    script: Script,
    wordings: Mapping[str, Wording],
    lines: Iterable[str],
    write: Write,
    *,
    now: datetime,
    keywords: Keywords,
    channel: Channel = Channel.VOICE,
    slots: Mapping[str, str] = SLOTS,
) -> str:
    """Play a script until it hangs up or the lines end. Returns the transcript.

    Sentences are written in every language, the script's first one first.
    """
    language = script.languages[0]
    game = _Game(script, [wordings[name] for name in script.languages], iter(lines), write, keywords, channel)
    record = head_lines(language=language, channel=channel, slots=slots)
    done = step(script, begin(script, language=language, channel=channel, slots=slots), Started(), now=now)
    if channel is Channel.SMS:
        game.tell_nothing()
    while True:
        record.extend(step_lines(done))
        came = game.next(done)
        if came is None:
            return "\n".join(record) + "\n"
        record.append(came[1])
        done = step(script, done.session, came[0], now=now)


@dataclass(slots=True)
class _Game:
    script: Script
    wordings: list[Wording]
    lines: Iterator[str]
    write: Write
    keywords: Keywords
    channel: Channel
    untold: tuple[Reply, ...] = ()
    hushed: bool = False

    def tell_nothing(self) -> None:
        """She writes first: what a caller would hear at the beginning is not sent to her."""
        self.hushed = True

    def next(self, done: Step) -> Came | None:
        """Tell what was said, and wait for what comes; None when the conversation is over."""
        self._tell(done)
        if done.pending is not None:
            return self._outcome(done)
        last = done.replies[-1]
        if isinstance(last, HangUp):
            return None
        if isinstance(last, Ask):
            return self._pressed(last) if self.channel is Channel.VOICE else self._written()
        return None if next(self.lines, None) is None else _came(Returned())

    # --- what she hears or gets ---

    def _tell(self, done: Step) -> None:
        if self.channel is Channel.VOICE:
            for reply in done.replies:
                for line in _spoken(reply, self.wordings):
                    self.write(line)
            return
        self.untold = (*self.untold, *done.replies)
        if done.pending is None:
            replies, self.untold = self.untold, ()
            self._send(replies)

    def _send(self, replies: tuple[Reply, ...]) -> None:
        if self.hushed:
            self.hushed = False
            self.write("  [she writes first]")
            return
        for wording in self.wordings:
            text = compose(replies, wording, channel=self.channel)
            self.write(f"{text}  [{utf16_units(text)} of {LIMITS[self.channel]}]")
        for name in dict.fromkeys(_gaps(replies, self.wordings[0], self.channel)):
            self.write(f"  [no words for {name}]")
        if isinstance(replies[-1], HangUp):
            self.write("  [this conversation is over]")

    # --- what comes ---

    def _pressed(self, ask: Ask) -> Came | None:
        self.write(f"  [{'a key' if ask.count == 1 else f'{ask.count} keys'}, or nothing: silence]")
        for line in self.lines:
            pressed = "".join(line.split())
            if not pressed:
                return _came(Silence())
            if set(pressed) <= KEYPAD and len(pressed) <= MOST_KEYS:
                return _came(Keys(pressed))
            self.write("  [a phone has the keys 0 to 9, * and #]")
        return None

    def _written(self) -> Came | None:
        self.write("  [a message]" if self.channel is Channel.SMS else "  [an answer to the screen]")
        for line in self.lines:
            if 0 < len(line.strip()) <= LONGEST_LINE:
                return heard_in(line, self.keywords, channel=self.channel), words_line(line)
            self.write(f"  [something, of at most {LONGEST_LINE} letters; Ctrl-D ends]")
        return None

    def _outcome(self, done: Step) -> Came | None:
        known = outcomes_on(self.channel, self.script, done.session.node)
        usual = usual_outcome(known, self.script, done.session, self.wordings[0])
        choice = ", ".join(known)
        self.write(f"  [{done.session.node}: what comes of it? {choice}; name=value may follow; or nothing: {usual}]")
        for line in self.lines:
            outcome = outcome_in(line.strip() or usual)
            if outcome.name in known or "*" in known:
                given = outcome_in(usual).slots if outcome.name == usual.partition(" ")[0] else {}
                return _came(Outcome(outcome.name, {**given, **outcome.slots}))
            self.write(f"  [one of {choice}]")
        return None


def _came(heard: Heard) -> Came:
    return heard, heard_line(heard) or ""


def _gaps(replies: tuple[Reply, ...], wording: Wording, channel: Channel) -> Iterator[str]:
    for reply in replies:
        for prompt in reply.prompts if isinstance(reply, Say | Ask) else ():
            if channel in wording.sentences.get(wording.spoken_id(prompt.id, channel=channel), {}):
                yield from wording.gaps(prompt, channel=channel)


def _spoken(reply: Reply, wordings: list[Wording]) -> Iterator[str]:
    match reply:
        case Say(prompts) | Ask(prompts):
            for prompt in prompts:
                yield from (_sentence(wording, prompt) for wording in wordings)
        case Hold(length):
            yield f"  [music for {length.total_seconds():g} seconds; any line: she is back]"
        case Join(room):
            yield f"  [she meets the other one in {room}; any line: it is over]"
        case HangUp():
            yield "  [the call ends]"


def _sentence(wording: Wording, prompt: Prompt) -> str:
    gaps = wording.gaps(prompt, channel=Channel.VOICE)
    unknown = f"  [no words for {', '.join(gaps)}]" if gaps else ""
    return wording.text(prompt, channel=Channel.VOICE) + unknown
