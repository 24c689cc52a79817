"""The plane: all concepts as crops; a click opens one, a lasso chooses some."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from concepts.numerics.counted import counted
from concepts.rendering.colours import ALARM, WARN
from concepts.report.rendering.graph_geometry import colour_of, symbol_of
from concepts.report.rendering.svg import SHAPES
from pages.atlas import words
from pages.atlas.choice import choose_row, chosen_row, rows_standing_out
from pages.atlas.pictures import all_crops, drawings, first_crops, has_crop
from pages.atlas.spaces import Atlas
from pages.components.charts import TOOLS, draw_once
from pages.components.crops_on_plane import ClassLook, CropPlaces, crops_on_plane, keep_sheets, lines_of
from pages.components.pointer import corners_only, fluid, has_webgl
from pages.components.safe_text import is_dark
from pages.figures.atlas import atlas_figure
from pages.figures.hover import HoverLine
from pages.state.regions import drawn
from pages.state.selection import choose

if TYPE_CHECKING:
    from streamlit.typing import PlotlyState

PLANE, DRAWN = "atlas_plane", "atlas_drawn"
SIDE = 20.0  # of a crop in the box, where there are too many to lie beside each other


def follow() -> None:
    """Writes a lasso or a box that was drawn, or taken away, since the last run into the address."""
    event: PlotlyState | None = st.session_state.get(PLANE)
    area = None if event is None else drawn(event)
    before, st.session_state[DRAWN] = st.session_state.get(DRAWN), area
    if area != before:
        choose(area=area)


def show(atlas: Atlas) -> None:
    """Shows the plane with its crops."""
    placed = atlas.placed
    labels, seen = tuple(member.label for member in atlas.members), rows_standing_out(atlas)
    st.plotly_chart(
        draw_once(
            atlas_figure, placed.points, placed.height, placed.space.owner, labels, _lines_among(atlas, seen),
            tuple(placed.named), seen=seen, dark=is_dark(), webgl=has_webgl(PLANE),
        ),
        key=PLANE, on_select="rerun", selection_mode=("box", "lasso"), config=TOOLS,
        alt=f"Plane of {counted(len(placed.points), 'concept')} of {counted(len(labels), 'report')}: what lies close "
        "is alike to the model. The table below holds the same.",
    )  # fmt: skip
    crops_on_plane(PLANE, _places(atlas), on_row=partial(_open, atlas))
    corners_only(PLANE)
    fluid(PLANE)


def _open(atlas: Atlas, row: int) -> None:
    if 0 <= row < len(atlas.placed.space.nodes):
        choose_row(atlas, row)


def _lines_among(atlas: Atlas, seen: list[int] | None) -> list[tuple[int, int]]:
    """The lines between concepts that stand out."""
    lines, among = atlas.placed.lines.tolist(), None if seen is None else set(seen)
    return [(a, b) for a, b in lines if among is None or {a, b} <= among]


def show_pictures(atlas: Atlas) -> None:
    """Gives the browser the pictures of the plane."""
    keep_sheets(PLANE, first_crops(atlas), all_crops(atlas), drawings(atlas))


def _places(atlas: Atlas) -> CropPlaces:
    placed, nodes, seen = atlas.placed, atlas.placed.space.nodes, rows_standing_out(atlas)
    rows = range(len(nodes))
    among = set(rows if seen is None else seen)
    chosen = chosen_row(atlas)
    return CropPlaces(
        xs=placed.points[:, 0].tolist(), ys=placed.points[:, 1].tolist(), side=placed.side or SIDE,
        members=[ClassLook(colour_of(i), SHAPES[symbol_of(i)]) for i in range(len(atlas.members))],
        owner=placed.space.owner.tolist(),
        shown=[row in among and has_crop(placed, row) for row in rows],
        named=[row in placed.named for row in rows],
        order=sorted(rows, key=lambda row: (row != chosen, row not in placed.named, -_share(atlas, row))),
        chosen=chosen, warn=WARN[is_dark()], alarm=ALARM, lines=_lines(atlas),
    )  # fmt: skip


def _share(atlas: Atlas, row: int) -> float:
    member, j = atlas.placed.space.nodes[row]
    return member.report.data.concepts[j].share


def _lines(atlas: Atlas) -> tuple[HoverLine, ...]:
    rows = range(len(atlas.placed.space.nodes))
    said = (words.title, words.share, words.finding, words.likest)
    return lines_of(*([each(atlas, row) for row in rows] for each in said))
