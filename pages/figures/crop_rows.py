"""The rows of crops beside a graph's hubs, enlarged where nothing is in the way and framed in their strategy's colour.

A crop and the disc of its hub bear the same name in the figure (`owner_name`).
"""

import math
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
import plotly.graph_objects as go

GROWTHS = (4.0, 3.6, 3.2, 2.8, 2.5, 2.2, 2.0, 1.8, 1.6, 1.4, 1.2, 1.0)  # tried in this order
SLIDES = (0.0, 0.5, -0.5)  # of a row's height, upwards
MOST_TRIED = 300  # ways to place all rows
WIDE = 2.0  # width of the figure over its height, its legend left out
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

    def grown(self, by: float, disc: "Box", is_across: bool, slide: float) -> "Box":
        """The box so many times as large, as far from its disc as before.

        is_across: on the other side of the disc. slide: upwards, in heights of the new box.
        """
        width, height = (self.x1 - self.x0) * by, self.height * by
        middle = (self.y0 + self.y1) / 2 + slide * height
        is_right = self.x0 + self.x1 > disc.x0 + disc.x1
        gap = self.x0 - disc.x1 if is_right else disc.x0 - self.x1
        x0 = disc.x1 + gap if is_right != is_across else disc.x0 - gap - width
        return Box(x0, middle - height / 2, x0 + width, middle + height / 2)

    def distance(self, other: "Box") -> float:
        """The gap between the two; 0 where they meet."""
        across = max(other.x0 - self.x1, self.x0 - other.x1, 0.0)
        return math.hypot(across, max(other.y0 - self.y1, self.y0 - other.y1, 0.0))

    def with_air(self) -> "Box":
        """The box with what is free around it."""
        air = AIR * self.height
        return Box(self.x0 - air, self.y0 - air, self.x1 + air, self.y1 + air)


def owner_name(label: int) -> str:
    """The name of a strategy's disc and crops in a graph."""
    return f"strategy {label}"


def with_larger_crops(graph: go.Figure) -> None:
    """Enlarges every row of crops by the same factor, at most 4, and frames it.

    Each row goes to one side of its disc, at its height or half a row above or below it, so that crops become as large
    as can be in a figure `WIDE` times as wide as it is high. No row meets another or a disc, covers more points than
    before, or comes nearer to another disc than to its own. With many strategies each row stays on its side.
    """
    discs = {each.name: each for each in graph.layout.shapes if each.type == "circle" and each.name != "ring"}
    rows = {name: [crop for crop in graph.layout.images if crop.name == name] for name in discs}
    rows = {name: row for name, row in rows.items() if row}
    if not rows:
        return
    boxes = [_box(row) for row in rows.values()]
    every = {name: Box(disc.x0, disc.y0, disc.x1, disc.y1) for name, disc in discs.items()}
    points = np.array([(x, y) for trace in graph.data for x, y in zip(trace.x, trace.y, strict=True)]).reshape(-1, 2)
    grown = _largest(boxes, [every[name] for name in rows], list(every.values()), points)
    for (name, row), before, after in zip(rows.items(), boxes, grown, strict=True):
        _move(row, before, after)
        _frame(graph, after.with_air(), discs[name].line.color)


def _largest(boxes: list[Box], own: list[Box], discs: list[Box], points: np.ndarray) -> list[Box]:
    """The rows where they can be shown largest; as they are where nothing can grow. own: the disc of each."""
    slides = SLIDES if (2 * len(SLIDES)) ** len(boxes) <= MOST_TRIED else (0.0,)
    sides = (False, True) if (2 * len(slides)) ** len(boxes) <= MOST_TRIED else (False,)
    covered, best, largest = _covered(boxes, points), boxes, _shown(boxes, discs, points)
    for ways in product(product(sides, slides), repeat=len(boxes)):
        for by in GROWTHS:
            rows = [box.grown(by, disc, *way) for box, disc, way in zip(boxes, own, ways, strict=True)]
            size = _shown(rows, discs, points)
            if size <= largest:
                break
            free = _apart([row.with_air() for row in rows], discs) and _covered(rows, points) <= covered
            if free and _beside_their_own(rows, own, discs):
                best, largest = rows, size
                break
    return best


def _beside_their_own(rows: list[Box], own: list[Box], discs: list[Box]) -> bool:
    """Whether no row is nearer to another disc than to its own."""
    return all(row.distance(disc) <= min(map(row.distance, discs)) for row, disc in zip(rows, own, strict=True))


def _shown(rows: list[Box], discs: list[Box], points: np.ndarray) -> float:
    """The height of a row as a share of the figure's height, when all is just in it."""
    corners = [corner for box in (*rows, *discs) for corner in ((box.x0, box.y0), (box.x1, box.y1))]
    wide, high = np.ptp(np.concatenate([points, np.array(corners)]), axis=0)
    return float(rows[0].height / max(high, wide / WIDE))


def _covered(rows: list[Box], points: np.ndarray) -> int:
    x, y = points.T
    frames = [row.with_air() for row in rows]
    inside = [(each.x0 < x) & (x < each.x1) & (each.y0 < y) & (y < each.y1) for each in frames]
    return len(np.flatnonzero(inside))


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


def _move(row: list[Crop], before: Box, after: Box) -> None:
    by = after.height / before.height
    for crop in row:
        crop.x, crop.y = after.x0 + (crop.x - before.x0) * by, after.y0 + (crop.y - before.y0) * by
        crop.sizex, crop.sizey = crop.sizex * by, crop.sizey * by


def _frame(graph: go.Figure, box: Box, colour: str) -> None:
    corners = {"x0": box.x0, "y0": box.y0, "x1": box.x1, "y1": box.y1}
    graph.add_shape(type="rect", line={"color": colour, "width": 3}, name="frame", **corners)
