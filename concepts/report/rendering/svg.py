"""The strategic cluster graph as SVG shapes: the page's geometry in pixels of a fixed box."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from concepts.report.names import NUMBERS, Names
from concepts.report.rendering.graph_geometry import PlacedHub, colour_of, graph_layout, symbol_of
from concepts.report.rendering.sentences import answer, is_wrong, strategy_title
from concepts.report.schema import ReportData

WIDTH, HEIGHT, LOWEST, MARGIN = 1000.0, 640.0, 300.0, 14.0
RISE = 4.0  # pixels: a text's baseline above the foot of its label
SHAPES = {
    "circle": "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0",
    "square": "M-4.4,-4.4h8.8v8.8h-8.8z",
    "diamond": "M0,-6L6,0L0,6L-6,0z",
    "triangle-up": "M0,-5.6L5.6,4.6H-5.6z",
    "cross": "M-1.9,-5.6h3.8v3.7h3.7v3.8h-3.7v3.7h-3.8v-3.7h-3.7v-3.8h3.7z",
    "star": "M0,-6.5L1.7,-2.1L6.2,-2L2.6,0.8L3.9,5.3L0,2.7L-3.9,5.3L-2.6,0.8L-6.2,-2L-1.7,-2.1z",
    "hexagon": "M-5,-2.9L0,-5.8L5,-2.9V2.9L0,5.8L-5,2.9z",
    "triangle-down": "M0,5.6L5.6,-4.6H-5.6z",
    "x": "M-4.8,-3.1L-3.1,-4.8L0,-1.7L3.1,-4.8L4.8,-3.1L1.7,0L4.8,3.1L3.1,4.8L0,1.7L-3.1,4.8L-4.8,3.1L-1.7,0z",
}


@dataclass(frozen=True)
class GraphPoint:
    """A point of the graph: one image."""

    image: int
    x: float
    y: float
    shape: str
    colour: str
    title: str
    wrong: bool
    linked: bool  # True if its photo is on the page


@dataclass(frozen=True)
class Hub:
    """A strategy: disc, ring, arc of its reliability, and its crops with their label."""

    label: int
    x: float
    y: float
    radius: float
    ring: float
    arc: str | None
    colour: str
    title: str
    text_x: float
    text_y: float
    crops: list["Crop"]


@dataclass(frozen=True)
class Crop:
    """A picture beside a strategy's points: its upper left corner and side, its source, its concept."""

    x: float
    y: float
    side: float
    source: str
    concept: int


@dataclass(frozen=True)
class GraphLine:
    """An edge between two hubs."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float


@dataclass(frozen=True)
class GraphDrawing:
    """The whole graph in a box of `width` × `height`."""

    width: float
    height: float
    points: list[GraphPoint]
    hubs: list[Hub]
    lines: list[GraphLine]


def graph_drawing(
    data: ReportData,
    embedding: np.ndarray,
    linked: set[int],
    picture: Callable[[str], str | None],
    names: Names = NUMBERS,
) -> GraphDrawing:
    """The shapes of a report's graph. linked: the images whose photos are on the page."""
    layout = graph_layout(data, embedding, picture)
    frame = _Frame.around(layout.low, layout.high)
    lines = [GraphLine(*frame.at(edge.start), *frame.at(edge.end), edge.width) for edge in layout.edges]
    hubs = [_hub(hub, frame, strategy_title(hub.row, data, names.short)) for hub in layout.hubs]
    return GraphDrawing(WIDTH, frame.height, _points(data, embedding, frame, linked, names), hubs, lines)


def _hub(hub: PlacedHub, frame: "_Frame", title: str) -> Hub:
    """A strategy in pixels; a label without a position of its own is placed on the hub."""
    x, y = frame.at(hub.label or hub.centre)
    crops = [
        Crop(*frame.at((crop.x - crop.side / 2, crop.y + crop.side / 2)), crop.side * frame.scale, crop.source,
             crop.concept)
        for crop in hub.crops
    ]  # fmt: skip
    return Hub(
        hub.row.label, *frame.at(hub.centre), hub.radius * frame.scale, hub.ring * frame.scale,
        None if hub.arc is None else _path(frame, hub.arc), colour_of(hub.row.label), title, x, y - RISE, crops,
    )  # fmt: skip


@dataclass(frozen=True)
class _Frame:
    """Conversion of the embedding's units to pixels, one scale for both axes, y upwards; as high as the points need."""

    left: float
    top: float
    scale: float
    height: float

    @classmethod
    def around(cls, low: np.ndarray, high: np.ndarray) -> "_Frame":
        span = np.maximum(high - low, 1e-6)
        scale = float(min((WIDTH - 2 * MARGIN) / span[0], (HEIGHT - 2 * MARGIN) / span[1]))
        height = max(LOWEST, float(span[1]) * scale + 2 * MARGIN)
        spare = (np.array([WIDTH, height]) - span * scale) / 2
        return cls(float(low[0] - spare[0] / scale), float(high[1] + spare[1] / scale), scale, height)

    def at(self, point: np.ndarray | tuple[float, float]) -> tuple[float, float]:
        return (float(point[0]) - self.left) * self.scale, (self.top - float(point[1])) * self.scale


def _path(frame: _Frame, points: np.ndarray) -> str:
    return "M" + "L".join("{:.1f},{:.1f}".format(*frame.at(point)) for point in points)


def _points(data: ReportData, embedding: np.ndarray, frame: _Frame, linked: set[int], names: Names) -> list[GraphPoint]:
    return [
        GraphPoint(
            i, *frame.at(embedding[i]), SHAPES[symbol_of(row.strategy)], colour_of(row.strategy),
            f"{row.name}: {answer(row)}, {names.strategy(row.strategy)}", is_wrong(row), i in linked,
        )
        for i, row in enumerate(data.items)
    ]  # fmt: skip
