"""The network's TwiML is a part of Twilio's: every element, attribute and nesting it takes is known there."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.simulator.grammar import ELEMENTS, SPEECH_MARKS
from gateway.simulator.twiml import BadTwiml, parse


@pytest.fixture(scope="module")
def twilios() -> dict[str, Any]:
    """Twilio's own grammar, which is not part of this project."""
    folder = os.environ.get("SANAD_VECTORS")
    if not folder:
        pytest.skip("SANAD_VECTORS names no folder with Twilio's grammar")
    found: dict[str, Any] = json.loads((Path(folder) / "twiml_voice_grammar.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("name", ELEMENTS)
def test_each_element_takes_only_what_twilio_knows(twilios: dict[str, Any], name: str) -> None:
    known = twilios[name]

    assert ELEMENTS[name].attributes <= set(known["attributes"])
    assert ELEMENTS[name].children <= set(known["children"])


def test_speech_marks_are_twilios(twilios: dict[str, Any]) -> None:
    assert set(twilios["Say"]["children"]) >= SPEECH_MARKS


@given(st.text())
def test_any_text_is_a_document_or_refused(text: str) -> None:
    with suppress(BadTwiml):
        assert parse(text) == ()


@given(
    st.sampled_from(sorted(ELEMENTS)),
    st.sampled_from(["loop", "numDigits", "timeout", "method", "finishOnKey", "x"]),
    st.text("-0123456789#*aut. ", max_size=12),
)
def test_any_attribute_is_read_or_refused(element: str, attribute: str, value: str) -> None:
    document = f'<Response><{element} {attribute}="{value}">text</{element}></Response>'

    try:
        verbs = parse(document)
    except BadTwiml:
        return

    assert verbs[0].number(attribute, 1) >= 0 or attribute in {"method", "finishOnKey"}
