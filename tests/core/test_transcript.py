"""A conversation that is written down can be read, replayed and compared."""

from datetime import UTC, datetime

import pytest

from gateway import bootstrap
from gateway.core.conversation import Channel, Prompt
from gateway.core.errors import BrokenScript
from gateway.core.keywordtable import parse_keywords
from gateway.core.player import play
from gateway.core.playing import outcomes_on
from gateway.core.script import DoNode
from gateway.core.transcript import parse_transcript, replay
from gateway.storage.library import Library, load
from tests.core.small_script import FLOW, files, small

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
TABLE = bootstrap.SCRIPTS / "extortion" / "keywords.toml"
WORDS = parse_keywords(TABLE.read_text(encoding="utf-8"), file="keywords.toml")

MORNING = """
# She asks to be called in the morning, and is slow to answer.
language: ar
channel: voice
slot secret: 47

< greeting
< menu ?
> (silence)
< again
< menu ?
> 2
< own ? 2
> (silence)
! request_callback
= kept attempts=3
< confirm time=morning secret=47
< (hang up)
"""

URGENT = """
language: en
< greeting
< menu ?
> 1
< urgent
= kept
< (hold 4)
> (came back)
= ready room=abc
< (join 45)
> (came back)
< goodbye
< (hang up)
"""


def differences(text: str) -> list[str]:
    script, wordings = small()
    transcript = parse_transcript(text, file="t")
    return [str(found) for found in replay(script, transcript, now=NOW, wordings=wordings, keywords=WORDS)]


@pytest.mark.parametrize("text", [MORNING, URGENT])
def test_a_script_that_does_what_is_written_shows_no_difference(text: str) -> None:
    assert differences(text) == []


def test_the_head_names_language_channel_and_values() -> None:
    transcript = parse_transcript(MORNING, file="t")

    assert (transcript.language, transcript.channel, transcript.slots) == ("ar", Channel.VOICE, {"secret": "47"})


def test_values_questions_and_effects_may_be_left_unwritten() -> None:
    text = MORNING.replace(" time=morning secret=47", "").replace(" ?\n", "\n").replace("! request_callback\n", "")

    assert differences(text) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("< again", "< sorry", "line 10: written is '< sorry', but the script gives '< again'"),
        ("time=morning", "time=now", "line 17: written is '< confirm time=now secret=47', but the script gives"),
        ("< own ? 2", "< own ? 3", "line 13: written is '< own ? 3', but the script gives '< own ? 2'"),
        ("! request_callback", "! cancel", "written is '! cancel', but the script gives '! request_callback'"),
        ("< (hang up)", "", "line 17: written is 'nothing more', but the script gives '< (hang up)'"),
        ("< (hang up)", "< (hang up)\n< late", "line 19: written is '< late', but the script gives 'nothing more'"),
        ("= kept attempts=3", "> 1", "line 16: written is '> 1', but the script gives 'it waits for what"),
        ("> 2", "= kept", "line 12: written is '= kept', but the script gives 'it waits for keys or silence'"),
        ("slot secret: 47\n", "", "written is '< confirm time=morning secret=47'"),
    ],
)
def test_a_difference_is_told_with_its_line(old: str, new: str, told: str) -> None:
    assert old in MORNING

    found = differences(MORNING.replace(old, new, 1))

    assert any(told in one for one in found), found


def test_a_sentence_that_lacks_a_value_is_a_difference() -> None:
    text = MORNING.replace("slot secret: 47\n", "").replace(" secret=47", "")

    assert differences(text) == ["line 15: written is '< confirm', but the script gives 'no words for {secret}'"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("< greeting", "head: it needs 'language: ar'"),
        ("language: ar\nchannel: fax", "head: it needs 'language: ar'"),
        ("language: ar\n> two", "line 2: write keys, words in quotes, (silence) or (came back)"),
        ('language: ar\n> "two"', "line 2: nobody writes words on voice"),
        ('language: ar\nchannel: sms\n> ""', "line 3: write keys, words in quotes"),
        ("language: ar\n>", "line 2: nothing stands after '>'"),
        ("language: ar\nhello", "line 2: begin with"),
        ("language: ar\n> 1\nslot secret: 47", "line 3: begin with"),
    ],
)
def test_a_transcript_that_cannot_be_read_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(BrokenScript) as caught:
        parse_transcript(text, file="small/transcripts/x.txt")

    assert caught.value.advice.startswith("small/transcripts/x.txt: ")
    assert told in caught.value.advice


def test_what_is_played_in_a_terminal_is_a_transcript_of_itself() -> None:
    script, wordings = small()
    told: list[str] = []

    written = play(script, wordings, ["", "x", "2", "4 7", "", "9"], told.append, now=NOW, keywords=WORDS)

    assert replay(script, parse_transcript(written, file="t"), now=NOW) == []
    assert written.splitlines()[-5:] == [
        "> 47",
        "! request_callback",
        "= kept",
        "< confirm time=morning secret=47",
        "< (hang up)",
    ]
    assert "You are not alone. Goodbye." not in told
    assert told[-3:] == [
        "تمّ. نتصل بكِ الصبح. رقم السر أربعة، سبعة.",
        "Done. We will call you in the morning. Your secret number is four, seven.",
        "  [the call ends]",
    ]


def test_a_game_with_holds_and_conversations_can_be_played_to_its_end() -> None:
    script, wordings = small()

    written = play(script, wordings, ["1", "kept", "", "ready room=abc", ""], lambda _: None, now=NOW, keywords=WORDS)

    assert written.splitlines()[-4:] == ["< (join 45)", "> (came back)", "< goodbye", "< (hang up)"]


def test_only_an_outcome_that_the_script_knows_is_taken() -> None:
    script, wordings = small(files(FLOW.replace('kept = "confirm"\n"*" = "goodbye"', 'kept = "confirm"')))

    written = play(script, wordings, ["2", "", "nonsense", "kept"], lambda _: None, now=NOW, keywords=WORDS)

    assert written.splitlines()[-3:] == ["= kept", "< confirm time=morning secret=47", "< (hang up)"]


def test_a_game_ends_where_its_lines_end() -> None:
    script, wordings = small()

    written = play(script, wordings, ["2"], lambda _: None, now=NOW, keywords=WORDS)

    assert written.splitlines()[-1] == "< own ? 2"


# --- by text -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def library() -> Library:
    return load(bootstrap.SCRIPTS, bootstrap.DIRECTORY, today=NOW.date())


def played(library: Library, channel: Channel, *lines: str) -> tuple[str, list[str]]:
    """A game with what callers hear: the transcript, and what was told. The transcript replays without difference."""
    script, wordings, told = library.scripts["extortion"], library.all_wordings["extortion"], list[str]()
    written = play(script, wordings, lines, told.append, now=NOW, keywords=library.keywords, channel=channel)
    transcript = parse_transcript(written, file="t")
    assert replay(script, transcript, now=NOW, wordings=wordings, keywords=library.keywords) == []
    return written, told


def test_words_of_a_message_go_through_the_table_and_stand_in_the_transcript_as_they_were_written(
    library: Library,
) -> None:
    written, told = played(library, Channel.SMS, "أتّصلوا بي", "", "1", "١", "۲", "", "لا تتصلوا")

    assert told[0] == "  [she writes first]"
    heard = [line for line in written.splitlines() if line.startswith(">")]
    assert heard == ['> "أتّصلوا بي"', "> 1", '> "١"', '> "۲"', '> "لا تتصلوا"']
    assert "< confirm time=morning attempts=3 secret=47 ?" in written
    assert written.splitlines()[-1] == "< negated ?"


def test_what_is_told_is_the_one_text_that_would_be_sent_with_its_length(library: Library) -> None:
    _, told = played(library, Channel.SMS, "call me", "", "1")

    arabic = library.all_wordings["extortion"]["ar"]
    consent = arabic.text(Prompt("consent"), channel=Channel.SMS)
    assert f"{consent}  [{len(consent)} of 70]" in told


def test_on_a_screen_words_are_no_key(library: Library) -> None:
    written, told = played(library, Channel.USSD, "call me", "2", "", "1")

    assert [line for line in written.splitlines() if line[:1] in {"<", ">"}][:4] == [
        "< menu ?",
        '> "call me"',
        "< again",
        "< menu ?",
    ]
    assert told[-1] == "  [an answer to the screen]"


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.USSD])
def test_a_game_by_text_offers_no_outcome_that_leads_to_the_line(library: Library, channel: Channel) -> None:
    _, told = played(library, channel, "1" if channel is Channel.USSD else "خطر", "kept", "line_only", "")

    [asked] = [line for line in told if "what comes of it" in line]
    assert "by_text, no_line" in asked
    assert "kept," not in asked
    assert sum(line == "  [one of by_text, no_line]" for line in told) == 2


def test_every_outcome_that_a_game_by_text_offers_leads_to_words_of_that_channel(library: Library) -> None:
    script = library.scripts["extortion"]
    for channel in (Channel.SMS, Channel.USSD):
        for node in script.nodes.values():
            if isinstance(node, DoNode) and node.id not in script.voice_only:
                for outcome in outcomes_on(channel, script, node.id):
                    assert node.outcomes[outcome] not in script.voice_only - {"urgent_words"}, (node.id, outcome)


def test_the_number_of_attempts_is_said_though_nobody_typed_it(library: Library) -> None:
    written, told = played(library, Channel.VOICE, "2", "", "1", "1", "1", "")

    assert "= callable" in written.splitlines()
    assert "= kept attempts=3" in written.splitlines()
    assert any("We try three times only" in line for line in told)
    assert not any("no words for" in line for line in told)


def test_words_without_a_table_are_a_difference() -> None:
    script, _ = small()
    transcript = parse_transcript('language: ar\nchannel: sms\n< greeting\n< menu ?\n> "call me"\n', file="t")

    [found] = replay(script, transcript, now=NOW)

    assert found.found == "there is no table that words are understood by"
