"""The English beneath each Arabic sentence: data for the phones' page, which knows no script, and for the told case."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gateway.core.conversation import Channel
from gateway.core.wording import Wording, placeholders_in
from gateway.storage.library import Library

PLACEHOLDER = re.compile(r"\{(\w+)\}")


def write_glossary(loaded: Library, path: Path) -> Path:
    """Write pairs of Arabic and English sentences as JSON; numbers of the directory are filled in, values are not."""
    path.write_text(json.dumps([*_sentences(loaded), *_values(loaded)], ensure_ascii=False), encoding="utf-8")
    return path


@dataclass(frozen=True, slots=True)
class Translator:
    """Says in English what was said in Arabic, if it is one of our sentences, with the values that stand in it."""

    sentences: tuple[tuple[re.Pattern[str], str], ...] = field(repr=False)
    values: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, loaded: Library) -> "Translator":
        """A translator of these scripts' sentences; of two that fit, the one with more words of its own."""
        pairs = sorted(_sentences(loaded), key=lambda pair: -len(PLACEHOLDER.sub("", pair["ar"])))
        values = {value["ar"]: value["en"] for value in _values(loaded)}
        return cls(tuple((_pattern(pair["ar"]), pair["en"]) for pair in pairs), values)

    def english(self, arabic: str) -> str | None:
        """The English of a sentence, None for what is none of ours."""
        for pattern, english in self.sentences:
            if found := pattern.fullmatch(arabic):
                return self._filled(english, found.groupdict())
        return None

    def _filled(self, english: str, said: Mapping[str, str]) -> str:
        return PLACEHOLDER.sub(lambda hole: self._value(said[hole[1]]) if hole[1] in said else hole[0], english)

    def _value(self, words: str) -> str:
        return self.values.get(words) or ", ".join(self.values.get(word, word) for word in words.split("\u060c "))


def _pattern(arabic: str) -> re.Pattern[str]:
    """The sentence with its placeholders as groups; one that stands there again must be filled as before."""
    seen: set[str] = set()
    parts = PLACEHOLDER.split(arabic)
    for place in range(1, len(parts), 2):
        name = parts[place]
        parts[place] = f"(?P={name})" if name in seen else f"(?P<{name}>.+?)"
        seen.add(name)
    return re.compile("".join(part if place % 2 else re.escape(part) for place, part in enumerate(parts)))


def _sentences(loaded: Library) -> Iterator[dict[str, str]]:
    for by_language in loaded.all_wordings.values():
        yield from _pairs(by_language["ar"], by_language["en"])


def _pairs(arabic: Wording, english: Wording) -> Iterator[dict[str, str]]:
    for prompt, texts in arabic.sentences.items():
        for channel, text in texts.items():
            translated = english.sentences.get(prompt, {}).get(channel)
            if translated is not None:
                yield {
                    "ar": _filled(text, arabic, channel),
                    "en": _filled(translated, english, channel),
                }


def _filled(text: str, wording: Wording, channel: Channel) -> str:
    for name in placeholders_in(text):
        if name in wording.numbers:
            spoken = wording.in_words(wording.numbers[name], channel=channel)
            text = text.replace(f"{{{name}}}", spoken)
    return text


def _values(loaded: Library) -> Iterator[dict[str, str]]:
    """The words that placeholders stand for, so that the page can translate them too."""
    by_language = next(iter(loaded.all_wordings.values()))
    arabic, english = by_language["ar"], by_language["en"]
    for name, codes in arabic.values.items():
        for code, words in codes.items():
            translated = english.values.get(name, {}).get(code, {}).get(Channel.VOICE)
            if translated is not None:
                yield {"ar": words[Channel.VOICE], "en": translated, "value": name}
    for number, (arabic_word, english_word) in enumerate(zip(arabic.digits, english.digits, strict=True)):
        yield {"ar": arabic_word, "en": english_word, "value": "digit", "digit": str(number)}
