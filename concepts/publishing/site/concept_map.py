"""The map of a space's concepts as SVG shapes, in pixels of a fixed box."""

from dataclasses import dataclass

from concepts.atlas import Space
from concepts.atlas.box import crop_side, in_box
from concepts.publishing.site.classes import SiteClass
from concepts.report.rendering.graph_geometry import colour_of, symbol_of
from concepts.report.rendering.sentences import percent
from concepts.report.rendering.svg import SHAPES


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
    side = crop_side(len(space.nodes))
    at, height = in_box(places, side)
    lines = [MapLine(*at[link.a], *at[link.b]) for link in space.forest]
    points = [
        _point(member, j, int(space.owner[row]), float(at[row, 0]), float(at[row, 1]))
        for row, (member, j) in enumerate(space.nodes)
    ]
    return MapDrawing(height, side, points, lines, kind)


def _point(member: SiteClass, concept: int, place: int, x: float, y: float) -> MapPoint:
    share = percent(member.report.data.concepts[concept].share)
    words = f", {said}" if (said := member.words(concept)) else ""
    title = f"{member.display_name(concept)} of {member.label}: {share} of the evidence{words}"
    page, crop = member.concept_page(concept), member.first_crop(concept)
    return MapPoint(x, y, title, page, crop, colour_of(place), SHAPES[symbol_of(place)], place)
