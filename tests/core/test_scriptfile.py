"""Script files become scripts and wordings, or an error that names the file, the place and the mend."""

from datetime import timedelta

import pytest

from gateway.core.conversation import Channel
from gateway.core.errors import BrokenScript
from gateway.core.script import DigitsNode, DoNode, EndNode, JoinNode, MenuNode, Option
from gateway.core.scriptfile import parse_flow, parse_sentences, parse_values
from tests.core.small_script import ARABIC, ENGLISH, ENGLISH_VALUES, FLOW, files, small


def test_every_kind_of_node_is_read_as_it_is_written() -> None:
    script, _ = small()

    assert script.nodes["menu"] == MenuNode(
        "menu",
        "menu",
        "menu_short",
        {"1": Option("urgent"), "2": Option("own", {"time": "morning"}), "3": Option("numbers")},
        "goodbye",
        "0",
    )
    assert script.nodes["own"] == DigitsNode("own", "own", "own", 0, "keep", "keep", "keep")
    assert script.nodes["keep"] == DoNode("keep", "request_callback", {"kept": "confirm", "*": "goodbye"})
    assert script.nodes["meet"] == JoinNode("meet", "goodbye", timedelta(minutes=45), waits=False)
    assert (script.nodes["quiet_end"], script.nodes["goodbye"]) == (EndNode("quiet_end"), EndNode("goodbye", "goodbye"))


def test_a_script_knows_which_values_its_sentences_are_spoken_with() -> None:
    script, _ = small()

    assert script.placeholders == {"confirm": ("time", "secret"), "police": ("police",)}


def test_the_values_of_a_muted_sibling_are_those_of_its_sentence() -> None:
    arabic = ARABIC.replace("الشرطة المجتمعية اليوم", "الشرطة {time}")

    script, _ = small(files(arabic=arabic))

    assert script.placeholders["police"] == ("police", "time")


def test_words_for_a_value_may_be_one_text_for_all_channels() -> None:
    _, values = parse_values(ENGLISH_VALUES, file="v")

    assert values["time"]["now"] == dict.fromkeys(Channel, "now")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('say = "greeting"', "say = 3", "small/flow.toml: node 'greeting': 'say' must be a text"),
        ('say = "greeting"', 'says = "greeting"', "node 'greeting': a node has exactly one of"),
        ('next = "menu"', 'net = "menu"', "node 'greeting': 'next' is missing"),
        ('repeat = "0"', 'repaet = "0"', "node 'menu': 'repaet' means nothing here; did you mean 'repeat'"),
        ('repeat = "0"', 'repeat = "1"', "node 'menu': 'repeat' must be one key"),
        ('3 = "numbers"', 'three = "numbers"', "node 'menu', keys: 'three' is no key of a phone"),
        ('3 = "numbers"', '12 = "numbers"', "node 'menu', keys: '12' is no key of a phone"),
        ("once = true", 'once = "yes"', "node 'leave': 'once' must be true or false"),
        ("hold = 4", "hold = 400", "node 'wait': 'hold' must be from 1 to 60 seconds"),
        ("wait = 2", "wait = -2", "node 'leave': 'wait' must be a number"),
        ("count = 0", "count = 1.5", "node 'own': 'count' must be a whole number"),
        ("limit_minutes = 45", "limit_minutes = 0", "node 'meet', join: 'limit_minutes' must be more than 0"),
        ("end = true", "end = false", "node 'quiet_end': 'end' must be a text"),
        ('channels = ["voice"]', 'channels = ["fax"]', "script: 'channels' may hold voice, sms, ussd; not fax"),
        ('languages = ["ar", "en"]', "languages = []", "script: 'languages' must be a list"),
        ('languages = ["ar", "en"]', 'languages = ["ku"]', "the language 'ku' has no file small/ku.toml"),
        ("[node.menu.keys]", "[node.menu.keys", "small/flow.toml: this is not TOML"),
    ],
)
def test_a_mistake_in_the_flow_is_told_with_its_place(old: str, new: str, told: str) -> None:
    assert old in FLOW

    with pytest.raises(BrokenScript) as caught:
        small(files(FLOW.replace(old, new, 1)))

    assert told in caught.value.advice


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[menu]\nvioce = "x"', "sentence 'menu': there is no text"),
        ('[menu]\nvoice = "x"\nvioce = "x"', "'vioce' means nothing here; did you mean 'voice'"),
        ('[menu]\nvoice = "  "', "'voice' must be a text"),
        ('[menu]\nvoice = "call {Number}"', "a brace in 'voice' is no {placeholder}"),
        ('menu = "x"', "'menu' must be a table"),
    ],
)
def test_a_mistake_in_a_sentence_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(BrokenScript) as caught:
        parse_sentences(text, file="small/en.toml")

    assert caught.value.advice.startswith("small/en.toml: ")
    assert told in caught.value.advice


def test_a_language_has_ten_words_for_digits() -> None:
    with pytest.raises(BrokenScript, match="'digits' has 2 words; it needs ten"):
        parse_values('digits = ["zero", "one"]', file="values/en.toml")


@pytest.mark.parametrize("text", ["", "[script]", "[node]", "script = 1", "[[node]]\n[script]", ENGLISH])
def test_what_is_no_flow_at_all_is_an_error_too(text: str) -> None:
    with pytest.raises(BrokenScript):
        parse_flow(text, file="f")
