"""A conversation that is written down can be read, replayed and compared."""

from datetime import UTC, datetime

import pytest

from gateway.core.conversation import Channel
from gateway.core.errors import BrokenScript
from gateway.core.player import play
from gateway.core.transcript import parse_transcript, replay
from tests.core.small_script import FLOW, files, small

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

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
    return [str(found) for found in replay(script, transcript, now=NOW, wordings=wordings)]


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
        ("language: ar\n> two", "line 2: write keys, (silence) or (came back)"),
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

    written = play(script, wordings, ["", "x", "2", "4 7", "", "9"], told.append, now=NOW)

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

    written = play(script, wordings, ["1", "kept", "", "ready room=abc", ""], lambda _: None, now=NOW)

    assert written.splitlines()[-4:] == ["< (join 45)", "> (came back)", "< goodbye", "< (hang up)"]


def test_only_an_outcome_that_the_script_knows_is_taken() -> None:
    script, wordings = small(files(FLOW.replace('kept = "confirm"\n"*" = "goodbye"', 'kept = "confirm"')))

    written = play(script, wordings, ["2", "", "nonsense", "kept"], lambda _: None, now=NOW)

    assert written.splitlines()[-3:] == ["= kept", "< confirm time=morning secret=47", "< (hang up)"]


def test_a_game_ends_where_its_lines_end() -> None:
    script, wordings = small()

    written = play(script, wordings, ["2"], lambda _: None, now=NOW)

    assert written.splitlines()[-1] == "< own ? 2"
