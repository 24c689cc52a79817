"""The map of a space's concepts as SVG shapes, in pixels of a fixed box."""

from dataclasses import dataclass

import numpy as np

from concepts.atlas import Space
from concepts.atlas.apart import pushed_apart
from concepts.publishing.site.classes import SiteClass
from concepts.report.rendering.graph_geometry import colour_of, symbol_of
from concepts.report.rendering.sentences import percent
from concepts.report.rendering.svg import SHAPES

WIDTH, MARGIN = 1100.0, 10.0
LOWEST, EACH, HIGHEST = 240.0, 14.0, 1100.0  # pixels of height: minimum, per concept, maximum
SMALLEST, LARGEST = 20.0, 62.0  # pixels of a crop's side
MOST_CROPS = 400  # drawn on the map; with more concepts a point shows its crop on hover
FRAME = 3.0  # pixels of the coloured frame around a crop


@dataclass(frozen=True)
class MapPoint:
    """A concept: the centre of its crop, its title, its link target, its class's colour and shape."""

    x: float
    y: float
    title: str
    page: str
    crop: str | None
    colour: str
    shape: str
    member: int  # index of its class in the legend


@dataclass(frozen=True)
class MapLine:
    """A link drawn on the map."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class MapDrawing:
    """A whole map; side: of a crop, 0 if there are too many to draw."""

    height: float
    side: float
    points: list[MapPoint]
    lines: list[MapLine]
    kind: str


def map_drawing(space: Space[SiteClass]) -> MapDrawing:
    """The map of a space: every concept as a crop in its class's colour, and the forest of links between them."""
    places, kind = space.layout
    n = len(space.nodes)
    side = float(np.clip(0.55 * WIDTH / np.sqrt(n), SMALLEST, LARGEST)) if n <= MOST_CROPS else 0.0
    at, height = in_box(places, side + 2 * FRAME if side else 0.0)
    lines = [MapLine(*at[link.a], *at[link.b]) for link in space.forest]
    points = [
        _point(member, j, int(space.owner[row]), float(at[row, 0]), float(at[row, 1]))
        for row, (member, j) in enumerate(space.nodes)
    ]
    return MapDrawing(height, side, points, lines, kind)


def _point(member: SiteClass, concept: int, place: int, x: float, y: float) -> MapPoint:
    share = percent(member.report.data.concepts[concept].share)
    title = f"{member.display_name(concept)} of {member.label}: {share} of the evidence"
    page, crop = member.concept_page(concept), member.first_crop(concept)
    return MapPoint(x, y, title, page, crop, colour_of(place), SHAPES[symbol_of(place)], place)


def in_box(places: np.ndarray, side: float) -> tuple[np.ndarray, float]:
    """(n, 2) pixels with y downwards, and the required height. Points are kept at least a side apart where there is
    room, and inside the box. A side of 0 leaves them unmoved."""
    span = np.maximum(np.ptp(places, axis=0), 1e-9)
    width = WIDTH - 2 * MARGIN - side
    most = min(LOWEST + EACH * len(places), HIGHEST)
    height = float(np.clip(width * span[1] / span[0], LOWEST, most)) - 2 * MARGIN - side
    scale = min(width / span[0], height / span[1])
    middle = (places.max(axis=0) + places.min(axis=0)) / 2
    at = (places - middle) * (scale, -scale) + (WIDTH / 2, height / 2 + MARGIN + side / 2)
    at = pushed_apart(at, side) if side else at
    at[:, 0] = at[:, 0].clip(MARGIN + side / 2, WIDTH - MARGIN - side / 2)
    at[:, 1] += MARGIN + side / 2 - at[:, 1].min()
    return at, float(at[:, 1].max() + side / 2 + MARGIN)
