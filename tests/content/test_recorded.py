"""What was heard on a phone becomes a transcript that replays: every transcript there is, heard and written anew."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway import bootstrap
from gateway.core.conversation import Ask, Channel, Reply, Say, Started
from gateway.core.engine import begin, step
from gateway.core.errors import BrokenScript
from gateway.core.keywords import Keywords
from gateway.core.recorded import transcribe
from gateway.core.script import Script
from gateway.core.texting import compose
from gateway.core.transcript import SILENCE, Transcript, heard_in, parse_transcript, replay
from gateway.core.wording import Wording
from gateway.storage.library import Library, load

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TRANSCRIPTS = sorted(bootstrap.SCRIPTS.glob("*/transcripts/*.txt"))


@pytest.fixture(scope="module")
def library() -> Library:
    return load(bootstrap.SCRIPTS, bootstrap.DIRECTORY, today=NOW.date())


def said(replies: tuple[Reply, ...], wording: Wording, channel: Channel) -> str:
    if channel is not Channel.VOICE:
        return compose(replies, wording, channel=channel).replace("\n", "/ ")
    prompts = [prompt for reply in replies if isinstance(reply, Say | Ask) for prompt in reply.prompts]
    return " ".join(wording.text(prompt, channel=channel) for prompt in prompts)


def recording_of(script: Script, wording: Wording, transcript: Transcript, keywords: Keywords) -> str:
    """What a phone would have kept of a transcript: words and keys, no silence, no effect."""
    channel = transcript.channel
    lines = [f"channel: {channel}", *(f"slot {name}: {value}" for name, value in transcript.slots.items()), ""]
    session = begin(script, language=wording.language, channel=channel, slots=transcript.slots)
    done = step(script, session, Started(), now=NOW)
    replies = done.replies
    for line in transcript.lines:
        if line.mark not in ">=":
            continue
        if line.text == SILENCE and channel is not Channel.VOICE:
            break  # nobody is silent by text
        if line.mark == ">":
            lines += [f'" {said(replies, wording, channel)}'] * bool(said(replies, wording, channel))
            lines += [] if "(" in line.text else [f"> {line.text}"]
            replies = ()
        heard = heard_in(line, channel=channel, keywords=keywords)
        assert heard is not None
        done = step(script, done.session, heard, now=NOW)
        replies = (*replies, *done.replies)
    return "\n".join([*lines, f'" {said(replies, wording, channel)}'])


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_what_was_heard_of_a_transcript_becomes_one_that_replays(library: Library, path: Path) -> None:
    name = path.parent.parent.name
    script, wordings = library.scripts[name], library.all_wordings[name]
    written = parse_transcript(path.read_text("utf-8"), file=path.name)
    recording = recording_of(script, wordings["ar"], written, library.keywords)

    transcript = transcribe(script, wordings["ar"], recording, keywords=library.keywords, now=NOW)

    assert list(replay(script, parse_transcript(transcript, file=path.name), now=NOW, keywords=library.keywords)) == []


def test_a_message_in_words_becomes_what_it_means(library: Library) -> None:
    wordings: Mapping[str, Wording] = library.all_wordings["extortion"]
    stopped = wordings["ar"].sentences["stopped"][Channel.SMS]
    menu = wordings["ar"].sentences["menu"][Channel.SMS]

    transcript = transcribe(
        library.scripts["extortion"],
        wordings["ar"],
        f'channel: sms\n" {menu}\n> "توقف"\n" {stopped}\n',
        keywords=library.keywords,
        now=NOW,
    )

    assert '> "توقف"\n! stop_all\n= done\n< stopped\n< (hang up)\n' in transcript


def test_words_that_the_script_never_says_are_told(library: Library) -> None:
    with pytest.raises(BrokenScript, match="never says"):
        transcribe(
            library.scripts["extortion"],
            library.all_wordings["extortion"]["ar"],
            '" something else\n',
            keywords=library.keywords,
            now=NOW,
        )
