"""The drawing of a flow can be read, and is the same every time."""

import re
from itertools import combinations
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.conversation import Channel
from gateway.core.drawing import draw
from gateway.core.layout import Line, layers, place
from gateway.core.script import DoNode, Script
from tests.core.small_script import small

SVG = "{http://www.w3.org/2000/svg}"


def test_every_node_has_a_box_and_every_key_a_row() -> None:
    script, wordings = small()

    picture = ElementTree.fromstring(draw(script, wordings))

    boxes = {group.get("id"): [text.text for text in group.iter(f"{SVG}text")] for group in picture.iter(f"{SVG}g")}
    assert {f"node-{name}" for name in script.nodes} == set(boxes) - {None}
    assert {"1", "2  (time = morning)", "3", "lost", "urgent", "own", "asks for a key, 0 repeats"} <= set(
        boxes["node-menu"]
    )


def test_arabic_words_run_from_right_to_left() -> None:
    script, wordings = small()

    picture = draw(script, wordings)

    assert re.search(r'direction="rtl">ابقي معنا\.<', picture)
    assert re.search(r">Stay with us\.<", picture)


def test_the_same_script_is_drawn_the_same_way() -> None:
    assert draw(*small()) == draw(*small())


def test_words_cannot_break_the_drawing() -> None:
    script, wordings = small()
    nodes = {**script.nodes, "keep": DoNode("keep", "<&>", {"*": "goodbye"})}
    odd = Script("<&>\"'", script.start, nodes, script.languages, script.channels)

    assert ElementTree.fromstring(draw(odd, wordings, channel=Channel.SMS)).find(f"{SVG}title") is not None


NAMES = [f"n{number}" for number in range(9)]
FLOWS = st.fixed_dictionaries({name: st.lists(st.sampled_from(NAMES), max_size=4) for name in NAMES})


@settings(max_examples=60)
@given(FLOWS)
def test_boxes_never_overlap_and_lines_run_to_later_columns(flow: dict[str, list[str]]) -> None:
    layer_of = layers(flow, "n0")
    heights = {name: 40.0 + 20 * len(onward) for name, onward in flow.items()}
    lines = [
        Line(name, to, 30.0 + 20 * number)
        for name, onward in flow.items()
        for number, to in enumerate(onward)
        if layer_of[to] > layer_of[name]
    ]

    placed = place(layer_of, heights, lines, ways=flow, box_width=300)

    for (one, (x, y)), (other, (x_, y_)) in combinations(placed.boxes.items(), 2):
        assert x != x_ or y + heights[one] < y_ or y_ + heights[other] < y
    assert all(placed.boxes[line.target][0] > placed.boxes[line.source][0] for line in lines)
    for line, passed in placed.lanes.items():
        for x, y in passed:
            inside = [
                name for name, (left, top) in placed.boxes.items() if left == x and top <= y <= top + heights[name]
            ]
            assert inside == [], line
