"""The geometry of the strategic cluster graph, computed once for the page and for the one-file report.

Lengths are in units of the embedding, so that circles stay circles if both axes have the same scale.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from concepts.rendering.colours import GREY, PALETTE
from concepts.rendering.pictures import data_uri as data_uri  # exported notebooks import it from here
from concepts.report.rows import StrategyRow
from concepts.report.schema import ReportData
from concepts.report.stored import StoredReport

SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "hexagon", "triangle-down")
MAX_EDGE = 9.0  # pixels
CROP, GAP, LABEL = 0.1, 0.015, 0.36  # of the graph's extent: a crop's side, the space between, a label's length
RING = 1.18  # the ring around a hub, in radii of its disc
LIFT = 0.008  # of the graph's extent: the distance of a label above its crops
SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1))


def colour_of(label: int) -> str:
    """The colour of a strategy; pairs of symbol and colour repeat after 24 strategies."""
    return GREY if label < 0 else PALETTE[label % len(PALETTE)]


def symbol_of(label: int) -> str:
    """The marker of a strategy, so that colour is not the only cue."""
    return "x" if label < 0 else SYMBOLS[label % len(SYMBOLS)]


def extent(embedding: np.ndarray) -> float:
    """The longer side of the box around (n, 2) points, > 0."""
    return float(max(np.ptp(embedding, axis=0).max(), 1e-6)) if len(embedding) else 1.0


def hub_radius(prevalence: float, extent: float) -> float:
    """Radius of a hub whose area is proportional to its prevalence, with a minimum so that it can be clicked."""
    return extent * max(0.08 * math.sqrt(prevalence), 0.022)


def arc(centre: Sequence[float], radius: float, share: float) -> np.ndarray:
    """(m, 2) points of an arc from 12 o'clock, clockwise, over `share` of the circle."""
    angles = np.linspace(0, 2 * math.pi * share, max(2, math.ceil(64 * share) + 1))
    return np.column_stack([centre[0] + radius * np.sin(angles), centre[1] + radius * np.cos(angles)])


@dataclass(frozen=True)
class Edge:
    """An edge between two strategies: the share of nearest-neighbour links between them, the line's width in pixels."""

    a: int
    b: int
    share: float
    width: float


def edges(links: Sequence[Sequence[float]]) -> list[Edge]:
    """An edge for every pair with crossing links, width proportional to the share, the mean of both directions.

    links: (s, s).
    """
    table = np.asarray(links, dtype=float).reshape(len(links), len(links))
    pairs = [(a, b, float(table[a, b] + table[b, a]) / 2) for a in range(len(table)) for b in range(a + 1, len(table))]
    largest = max((share for _, _, share in pairs), default=0.0)
    return [Edge(a, b, share, MAX_EDGE * share / largest) for a, b, share in pairs if share > 0]


@dataclass(frozen=True)
class Callout:
    """The box beside a strategy's points for its crops and its label: left, bottom, width, height."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        return self.left + self.width / 2, self.bottom + self.height / 2

    def covers(self, points: np.ndarray) -> int:
        """Number of points (m, 2) inside the box."""
        inside = (points >= (self.left, self.bottom)) & (points <= (self.left + self.width, self.bottom + self.height))
        return int(inside.all(axis=1).sum())

    def overlap(self, other: "Callout") -> float:
        """The common area of two boxes."""
        wide = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        high = min(self.bottom + self.height, other.bottom + other.height) - max(self.bottom, other.bottom)
        return max(wide, 0.0) * max(high, 0.0)


def callouts(data: ReportData, embedding: np.ndarray) -> dict[int, Callout]:
    """A box for every strategy, by label, placed beside its own points where it covers the fewest points and other
    boxes."""
    size, placed = extent(embedding), dict[int, Callout]()
    labels = np.array([row.strategy for row in data.items])
    for row in data.strategies:
        members = embedding[labels == row.label]
        if not len(members):
            continue
        ring = arc(embedding[row.medoid], 1.3 * hub_radius(row.prevalence, size), 1.0)
        options = [_beside(members, ring, side, size) for side in SIDES]
        placed[row.label] = min(options, key=lambda box: _cost(box, embedding, placed.values(), size))
    return placed


def _beside(members: np.ndarray, ring: np.ndarray, side: tuple[int, int], size: float) -> Callout:
    width, height = size * LABEL, size * (CROP + 0.06)
    low, high = np.quantile(members, [0.02, 0.98], axis=0)
    low, high = np.minimum(low, ring.min(axis=0)), np.maximum(high, ring.max(axis=0))
    middle, half = (low + high) / 2, (high - low) / 2
    x = middle[0] + side[0] * (half[0] + width / 2 + size * GAP)
    y = middle[1] + side[1] * (half[1] + height / 2 + size * GAP)
    return Callout(float(x - width / 2), float(y - height / 2), width, height)


def _cost(box: Callout, points: np.ndarray, others: Iterable[Callout], size: float) -> float:
    area = box.width * box.height
    clash = sum(box.overlap(other) for other in others) / area
    low, high = np.array([box.left, box.bottom]), np.array([box.left + box.width, box.bottom + box.height])
    beyond = np.concatenate([points.min(axis=0) - low, high - points.max(axis=0)])
    return box.covers(points) / len(points) + 10 * clash + 0.3 * max(float(beyond.max()), 0.0) / size


def hub_crops(row: StrategyRow, data: ReportData, n_crops: int = 3) -> list[tuple[int, str]]:
    """(concept, file) of the first crop of each of a strategy's top concepts."""
    found = [(j, data.concepts[j].crops) for j in row.concepts if j < len(data.concepts)]
    return [(j, crops[0].file) for j, crops in found if crops][:n_crops]


@dataclass(frozen=True)
class PlacedCrop:
    """A crop beside a strategy's points: its concept, its picture for an `src`, its centre, its side."""

    concept: int
    source: str
    x: float
    y: float
    side: float


@dataclass(frozen=True, eq=False)
class PlacedHub:
    """A strategy: its disc, the ring around it, the (m, 2) points of the arc on the ring, its crops, and the position
    of its label's foot. arc: None if the reliability is not known; label: None if it has no photo."""

    row: StrategyRow
    centre: tuple[float, float]
    radius: float
    ring: float
    arc: np.ndarray | None
    crops: tuple[PlacedCrop, ...]
    label: tuple[float, float] | None


@dataclass(frozen=True)
class PlacedEdge:
    """A line between two hubs, its width in pixels, the share of nearest-neighbour links between them."""

    start: tuple[float, float]
    end: tuple[float, float]
    width: float
    share: float


@dataclass(frozen=True, eq=False)
class GraphLayout:
    """Positions of all parts of the graph. points: (n, 2), one per image; low, high: (2,), the corners of the box
    around points and callouts."""

    points: np.ndarray
    hubs: tuple[PlacedHub, ...]
    edges: tuple[PlacedEdge, ...]
    low: np.ndarray
    high: np.ndarray


def graph_layout(data: ReportData, embedding: np.ndarray, picture: Callable[[str], str | None]) -> GraphLayout:
    """The layout of a report's graph. picture: a crop's file → its value for `src`; None if the file is missing."""
    boxes = callouts(data, embedding)
    hubs = tuple(_placed_hub(row, data, embedding, boxes.get(row.label), picture) for row in data.strategies)
    centres = {hub.row.label: hub.centre for hub in hubs}
    lines = [
        PlacedEdge(centres[edge.a], centres[edge.b], edge.width, edge.share)
        for edge in edges(data.clustering.links)
        if edge.a in centres and edge.b in centres
    ]
    corners = [(box.left, box.bottom) for box in boxes.values()]
    corners += [(box.left + box.width, box.bottom + box.height) for box in boxes.values()]
    whole = np.vstack([embedding, np.array(corners).reshape(-1, 2)])
    return GraphLayout(embedding, hubs, tuple(lines), whole.min(axis=0), whole.max(axis=0))


def _placed_hub(
    row: StrategyRow, data: ReportData, embedding: np.ndarray, box: Callout | None,
    picture: Callable[[str], str | None],
) -> PlacedHub:  # fmt: skip
    centre, size = embedding[row.medoid], extent(embedding)
    radius = hub_radius(row.prevalence, size)
    done = None if row.reliability is None else arc(centre, radius * RING, row.reliability)
    crops = () if box is None else _placed_crops(row, data, box, picture, size)
    label = None if box is None else (box.centre[0], box.bottom + size * (CROP + LIFT))
    return PlacedHub(row, (float(centre[0]), float(centre[1])), radius, radius * RING, done, crops, label)


def _placed_crops(
    row: StrategyRow, data: ReportData, box: Callout, picture: Callable[[str], str | None], size: float
) -> tuple[PlacedCrop, ...]:
    """A row of crops, centred at the bottom of the box."""
    found = [(j, source) for j, file in hub_crops(row, data) if (source := picture(file))]
    step = size * (CROP + GAP)
    left = box.centre[0] - step * (len(found) - 1) / 2
    return tuple(
        PlacedCrop(j, source, left + place * step, box.bottom + size * CROP / 2, size * CROP)
        for place, (j, source) in enumerate(found)
    )


def picture_or_none(report: StoredReport, file: str) -> bytes | None:
    """A picture of a report; None if its file is missing, so that the rest can be shown."""
    try:
        return report.picture(file)
    except (ValueError, OSError):
        return None
