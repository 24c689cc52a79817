"""The geometry and colours of the strategic cluster graph, shared by the page and the one-file report.

Lengths are in units of the embedding, so that circles stay circles where both axes have one scale.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from concepts.rendering.pictures import data_uri as data_uri  # exported notebooks import it from here
from concepts.report.rows import StrategyRow
from concepts.report.schema import ReportData
from concepts.report.stored import StoredReport

# Okabe & Ito: colours that colour-blind people tell apart; black and yellow are left out (no contrast in one theme)
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "star", "hexagon", "triangle-down")
GREY = "#8c8c8c"  # outliers: readable on white and on black
MAX_EDGE = 9.0  # pixels
CROP, GAP, LABEL = 0.085, 0.015, 0.36  # of the graph's extent: a crop's side, the space between, a label's length
SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1))


def colour_of(label: int) -> str:
    """A strategy's colour; symbol and colour together repeat after 24 strategies."""
    return GREY if label < 0 else PALETTE[label % len(PALETTE)]


def symbol_of(label: int) -> str:
    """A strategy's marker, so that colour is not the only cue."""
    return "x" if label < 0 else SYMBOLS[label % len(SYMBOLS)]


def extent(embedding: np.ndarray) -> float:
    """The longer side of the box around (n, 2) points, > 0."""
    return float(max(np.ptp(embedding, axis=0).max(), 1e-6)) if len(embedding) else 1.0


def hub_radius(prevalence: float, extent: float) -> float:
    """Radius of a hub whose area is proportional to its prevalence, with a floor so that it can be clicked."""
    return extent * max(0.08 * math.sqrt(prevalence), 0.022)


def arc(centre: Sequence[float], radius: float, share: float) -> np.ndarray:
    """(m, 2) points of an arc from 12 o'clock, clockwise, over `share` of the circle."""
    angles = np.linspace(0, 2 * math.pi * share, max(2, math.ceil(64 * share) + 1))
    return np.column_stack([centre[0] + radius * np.sin(angles), centre[1] + radius * np.cos(angles)])


@dataclass(frozen=True)
class Edge:
    """Two strategies, the share of nearest-neighbour links that cross between them, the line's width in pixels."""

    a: int
    b: int
    share: float
    width: float


def edges(links: Sequence[Sequence[float]]) -> list[Edge]:
    """An edge for every pair with crossing links, width proportional to the share; links: (s, s), both ways added."""
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
        """How many (m, 2) points lie under it."""
        inside = (points >= (self.left, self.bottom)) & (points <= (self.left + self.width, self.bottom + self.height))
        return int(inside.all(axis=1).sum())

    def overlap(self, other: "Callout") -> float:
        """The common area of two boxes."""
        wide = min(self.left + self.width, other.left + other.width) - max(self.left, other.left)
        high = min(self.bottom + self.height, other.bottom + other.height) - max(self.bottom, other.bottom)
        return max(wide, 0.0) * max(high, 0.0)


def callouts(data: ReportData, embedding: np.ndarray) -> dict[int, Callout]:
    """A box for every strategy, by label, placed around its own points where it covers the fewest and no other box."""
    size, placed = extent(embedding), dict[int, Callout]()
    labels = np.array([row.strategy for row in data.images])
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


def picture_or_none(report: StoredReport, file: str) -> bytes | None:
    """A picture of a report; None when its file is gone, so that the rest can be shown."""
    try:
        return report.picture(file)
    except (ValueError, OSError):
        return None
