"""The English beneath each Arabic sentence on the phones' page: data for the simulator, which knows no script."""

import json
from collections.abc import Iterator
from pathlib import Path

from gateway.core.conversation import Channel
from gateway.core.wording import Wording, placeholders_in
from gateway.storage.library import Library


def write_glossary(loaded: Library, path: Path) -> Path:
    """Write pairs of Arabic and English sentences as JSON; numbers of the directory are filled in, values are not."""
    pairs = [
        pair for by_language in loaded.all_wordings.values() for pair in _pairs(by_language["ar"], by_language["en"])
    ]
    path.write_text(json.dumps([*pairs, *_values(loaded)], ensure_ascii=False), encoding="utf-8")
    return path


def _pairs(arabic: Wording, english: Wording) -> Iterator[dict[str, object]]:
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


def _values(loaded: Library) -> Iterator[dict[str, object]]:
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
