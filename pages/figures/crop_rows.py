"""The rows of crops beside a graph's hubs, enlarged where nothing is in the way and framed in their strategy's colour.

A crop and the disc of its hub bear the same name in the figure (`owner_name`).
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import plotly.graph_objects as go

GROWTHS = (2.2, 2.0, 1.8, 1.6, 1.4, 1.2, 1.0)  # tried in this order; at the last nothing grows
AIR = 0.08  # of a row's height, free around it
Crop = Any  # go.layout.Image


@dataclass(frozen=True)
class Box:
    """A rectangle by its corners, in the units of the graph."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    def meets(self, other: "Box") -> bool:
        """Whether the two have a point in common."""
        return self.x0 < other.x1 and other.x0 < self.x1 and self.y0 < other.y1 and other.y0 < self.y1

    def grown(self, by: float, away_from: float) -> "Box":
        """The box so many times as large: its side towards this x stays, and so does the height of its middle."""
        width, height, middle = (self.x1 - self.x0) * by, self.height * by, (self.y0 + self.y1) / 2
        x0 = self.x1 - width if away_from > (self.x0 + self.x1) / 2 else self.x0
        return Box(x0, middle - height / 2, x0 + width, middle + height / 2)

    def with_air(self) -> "Box":
        """The box with what is free around it."""
        air = AIR * self.height
        return Box(self.x0 - air, self.y0 - air, self.x1 + air, self.y1 + air)


def owner_name(label: int) -> str:
    """The name of a strategy's disc and crops in a graph."""
    return f"strategy {label}"


def with_larger_crops(graph: go.Figure) -> None:
    """Enlarges every row of crops by the same factor, at most 2.2, as far as no row meets another or a disc; frames it.

    A row grows away from its disc.
    """
    discs = {each.name: each for each in graph.layout.shapes if each.type == "circle" and each.name != "ring"}
    rows = {name: [crop for crop in graph.layout.images if crop.name == name] for name in discs}
    boxes = {name: _box(row) for name, row in rows.items() if row}
    places = {name: Box(disc.x0, disc.y0, disc.x1, disc.y1) for name, disc in discs.items()}
    for by in GROWTHS:
        grown = {name: box.grown(by, places[name].x0) for name, box in boxes.items()}
        if by == GROWTHS[-1] or _apart([box.with_air() for box in grown.values()], list(places.values())):
            break
    for name, box in grown.items():
        _move(rows[name], boxes[name], box, by)
        _frame(graph, box.with_air(), discs[name].line.color)


def _box(row: list[Crop]) -> Box:
    return Box(
        min(crop.x - crop.sizex / 2 for crop in row),
        min(crop.y - crop.sizey / 2 for crop in row),
        max(crop.x + crop.sizex / 2 for crop in row),
        max(crop.y + crop.sizey / 2 for crop in row),
    )


def _apart(rows: list[Box], discs: list[Box]) -> bool:
    among = not any(one.meets(other) for one, other in combinations(rows, 2))
    return among and not any(row.meets(disc) for row in rows for disc in discs)


def _move(row: list[Crop], before: Box, after: Box, by: float) -> None:
    for crop in row:
        crop.x = after.x0 + (crop.x - before.x0) * by
        crop.sizex, crop.sizey = crop.sizex * by, crop.sizey * by


def _frame(graph: go.Figure, box: Box, colour: str) -> None:
    corners = {"x0": box.x0, "y0": box.y0, "x1": box.x1, "y1": box.y1}
    graph.add_shape(type="rect", line={"color": colour, "width": 3}, name="frame", **corners)
