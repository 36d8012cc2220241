"""The English of what was said: found for every sentence, whatever values stand in it."""

from datetime import date

import pytest

from gateway import bootstrap
from gateway.cli.glossary import Translator
from gateway.core.conversation import Channel, Prompt
from gateway.core.wording import Wording
from gateway.storage.library import Library, load

USUAL = {"secret": "47", "attempts": "3", "time": "morning"}


@pytest.fixture(scope="module")
def library() -> Library:
    return load(bootstrap.SCRIPTS, bootstrap.DIRECTORY, today=date(2026, 11, 24))


def said(wording: Wording, prompt: Prompt) -> str:
    return wording.text(prompt, channel=Channel.VOICE)


def test_every_spoken_sentence_is_translated_with_its_values(library: Library) -> None:
    translator = Translator.of(library)
    for name, script in library.scripts.items():
        arabic, english = library.all_wordings[name]["ar"], library.all_wordings[name]["en"]
        for sentence in arabic.sentences:
            wanted = script.placeholders.get(sentence, ())
            codes = {value: USUAL.get(value) or next(iter(arabic.codes(value)), "") for value in wanted}
            prompt = Prompt(sentence, tuple(codes.items()))
            if Channel.VOICE in arabic.sentences[sentence]:
                assert translator.english(said(arabic, prompt)) == said(english, prompt), (name, sentence)


def test_what_is_none_of_ours_has_no_translation(library: Library) -> None:
    assert Translator.of(library).english("whatever") is None
