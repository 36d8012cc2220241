"""Where the boxes of a drawing stand: in columns from left to right, in an order that crosses few lines.

Layers by the shortest way from the start; a line over several layers gets a lane in each between, so that it passes
beside the boxes and not behind them (after Sugiyama, Tagawa and Toda, 1981). The same flow gives the same places.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

COLUMN_GAP = 110.0
ROW_GAP = 26.0
LANE_HEIGHT = 8.0
SWEEPS = 12


@dataclass(frozen=True, slots=True)
class Line:
    """A line from one box to another in a later column; `at` is the height at which it leaves its box."""

    source: str
    target: str
    at: float


@dataclass(frozen=True, slots=True)
class Placed:
    """Left and top of every box, and for every line the heights at which it passes the columns between."""

    boxes: Mapping[str, tuple[float, float]]
    lanes: Mapping[Line, tuple[tuple[float, float], ...]]
    width: float
    height: float


def layers(ways: Mapping[str, Sequence[str]], start: str) -> dict[str, int]:
    """The column of every node: the least number of steps from the start. Unreachable ones come in a last column."""
    found = {start: 0}
    queue = [start]
    for name in queue:
        for onward in ways[name]:
            if onward in ways and onward not in found:
                found[onward] = found[name] + 1
                queue.append(onward)
    last = max(found.values()) + 1
    return {**found, **{name: last for name in ways if name not in found}}


def place(
    layer_of: Mapping[str, int],
    heights: Mapping[str, float],
    lines: Sequence[Line],
    *,
    ways: Mapping[str, Sequence[str]],
    box_width: float,
) -> Placed:
    """Places for boxes of one width and their own heights. A box without a line stands near what leads to it."""
    leads = {name: [before for before, onward in ways.items() if name in onward] for name in ways}
    return _Layout(layer_of, heights, lines, leads, box_width).placed()


class _Layout:
    """Cells are boxes and lanes; every link joins cells of neighbouring columns."""

    def __init__(
        self,
        layer_of: Mapping[str, int],
        heights: Mapping[str, float],
        lines: Sequence[Line],
        leads: Mapping[str, Sequence[str]],
        box_width: float,
    ) -> None:
        self._leads = leads
        self._heights = dict(heights)
        self._pitch = box_width + COLUMN_GAP
        self._box_width = box_width
        self._columns: list[list[str]] = [[] for _ in range(max(layer_of.values()) + 1)]
        self._before: dict[str, list[tuple[str, float]]] = {}
        self._after: dict[str, list[str]] = {}
        for name, layer in layer_of.items():
            self._columns[layer].append(name)
        self._lanes = {line: self._add_lanes(line, layer_of) for line in lines}

    def _add_lanes(self, line: Line, layer_of: Mapping[str, int]) -> list[tuple[int, str]]:
        lanes: list[tuple[int, str]] = []
        cell, at = line.source, line.at
        for column in range(layer_of[line.source] + 1, layer_of[line.target]):
            lane = f"{line.source} {line.at} {line.target} {column}"  # no name of a node has a space in it
            self._heights[lane] = LANE_HEIGHT
            self._columns[column].append(lane)
            self._link(cell, lane, at)
            lanes.append((column, lane))
            cell, at = lane, LANE_HEIGHT / 2
        self._link(cell, line.target, at)
        return lanes

    def _link(self, source: str, target: str, at: float) -> None:
        self._before.setdefault(target, []).append((source, at))
        self._after.setdefault(source, []).append(target)

    def placed(self) -> Placed:
        for _ in range(SWEEPS):
            self._sort()
        tops = self._tops()
        lanes = {
            line: tuple((column * self._pitch, tops[lane] + LANE_HEIGHT / 2) for column, lane in cells)
            for line, cells in self._lanes.items()
        }
        boxes = {
            cell: (column * self._pitch, tops[cell])
            for column, cells in enumerate(self._columns)
            for cell in cells
            if " " not in cell
        }
        height = max(tops[cell] + self._heights[cell] for cell in tops)
        return Placed(boxes, lanes, len(self._columns) * self._pitch - COLUMN_GAP, height)

    def _sort(self) -> None:
        """Each cell to the mean place of its neighbours: once from left to right, once back."""
        for cells in self._columns[1:]:
            places = self._places()
            cells.sort(
                key=lambda cell: self._mean([places[name] + at / 1e4 for name, at in self._before.get(cell, [])])
            )
        for cells in reversed(self._columns[:-1]):
            places = self._places()
            cells.sort(key=lambda cell: self._mean([places[name] for name in self._after.get(cell, [])], places[cell]))

    def _places(self) -> dict[str, float]:
        return {cell: place / len(cells) for cells in self._columns for place, cell in enumerate(cells)}

    @staticmethod
    def _mean(places: list[float], otherwise: float = 1.0) -> float:
        return fmean(places) if places else otherwise

    def _tops(self) -> dict[str, float]:
        """Tops of all cells: as near to what leads to them as those above allow."""
        tops: dict[str, float] = {}
        for cells in self._columns:
            wished = {cell: self._wish(cell, tops) for cell in cells}
            free = 0.0
            for cell in cells:
                tops[cell] = max(free, wished[cell])
                free = tops[cell] + self._heights[cell] + ROW_GAP
        return tops

    def _wish(self, cell: str, tops: Mapping[str, float]) -> float:
        arrivals = [tops[name] + at for name, at in self._before.get(cell, [])]
        arrivals = arrivals or [tops[name] for name in self._leads.get(cell, ()) if name in tops]
        return self._mean(arrivals, 0.0) - min(self._heights[cell], 40.0) / 2
