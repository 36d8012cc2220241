"""The conversations themselves, as they stand in `ivr_scripts/`: complete, replayable, drawn, fit for our effects."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway import bootstrap
from gateway.core.conversation import Channel, Prompt
from gateway.core.drawing import draw
from gateway.core.findings import Severity
from gateway.core.keywords import Meaning, Reading
from gateway.core.lengths import excess
from gateway.core.script import DoNode
from gateway.core.scriptcheck import all_sentences, check_script, screens
from gateway.core.transcript import parse_transcript, replay
from gateway.core.wording import MUTED, Wording, placeholders_in
from gateway.services.conversations import Handler
from gateway.services.effects import OUTCOMES
from gateway.services.switchboard import ALARM_SCRIPT, CALLER_SCRIPT, GATE_SCRIPT, OFFER_SCRIPT, STAFF_SCRIPT
from gateway.storage.library import Library, load, script_names
from tests.services.house import House

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
NAMES = script_names(bootstrap.SCRIPTS)
TRANSCRIPTS = sorted(bootstrap.SCRIPTS.glob("*/transcripts/*"))
ARABIC = re.compile("[\u0600-\u06ff]")

NAMES_TO_TYPE = re.compile("Take It Down|StopNCII")  # services that she has to look for in these letters


@pytest.fixture(scope="module")
def library() -> Library:
    return load(bootstrap.SCRIPTS, bootstrap.DIRECTORY, today=NOW.date())


def handlers_of(house: House) -> dict[str, Mapping[str, Handler]]:
    return {
        CALLER_SCRIPT: house.intake,
        OFFER_SCRIPT: house.desk,
        GATE_SCRIPT: house.gate,
        STAFF_SCRIPT: house.reception,
        ALARM_SCRIPT: {},
    }


def sentences(wording: Wording) -> Iterable[tuple[str, Channel, str]]:
    for name, by_channel in wording.sentences.items():
        yield from ((name, channel, text) for channel, text in by_channel.items())


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_a_transcript_is_what_the_script_says(library: Library, path: Path) -> None:
    name = path.parent.parent.name
    transcript = parse_transcript(path.read_text(encoding="utf-8"), file=f"{name}/{path.name}")

    differences = replay(
        library.scripts[name],
        transcript,
        now=NOW,
        wordings=library.all_wordings[name],
        keywords=library.keywords,
    )

    assert list(differences) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_script_has_transcripts(name: str) -> None:
    assert [path for path in TRANSCRIPTS if path.parent.parent.name == name]


@pytest.mark.parametrize("name", NAMES)
def test_a_script_has_no_error(library: Library, house: House, name: str) -> None:
    assert set(OUTCOMES[name]) == set(handlers_of(house)[name]), "an effect came or went: list its outcomes here"

    found = check_script(library.scripts[name], library.all_wordings[name], effects=OUTCOMES[name])

    assert [str(finding) for finding in found if finding.severity is Severity.ERROR] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_script_asks_for_every_effect_that_we_have_for_it(library: Library, house: House, name: str) -> None:
    asked = {node.do for node in library.scripts[name].nodes.values() if isinstance(node, DoNode)}

    assert asked == set(handlers_of(house)[name])


@pytest.mark.parametrize("name", NAMES)
def test_the_committed_drawing_shows_the_script_as_it_is(library: Library, project: Path, name: str) -> None:
    committed = (project / "docs" / "scripts" / f"{name}.svg").read_text(encoding="utf-8")

    assert committed == draw(library.scripts[name], library.all_wordings[name]), "run `sanad scripts draw`"


def test_there_is_a_drawing_for_each_script_and_for_nothing_else(project: Path) -> None:
    assert sorted(path.stem for path in (project / "docs" / "scripts").glob("*.svg")) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_arabic_and_english_have_the_same_sentences_on_the_same_channels(library: Library, name: str) -> None:
    arabic, english = (library.all_wordings[name][language] for language in ("ar", "en"))

    assert {(sentence, channel) for sentence, channel, _ in sentences(arabic)} == {
        (sentence, channel) for sentence, channel, _ in sentences(english)
    }


@pytest.mark.parametrize("name", NAMES)
def test_arabic_and_english_tell_the_same_values(library: Library, name: str) -> None:
    told = [
        {(sentence, channel): set(placeholders_in(text)) for sentence, channel, text in sentences(wording)}
        for wording in library.all_wordings[name].values()
    ]

    assert told[0] == told[1]


@pytest.mark.parametrize("name", NAMES)
def test_every_sentence_can_be_heard_by_somebody(library: Library, name: str) -> None:
    for wording in library.all_wordings[name].values():
        written = {sentence.removesuffix(MUTED) for sentence in wording.sentences}
        assert written - set(all_sentences(library.scripts[name])) == set()


@pytest.mark.parametrize("name", NAMES)
def test_arabic_is_arabic_and_english_is_english(library: Library, name: str) -> None:
    for sentence, channel, text in sentences(library.all_wordings[name]["ar"]):
        written = text if channel is Channel.VOICE else NAMES_TO_TYPE.sub("", text)
        assert ARABIC.search(text), sentence
        assert not re.search("[A-Za-z]{3}", re.sub(r"\{[a-z_0-9]+\}", "", written)), sentence
    for sentence, _, text in sentences(library.all_wordings[name]["en"]):
        assert not ARABIC.search(text), sentence


@pytest.mark.parametrize("name", NAMES)
def test_a_text_has_no_marks_and_no_invisible_letters(library: Library, name: str) -> None:
    for wording in library.all_wordings[name].values():
        for sentence, channel, text in sentences(wording):
            unseen = [letter for letter in text if unicodedata.category(letter) in {"Mn", "Me", "Cf"}]
            assert channel is Channel.VOICE or not unseen, sentence


def test_each_meaning_of_a_message_leads_somewhere(library: Library) -> None:
    readings = [Reading(meaning) for meaning in Meaning if meaning is not Meaning.KEY]  # a key answers the question
    refusals = [Reading(meaning, danger=True) for meaning in (Meaning.NEGATED, Meaning.STOP, Meaning.ERASE)]

    assert set(library.scripts[CALLER_SCRIPT].entries) == {reading.entry for reading in (*readings, *refusals)}


@pytest.mark.parametrize("language", ["ar", "en"])
def test_what_is_said_before_a_question_fits_into_one_message_with_it(library: Library, language: str) -> None:
    wording, script = library.all_wordings[CALLER_SCRIPT][language], library.scripts[CALLER_SCRIPT]
    longest = {"secret": "000", "time": "now", "attempts": "3"}

    for shown in screens(script, channel=Channel.SMS):
        prompts = [Prompt(sentence, tuple(longest.items())) for sentence in shown]
        text = " ".join(wording.text(prompt, channel=Channel.SMS) for prompt in prompts)
        assert excess(text, channel=Channel.SMS) == 0, shown


def test_the_first_answer_to_a_message_does_not_say_what_the_line_is_about(library: Library) -> None:
    telling = re.compile("ابتزاز|تهديد|شرطة|خطر|عنف|امرأة|نساء|blackmail|threat|police|danger|violence|wom[ae]n", re.I)

    for wording in library.all_wordings[CALLER_SCRIPT].values():
        for sentence in ("again", "menu", "menu_short", "goodbye_lost", "late"):
            assert not telling.search(wording.sentences[sentence][Channel.SMS]), sentence


def test_both_languages_have_words_for_the_same_values(library: Library) -> None:
    wordings = library.all_wordings[CALLER_SCRIPT]

    codes = [{name: set(table) for name, table in wordings[language].values.items()} for language in ("ar", "en")]

    assert codes[0] == codes[1]


def test_what_a_call_back_says_to_whoever_picks_up_gives_nothing_away(library: Library) -> None:
    telling = re.compile(
        "ابتزاز|تهديد|شرطة|خطر|عنف|امرأة|نساء|سند|blackmail|threat|police|danger|violence|wom[ae]n", re.I
    )

    for wording in library.all_wordings[GATE_SCRIPT].values():
        assert not telling.search(wording.sentences["gate"][Channel.VOICE])
