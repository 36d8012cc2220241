"""What an installer can write wrong in a field map, and what is said about it."""

import copy
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.errors import BrokenSetting
from gateway.providers.aggregator.fieldmap import Body, read_field_map
from gateway.providers.registry import SMS_WIRES, USSD_WIRES, ussd_wires
from tests.providers.aggregator.spellings import SPELLINGS, spelling, table


@pytest.mark.parametrize("name", SPELLINGS)
def test_every_sample_is_understood(name: str) -> None:
    assert spelling(name).session == table(name)["session"]


def test_a_form_of_steps_is_what_is_meant_where_nothing_is_said() -> None:
    plain = spelling("plain")

    assert (plain.body, plain.cumulative, plain.phase, plain.code) == (Body.FORM, False, None, None)


@pytest.mark.parametrize(
    ("name", "path", "value", "words"),
    [
        ("moolre", ("session",), None, "session must be a text"),
        ("moolre", ("number",), "", "number must be a text"),
        ("moolre", ("text",), 3, "text must be a text"),
        ("moolre", ("sesion",), "x", "a key is none of .*session"),
        ("moolre", ("body",), "xml", "body must be one of form, query, json"),
        ("moolre", ("body",), ["json"], "body must be one of"),
        ("moolre", ("cumulative",), "yes", "cumulative must be true or false"),
        ("moolre", ("number",), "sessionid", "name the same field"),
        ("moolre", ("after_code",), True, "after_code needs cumulative"),
        ("moolre", ("phase",), "new", "phase must be a table"),
        ("moolre", ("phase", "first"), [], "first lists the values"),
        ("moolre", ("phase", "first"), [True], "first must be a list of texts"),
        ("moolre", ("phase", "over"), ["true"], "in first and in over"),
        ("moolre", ("phase", "last"), ["x"], "phase: a key is none of"),
        ("moolre", ("answer",), None, "answer must be a table"),
        ("moolre", ("answer", "flag"), None, "flag must be a text"),
        ("moolre", ("answer", "more"), 1.5, "more must be a text, a whole number"),
        ("moolre", ("answer", "last"), True, "more and last must differ"),
        ("moolre", ("answer", "flag"), "message", "named twice"),
        ("moolre", ("answer", "echo"), {"a": "nobody"}, "echo may name"),
        ("moolre", ("answer", "fixed"), {"reply": 1}, "named twice"),
        ("moolre", ("answer", "fixed"), {"a": [1]}, "a must be a text"),
        ("rafidain", ("answer", "echo"), {"a": "code"}, "no field code"),
        ("hadba", ("answer", "more"), "E;", "more and last must differ"),
        ("hadba", ("answer", "words"), "E;", "answer: a key is none of"),
    ],
)
def test_a_broken_map_is_refused_with_its_place_and_the_mend(
    name: str, path: tuple[str, ...], value: object, words: str
) -> None:
    broken = changed(table(name), path, value)

    with pytest.raises(BrokenSetting, match=f"the USSD wire {name}.*{words}"):
        read_field_map(broken, name=name)


def changed(whole: dict[str, Any], path: tuple[str, ...], value: object) -> dict[str, Any]:
    """The table with one value exchanged, or taken out for None."""
    whole = copy.deepcopy(whole)
    place = whole
    for key in path[:-1]:
        place = place[key]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return whole


keys = st.sampled_from(["session", "number", "text", "code", "body", "phase", "answer", "cumulative", "screen", "more"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys | st.text(max_size=4), inner, max_size=3),
)


@settings(deadline=None)
@given(st.dictionaries(keys, values))
def test_no_table_raises_anything_but_a_broken_setting(whole: dict[str, object]) -> None:
    with suppress(BrokenSetting):
        read_field_map(whole, name="x")


def test_all_wires_stand_in_plain_sight() -> None:
    assert SMS_WIRES.keys() == {"twilio", "kannel"}
    assert USSD_WIRES.keys() == {"africastalking"}


def test_a_described_wire_joins_those_that_are_built_in() -> None:
    wires = ussd_wires({"moolre": spelling("moolre")})

    assert wires.keys() == {"africastalking", "moolre"}


def test_a_described_wire_does_not_take_the_place_of_one_that_is_built_in() -> None:
    with pytest.raises(BrokenSetting, match="africastalking is built in"):
        ussd_wires({"africastalking": spelling("moolre")})
