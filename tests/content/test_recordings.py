"""Recorded files are played where they exist; where one is missing, a voice reads the sentence."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway import bootstrap
from gateway.core.conversation import Channel, HangUp, Prompt, Say
from gateway.core.wording import Recording, Text
from gateway.providers.twilio.twiml import Urls, render, voice_of
from gateway.storage.library import Library, load

TODAY = datetime(2026, 11, 24, tzinfo=UTC).date()
AUDIO = "https://sanad.example/audio/gate"
URLS = Urls(next="https://sanad.example/next", music="https://sanad.example/music", audio_base=AUDIO)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The scripts with nothing recorded."""
    shutil.copytree(bootstrap.SCRIPTS, tmp_path / "scripts", ignore=shutil.ignore_patterns("audio"))
    return tmp_path / "scripts"


def record(folder: Path, *names: str) -> Library:
    """The scripts with these files recorded."""
    for name in names:
        path = folder / "gate" / "audio" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"no sound")
    return load(folder, bootstrap.DIRECTORY, today=TODAY)


def document(library: Library, *prompts: Prompt) -> str:
    wording = library.wordings("ar")["gate"]
    return render((Say(prompts), HangUp()), speech=wording, urls=URLS, voice=voice_of("ar"))


def test_a_sentence_without_a_recording_is_read_by_a_voice(folder: Path) -> None:
    spoken = document(record(folder), Prompt("gate"))

    assert "<Say" in spoken
    assert "<Play>" not in spoken


@pytest.mark.parametrize("ending", ["mp3", "wav"])
def test_a_recorded_sentence_is_played(folder: Path, ending: str) -> None:
    spoken = document(record(folder, f"ar/gate.{ending}"), Prompt("gate"))

    assert f"<Play>{AUDIO}/ar/gate.{ending}</Play>" in spoken
    assert "<Say" not in spoken


def test_recorded_and_unrecorded_sentences_stand_beside_each_other(folder: Path) -> None:
    spoken = document(record(folder, "ar/goodbye.mp3"), Prompt("gate"), Prompt("goodbye"))

    assert spoken.index("<Say") < spoken.index("<Play>")
    assert spoken.count("<Play>") == 1


def test_a_recording_of_another_language_is_not_played(folder: Path) -> None:
    spoken = document(record(folder, "en/gate.mp3"), Prompt("gate"))

    assert "<Play>" not in spoken


@pytest.mark.parametrize("name", ["ar/gate.txt", "ar/gate.mp3.part", "ar/.gate.mp3"])
def test_a_file_that_is_no_recording_is_not_played(folder: Path, name: str) -> None:
    assert "<Play>" not in document(record(folder, name), Prompt("gate"))


def test_a_sentence_with_a_number_is_played_only_when_all_its_pieces_are_recorded(folder: Path) -> None:
    def fragments() -> list[Recording | Text]:
        wording = load(folder, bootstrap.DIRECTORY, today=TODAY).wordings("ar")["extortion"]
        return list(wording.fragments(prompt, channel=Channel.VOICE))

    def say_it(*names: str) -> None:
        for name in names:
            (folder / "extortion/audio/ar" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "extortion/audio/ar" / name).write_bytes(b"no sound")

    sentence = "the_number"
    for language in ("ar", "en"):
        with (folder / "extortion" / f"{language}.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[{sentence}]\nvoice = "رقمك {{secret}} احفظيه"\n')
    prompt = Prompt(sentence, (("secret", "47"),))
    say_it(f"{sentence}-1.mp3", "digits/4.mp3", f"{sentence}-2.mp3")

    partly = fragments()
    say_it("digits/7.mp3")
    wholly = fragments()

    assert all(isinstance(each, Text) for each in partly)
    names = [f"ar/{sentence}-1.mp3", "ar/digits/4.mp3", "ar/digits/7.mp3", f"ar/{sentence}-2.mp3"]
    assert wholly == [Recording(name) for name in names]
