"""What a prompt id becomes in one language on one channel: text, or recorded files.

A sentence has `{placeholders}`. `{secret}` and the numbers of the directory are read digit by digit on voice and are
ASCII digits elsewhere; any other is a code that the table of its name has words for.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gateway.core.conversation import Channel, Prompt
from gateway.core.errors import BrokenScript

SECRET = "secret"
MUTED = "_muted"  # `police_muted` is said instead of `police` while a number in it is muted
RECORDED = (".mp3", ".wav")

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Text:
    """Words to be read by a synthetic voice or to be shown."""

    words: str


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded file, by its path below `ivr_scripts/<script>/audio/`, e.g. `ar/greeting.mp3`."""

    path: str


Fragment = Text | Recording
Sentences = Mapping[str, Mapping[Channel, str]]
Values = Mapping[str, Mapping[str, Mapping[Channel, str]]]

EMPTY: Mapping[str, str] = MappingProxyType({})


def placeholders_in(text: str) -> tuple[str, ...]:
    """The names in braces, each once, in order."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(text)))


def has_stray_brace(text: str) -> bool:
    """Whether a brace stands there that is no part of a placeholder."""
    return bool(set(_PLACEHOLDER.sub("", text)) & set("{}"))


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """All sentences of one language of one script. Equal to itself only, so that what is made of it can be kept by it.

    `sentences` maps prompt id -> channel -> text with `{placeholders}`. `values` maps placeholder -> code ->
    channel -> words (`time` -> `morning` -> ...). `digits` are the words for 0..9, read one by one on voice.
    `numbers` maps a directory placeholder (`emergency`, ...) to its digits, `muted` names those that must not be
    spoken now. `recordings` are the files that exist, each as in `Recording`.
    """

    language: str
    sentences: Sentences
    values: Values
    digits: tuple[str, ...]
    numbers: Mapping[str, str]
    recordings: frozenset[str] = field(default_factory=frozenset)
    muted: frozenset[str] = field(default_factory=frozenset)

    def fragments(self, prompt: Prompt, *, channel: Channel) -> tuple[Fragment, ...]:
        """What to play or say for this prompt, in order: recordings if all its pieces are recorded, else one text.

        `<lang>/<prompt>.mp3` (or .wav) for a sentence without placeholders; else its pieces `<lang>/<prompt>-1.mp3`,
        `-2`, ... with `<lang>/values/<placeholder>/<code>.mp3` and `<lang>/digits/<d>.mp3` between them.
        """
        if channel is Channel.VOICE:
            recorded = self._recorded(prompt)
            if recorded is not None:
                return recorded
        return (Text(self.text(prompt, channel=channel)),)

    def text(self, prompt: Prompt, *, channel: Channel) -> str:
        """The whole prompt as text, its placeholders filled. Raises `BrokenScript` if there is no such sentence.

        A placeholder without words is left out: half a sentence is better than none. `gaps` names them.
        """
        sentence = self._sentence(prompt.id, channel)
        if "{" not in sentence:
            return sentence
        values = dict(prompt.values)
        return _PLACEHOLDER.sub(lambda found: self._words(found[1], values, channel) or "", sentence)

    def gaps(self, prompt: Prompt, *, channel: Channel) -> tuple[str, ...]:
        """The placeholders of this prompt that nothing can be said for."""
        values = dict(prompt.values)
        wanted = placeholders_in(self._sentence(prompt.id, channel))
        return tuple(name for name in wanted if self._words(name, values, channel) is None)

    def codes(self, name: str) -> Mapping[str, Mapping[Channel, str]]:
        """What a placeholder may stand for: code -> channel -> words. Empty for what is read digit by digit."""
        return self.values.get(name, {})

    def is_spelled(self, name: str) -> bool:
        """Whether a placeholder is read digit by digit."""
        return name == SECRET or name in self.numbers or name in self.muted

    def in_words(self, digits: str, *, channel: Channel) -> str:
        """Digits as they are spoken one by one, or shown. A comma between them makes a voice pause."""
        if channel is not Channel.VOICE:
            return digits
        pause = "، " if unicodedata.bidirectional(self.digits[0][0]) == "AL" else ", "
        return pause.join(self.digits[int(digit)] for digit in digits)

    def spoken_id(self, prompt: str, *, channel: Channel) -> str:
        """The sentence that is said for this prompt: its `_muted` sibling while a number in it is muted."""
        if not self.muted:
            return prompt
        sentence = self.sentences.get(prompt, {}).get(channel, "")
        return prompt + MUTED if self.muted.intersection(placeholders_in(sentence)) else prompt

    def _sentence(self, prompt: str, channel: Channel) -> str:
        spoken = self.spoken_id(prompt, channel=channel)
        sentence = self.sentences.get(spoken, {}).get(channel)
        if sentence is None:
            raise BrokenScript(f"{self.language}.toml: sentence '{spoken}' has no text for {channel}; write it.")
        return sentence

    def _words(self, name: str, values: Mapping[str, str], channel: Channel) -> str | None:
        digits = self._digits(name, values)
        if digits is not None:
            return self.in_words(digits, channel=channel)
        return self.codes(name).get(values.get(name, ""), {}).get(channel)

    def _digits(self, name: str, values: Mapping[str, str]) -> str | None:
        digits = values.get(name) if name == SECRET else self.numbers.get(name)
        return digits if digits and digits.isascii() and digits.isdigit() else None

    # --- recordings ---

    def _recorded(self, prompt: Prompt) -> tuple[Fragment, ...] | None:
        """The recordings of a whole prompt, or None if one is missing."""
        if not self.recordings:
            return None
        spoken = self.spoken_id(prompt.id, channel=Channel.VOICE)
        stems = tuple(self._stems(spoken, dict(prompt.values)))
        paths = [self._path(stem) for stem in stems]
        return None if not paths or None in paths else tuple(Recording(path) for path in paths if path is not None)

    def _stems(self, spoken: str, values: Mapping[str, str]) -> Iterator[str]:
        """The names of the files, without their endings. Pieces between placeholders count if they have words."""
        pieces = _PLACEHOLDER.split(self._sentence(spoken, Channel.VOICE))
        if len(pieces) == 1:
            yield spoken
            return
        count = 0
        for place, piece in enumerate(pieces):
            if place % 2:
                yield from self._value_stems(piece, values)
            elif any(letter.isalnum() for letter in piece):
                count += 1
                yield f"{spoken}-{count}"

    def _value_stems(self, name: str, values: Mapping[str, str]) -> Iterator[str]:
        digits = self._digits(name, values)
        if digits is None:
            yield f"values/{name}/{values.get(name, '')}"
        else:
            yield from (f"digits/{digit}" for digit in digits)

    def _path(self, stem: str) -> str | None:
        paths = (f"{self.language}/{stem}{ending}" for ending in RECORDED)
        return next((path for path in paths if path in self.recordings), None)
