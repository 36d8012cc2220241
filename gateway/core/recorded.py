"""Turns what was heard and keyed on a phone into a transcript: words become the ids of sentences.

A recording has a transcript's head and these lines:

    "   words that were heard, or a screen or message with its line breaks as `/ `
    >   keys, or words between quotes

What the services answered is not heard. It is found by trying: of all that an effect may answer, the one after which
the script says the words that stand there. Silence, and coming back from music, are found in the same way.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.core.conversation import (
    Ask,
    Channel,
    HangUp,
    Heard,
    Hold,
    Join,
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
from gateway.core.errors import BrokenScript
from gateway.core.keywords import Keywords
from gateway.core.script import DoNode, JoinNode, MenuNode, SayNode, Script
from gateway.core.transcript import HEAD, Line, head_lines, heard_in, heard_line, step_lines
from gateway.core.wording import Wording, placeholders_in

BREAK = "/ "
A_SECRET = "47"  # which one she was given is heard by nobody but her
MOST_EFFECTS = 4  # between two words
MOST_WAITS = 12  # silences and holds in a row that nothing is heard of


@dataclass(frozen=True, slots=True)
class _Turn:
    """All that is said until something must be heard, on one of the ways that effects may take."""

    lines: tuple[str, ...]
    replies: tuple[Reply, ...]
    done: Step

    @property
    def prompts(self) -> tuple[Prompt, ...]:
        return tuple(prompt for reply in self.replies if isinstance(reply, Say | Ask) for prompt in reply.prompts)


def transcribe(script: Script, wording: Wording, recording: str, *, keywords: Keywords, now: datetime) -> str:
    """The transcript of a recording. Raises `BrokenScript` for words that the script never says there."""
    channel, told, parts = _read(recording)
    slots = {"secret": A_SECRET, **told}
    transcriber = _Transcriber(script, wording, channel, now)
    done = step(script, begin(script, language=wording.language, channel=channel, slots=slots), Started(), now=now)
    lines = head_lines(language=wording.language, channel=channel, slots=slots)
    for number, (heard, words) in enumerate(parts):
        if done.replies and isinstance(done.replies[-1], HangUp):
            break  # what she writes after an end begins another conversation
        if heard:
            lines.append(f"> {heard}")
            came = heard_in(Line(0, ">", heard), channel=channel, keywords=keywords) or Silence()
            done = step(script, done.session, came, now=now)
        found = transcriber.follow(done, words) if words else None
        if found is None and words:
            raise BrokenScript(f"recording: part {number + 1}: the script never says these words there.")
        lines += found[0] if found else step_lines(done)
        done = found[1] if found else done
    return "\n".join(lines) + "\n"


def _read(recording: str) -> tuple[Channel, Mapping[str, str], list[tuple[str, str]]]:
    """The head, and each thing that came with all the words after it; nothing came before the first words."""
    channel, slots, parts = Channel.VOICE, dict[str, str](), [("", "")]
    for line in recording.splitlines():
        head = HEAD.fullmatch(line.strip())
        if head is not None and head[1] == "channel":
            channel = Channel(head[3])
        elif head is not None and head[2]:
            slots[head[2]] = head[3]
        elif line.startswith("> "):
            parts.append((line[2:].strip(), ""))
        elif line.startswith('" '):
            came, words = parts[-1]
            parts[-1] = (came, f"{words} {line[2:].replace(BREAK, ' ')}".strip())
    return channel, slots, parts


class _Transcriber:
    def __init__(self, script: Script, wording: Wording, channel: Channel, now: datetime) -> None:
        self._script = script
        self._wording = wording
        self._channel = channel
        self._now = now

    def follow(self, done: Step, words: str, *, waits: int = 0) -> tuple[list[str], Step] | None:
        """The lines of what is said after `done` so that exactly these words are heard, and where it then stands."""
        for turn in self._turns(done, ()):
            rest = self._heard(turn, " ".join(words.split()))
            if rest is None:
                continue
            if not rest:
                return list(turn.lines), turn.done
            for came in self._unheard(turn) if waits < MOST_WAITS else ():
                onward = self.follow(step(self._script, turn.done.session, came, now=self._now), rest, waits=waits + 1)
                if onward is not None:
                    return [*turn.lines, heard_line(came) or "", *onward[0]], onward[1]
        return None

    def _unheard(self, turn: _Turn) -> tuple[Heard, ...]:
        """What may come without a sound: silence or our bringing her back at a question, the end of music or a talk."""
        last = turn.replies[-1] if turn.replies else None
        node = self._script.nodes.get(turn.done.session.node)
        if isinstance(last, Ask):
            is_led = isinstance(node, MenuNode) and node.back is not None
            return (Silence(), Returned()) if is_led else (Silence(),)
        return (Returned(),) if isinstance(last, Hold | Join) else ()

    def _turns(self, done: Step, replies: tuple[Reply, ...], *, effects: int = 0) -> Iterator[_Turn]:
        said, lines = (*replies, *done.replies), tuple(step_lines(done))
        node = self._script.nodes.get(done.session.node)
        if done.pending is None:
            yield _Turn(lines, said, done)
        elif isinstance(node, DoNode) and effects < MOST_EFFECTS:
            for name in node.outcomes:
                outcome = Outcome("done" if name == "*" else name, self._values(node.outcomes[name]))
                after = step(self._script, done.session, outcome, now=self._now)
                for turn in self._turns(after, said, effects=effects + 1):
                    yield _Turn((*lines, heard_line(outcome) or "", *turn.lines), turn.replies, turn.done)

    def _values(self, to: str) -> Mapping[str, str]:
        """Some value for each placeholder of what is said next; which one it was, nobody can hear."""
        node = self._script.nodes[to]
        room = {"room": "room"} if isinstance(node, JoinNode) else {}
        while isinstance(node, SayNode) and not room:
            node = self._script.nodes[node.next]
            room = {"room": "room"} if isinstance(node, JoinNode) else {}
        codes = {name: next(iter(self._wording.codes(name)), "") for name in self._script.placeholders.get(to, ())}
        return room | {name: code for name, code in codes.items() if code}

    def _heard(self, turn: _Turn, words: str) -> str | None:
        """What is left of the words after this turn's own; None if they do not begin with them."""
        patterns = [pattern for pattern in map(self._pattern, turn.prompts) if pattern]
        spoken = self._channel is Channel.VOICE
        for first in range(1 if spoken or not patterns else len(patterns)):  # where a text is too long its begin is cut
            found = re.match(" ?".join(patterns[first:]) + ("" if spoken else "$"), words)
            if found is not None:
                return words[found.end() :].strip()
        return None

    def _pattern(self, prompt: Prompt) -> str:
        written = self._wording.sentences.get(self._wording.spoken_id(prompt.id, channel=self._channel), {})
        text = " ".join(written.get(self._channel, "").split())
        pattern = re.escape(text)
        for name in placeholders_in(text):
            pattern = pattern.replace(re.escape(f"{{{name}}}"), ".{1,80}?")
        return pattern
