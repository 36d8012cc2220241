"""A prompt becomes words, or recordings if all its pieces are recorded."""

import pytest

from gateway.core.conversation import Channel, Prompt
from gateway.core.errors import BrokenScript
from gateway.core.wording import Recording, Text
from tests.core.small_script import ENGLISH, MUTED, english, files, small

CONFIRM = Prompt("confirm", (("time", "morning"), ("secret", "47")))


def test_a_secret_number_is_read_digit_by_digit_on_voice() -> None:
    words = english().text(CONFIRM, channel=Channel.VOICE)

    assert words == "Done. We will call you in the morning. Your secret number is four, seven."


def test_arabic_digits_are_parted_by_an_arabic_comma() -> None:
    words = small()[1]["ar"].text(CONFIRM, channel=Channel.VOICE)

    assert words == "تمّ. نتصل بكِ الصبح. رقم السر أربعة، سبعة."


def test_numbers_stand_as_digits_where_they_are_shown() -> None:
    wording = english(files(english=ENGLISH + '[shown]\nsms = "Police {police}, secret {secret}, {time}"'))

    words = wording.text(Prompt("shown", (("secret", "47"), ("time", "now"))), channel=Channel.SMS)

    assert words == "Police 497, secret 47, now"


def test_instead_of_a_muted_number_its_sibling_is_said() -> None:
    prompt = Prompt("police")

    assert "four, nine, seven" in english().text(prompt, channel=Channel.VOICE)
    assert english(numbers=MUTED).text(prompt, channel=Channel.VOICE) == (
        "We do not know the number of the community police today."
    )


def test_a_value_without_words_is_left_out_and_named_as_a_gap() -> None:
    prompt = Prompt("confirm", (("time", "whenever"),))

    assert english().gaps(prompt, channel=Channel.VOICE) == ("time", "secret")
    assert english().text(prompt, channel=Channel.VOICE) == "Done. We will call you . Your secret number is ."
    assert english().gaps(CONFIRM, channel=Channel.VOICE) == ()


def test_a_sentence_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(BrokenScript, match=r"en\.toml: sentence 'nothing' has no text for voice"):
        english().text(Prompt("nothing"), channel=Channel.VOICE)


def recorded(*paths: str) -> frozenset[str]:
    return frozenset(f"en/{path}" for path in paths)


def test_a_recorded_sentence_is_played_on_voice_only() -> None:
    wording = english(
        files(english=ENGLISH + '[both]\nvoice = "x"\nsms = "y"', recordings=recorded("greeting.mp3", "both.wav"))
    )

    assert wording.fragments(Prompt("greeting"), channel=Channel.VOICE) == (Recording("en/greeting.mp3"),)
    assert wording.fragments(Prompt("both"), channel=Channel.VOICE) == (Recording("en/both.wav"),)
    assert wording.fragments(Prompt("both"), channel=Channel.SMS) == (Text("y"),)


PIECES = ("confirm-1.mp3", "values/time/morning.mp3", "confirm-2.wav", "digits/4.mp3", "digits/7.mp3")


def test_a_sentence_is_played_in_pieces_if_all_its_pieces_are_recorded() -> None:
    wording = english(files(recordings=recorded(*PIECES)))

    played = wording.fragments(CONFIRM, channel=Channel.VOICE)

    assert played == tuple(Recording(f"en/{piece}") for piece in PIECES)


@pytest.mark.parametrize("missing", PIECES)
def test_a_sentence_of_which_one_piece_is_not_recorded_is_one_text(missing: str) -> None:
    wording = english(files(recordings=recorded(*set(PIECES) - {missing})))

    assert wording.fragments(CONFIRM, channel=Channel.VOICE) == (
        Text("Done. We will call you in the morning. Your secret number is four, seven."),
    )


def test_the_recording_of_a_muted_sentence_is_that_of_its_sibling() -> None:
    recordings = recorded("police-1.mp3", "police-2.mp3", "digits/4.mp3", "police_muted.mp3")

    played = english(files(recordings=recordings), numbers=MUTED).fragments(Prompt("police"), channel=Channel.VOICE)

    assert played == (Recording("en/police_muted.mp3"),)
