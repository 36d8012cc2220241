"""Draws a flow as SVG, for people who review a script: every node a box, every way out of it a row with its key.

A way to a later column is a line. A way back, or to a node that many ways lead to, is only named in its row, with a
sign: a line would tangle the drawing. The same script always gives the same text, so that a drawing can be committed.
"""

import textwrap
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from gateway.core.conversation import Channel
from gateway.core.layout import Line, Placed, layers, place
from gateway.core.script import (
    DigitsNode,
    DoNode,
    EndNode,
    HoldNode,
    JoinNode,
    MenuNode,
    Node,
    SayNode,
    Script,
    sentences_of,
    ways,
)
from gateway.core.wording import Wording

WIDTH = 300.0
MARGIN = 30.0
TITLE = 60.0
LETTERS_A_LINE = 44
LINES_A_SENTENCE = 2
ROW = 18.0
HEAD = 26.0
CROWD = 4  # nodes that lead to one, from which on lines would tangle

COLOURS: Mapping[type[Node], tuple[str, str]] = {
    SayNode: ("says", "#dbeafe"),
    MenuNode: ("asks for a key", "#fef3c7"),
    DigitsNode: ("asks for digits", "#fde68a"),
    DoNode: ("does", "#dcfce7"),
    HoldNode: ("holds", "#f3e8ff"),
    JoinNode: ("meets", "#fae8ff"),
    EndNode: ("ends", "#e5e7eb"),
}

STYLE = (
    "text{font-family:'Noto Sans','Noto Sans Arabic','DejaVu Sans',sans-serif;font-size:12px;fill:#111827}"
    ".id{font-weight:bold;font-size:13px}.kind{fill:#4b5563;font-size:11px}.key{font-weight:bold}"
    ".far{fill:#6b7280;font-style:italic}.box{stroke:#6b7280;fill:#fff}.line{fill:none;stroke:#64748b;stroke-width:1.4}"
    ".title{font-size:22px;font-weight:bold}.note{fill:#4b5563}"
)


@dataclass(frozen=True, slots=True)
class _Row:
    label: str
    sets: str
    to: str
    drawn: bool


@dataclass(frozen=True, slots=True)
class _Box:
    """A node as it is drawn; `words` are lines of its sentence, language after language."""

    node: Node
    words: tuple[str, ...]
    rows: tuple[_Row, ...]

    @property
    def rows_top(self) -> float:
        return HEAD + len(self.words) * ROW + 4

    @property
    def height(self) -> float:
        return self.rows_top + len(self.rows) * ROW + 6

    def row_at(self, number: int) -> float:
        """The middle of a row."""
        return self.rows_top + number * ROW + ROW / 2


def draw(script: Script, wordings: Mapping[str, Wording], *, channel: Channel = Channel.VOICE) -> str:
    """The flow of a script as one SVG. Sentences stand in all its languages, the last language first.

    The script must have no dangling ways: see `gateway.core.flowcheck`.
    """
    shown = [wordings[language] for language in reversed(script.languages)]
    onward = {name: [way.to for way in ways(node)] for name, node in script.nodes.items()}
    layer_of = layers(onward, script.start)
    boxes = _boxes(script, layer_of, shown, channel)
    lines = {
        (name, number): Line(name, row.to, box.row_at(number))
        for name, box in boxes.items()
        for number, row in enumerate(box.rows)
        if row.drawn
    }
    heights = {name: box.height for name, box in boxes.items()}
    placed = place(layer_of, heights, list(lines.values()), ways=onward, box_width=WIDTH)
    return "\n".join(_svg(script, boxes, list(lines.values()), placed)) + "\n"


def _boxes(script: Script, layer_of: Mapping[str, int], wordings: list[Wording], channel: Channel) -> dict[str, _Box]:
    crowd = Counter(to for node in script.nodes.values() for to in {way.to for way in ways(node)})
    boxes = {}
    for name, node in script.nodes.items():
        rows = tuple(
            _Row(
                _label(node, way.label),
                _sets(node, way.label),
                way.to,
                layer_of[way.to] > layer_of[name] and crowd[way.to] < CROWD,
            )
            for way in ways(node)
        )
        boxes[name] = _Box(node, tuple(_words(node, wordings, channel)), rows)
    return boxes


def _label(node: Node, label: str) -> str:
    return "" if label == "next" and not isinstance(node, DigitsNode) else label


def _sets(node: Node, label: str) -> str:
    option = node.options.get(label) if isinstance(node, MenuNode) else None
    return ", ".join(f"{slot} = {value}" for slot, value in option.sets.items()) if option else ""


def _words(node: Node, wordings: list[Wording], channel: Channel) -> Iterator[str]:
    for prompt in sentences_of(node)[:1]:
        for wording in wordings:
            text = " ".join(wording.sentences.get(prompt, {}).get(channel, "").split())
            yield from textwrap.wrap(text, LETTERS_A_LINE, max_lines=LINES_A_SENTENCE, placeholder=" …")


# --- SVG ---------------------------------------------------------------------------------------------


def _svg(script: Script, boxes: Mapping[str, _Box], lines: list[Line], placed: Placed) -> Iterator[str]:
    width, height = placed.width + 2 * MARGIN, placed.height + 2 * MARGIN + TITLE
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}">'
    yield f"<title>{escape(script.name)}</title>"
    yield f"<style>{STYLE}</style>"
    yield '<rect width="100%" height="100%" fill="#fff"/>'
    yield _text(MARGIN, MARGIN + 12, script.name, "title")
    note = f"starts at {script.start}; a grey name with ↪ or ↩ leads there, further on or back, without a line"
    yield _text(MARGIN, MARGIN + 34, note, "note")
    yield f'<g transform="translate({MARGIN:.0f} {MARGIN + TITLE:.0f})">'
    for line in lines:
        yield _path(line, placed)
    for name, box in boxes.items():
        yield from _box(box, *placed.boxes[name], boxes=placed.boxes)
    yield "</g>"
    yield "</svg>"


def _path(line: Line, placed: Placed) -> str:
    left, top = placed.boxes[line.source]
    x, y = left + WIDTH, top + line.at
    drawn = f"M{x:.1f} {y:.1f}"
    for lane_x, lane_y in placed.lanes[line]:
        drawn += _bend(x, y, lane_x, lane_y) + f" H{lane_x + WIDTH:.1f}"
        x, y = lane_x + WIDTH, lane_y
    target_x, target_y = placed.boxes[line.target]
    end_y = target_y + HEAD / 2
    arrow = f" M{target_x - 7:.1f} {end_y - 4:.1f} L{target_x:.1f} {end_y:.1f} L{target_x - 7:.1f} {end_y + 4:.1f}"
    return f'<path class="line" d="{drawn}{_bend(x, y, target_x, end_y)}{arrow}"/>'


def _bend(x: float, y: float, to_x: float, to_y: float) -> str:
    middle = (x + to_x) / 2
    return f" C{middle:.1f} {y:.1f} {middle:.1f} {to_y:.1f} {to_x:.1f} {to_y:.1f}"


def _box(box: _Box, left: float, top: float, *, boxes: Mapping[str, tuple[float, float]]) -> Iterator[str]:
    kind, colour = COLOURS[type(box.node)]
    yield f'<g id={quoteattr("node-" + box.node.id)} transform="translate({left:.1f} {top:.1f})">'
    yield f'<rect class="box" width="{WIDTH:.0f}" height="{box.height:.0f}" rx="6"/>'
    yield f'<rect class="box" style="fill:{colour}" width="{WIDTH:.0f}" height="{HEAD:.0f}" rx="6"/>'
    yield _text(8, 17, box.node.id, "id")
    yield _text(WIDTH - 8, 17, _kind(box.node, kind), "kind", anchor="end")
    for number, words in enumerate(box.words):
        yield _words_line(words, HEAD + number * ROW + 14)
    for number, row in enumerate(box.rows):
        yield from _row(row, box.row_at(number), is_back=boxes[row.to][0] <= left)
    yield "</g>"


def _kind(node: Node, kind: str) -> str:
    match node:
        case DoNode(_, do):
            return f"{kind} {do}" if do != node.id else kind
        case MenuNode(repeat=str(repeat)):
            return f"{kind}, {repeat} repeats"
        case HoldNode(_, length):
            return f"{kind} {length.total_seconds():g} s"
        case JoinNode(limit=limit):
            return f"{kind} for {limit.total_seconds() / 60:g} min at most"
        case _:
            return kind


def _words_line(words: str, y: float) -> str:
    first = next((unicodedata.bidirectional(letter) for letter in words if letter.isalpha()), "L")
    if first in {"R", "AL"}:
        return _text(WIDTH - 8, y, words, "", more=' direction="rtl"')
    return _text(8, y, words, "")


def _row(row: _Row, middle: float, *, is_back: bool) -> Iterator[str]:
    y = middle + 4
    label = f"{row.label}  ({row.sets})" if row.sets else row.label
    yield _text(8, y, label, "key")
    if row.drawn:
        yield _text(WIDTH - 8, y, row.to, "", anchor="end")
    else:
        yield _text(WIDTH - 8, y, f"{row.to} {'↩' if is_back else '↪'}", "far", anchor="end")


def _text(x: float, y: float, words: str, style: str, *, anchor: str = "", more: str = "") -> str:
    anchored = f' text-anchor="{anchor}"' if anchor else ""
    styled = f' class="{style}"' if style else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{styled}{anchored}{more}>{escape(words)}</text>'
