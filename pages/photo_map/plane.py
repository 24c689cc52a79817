"""The plane: tiles as strong as points lie in them, with examples; all where few are seen; a region chooses some."""

from typing import TYPE_CHECKING

import streamlit as st

from concepts.item_map import ItemMap, Seen, Subset, View, seen_in
from concepts.lexicon.collections import MapPoints
from concepts.numerics.counted import counted
from pages.components.charts import TOOLS, draw_once
from pages.components.pointer import corners_only
from pages.components.safe_text import is_dark
from pages.components.zoomed import part_seen
from pages.figures.density import density_figure, photo_points
from pages.photo_map import crops
from pages.state.address import PhotoMapView, corners_in
from pages.state.flags import flags_on
from pages.state.regions import drawn
from pages.state.reports import stamp
from pages.state.selection import choose

if TYPE_CHECKING:
    import numpy as np
    import plotly.graph_objects as go
    from streamlit.typing import PlotlyState

PLANE, DRAWN = "photo_map", "photo_map_drawn"
MOST_PLACES = 500  # that are points of their own: the picture of each is cut from its photo


def follow() -> None:
    """Writes a lasso or a box that was drawn, or taken away, since the last run into the address."""
    event: PlotlyState | None = st.session_state.get(PLANE)
    area = None if event is None else drawn(event)
    before, st.session_state[DRAWN] = st.session_state.get(DRAWN), area
    if area != before:
        choose(area=area)


def show(points: MapPoints, mapped: ItemMap, kept: Subset, view: PhotoMapView) -> None:
    """Shows the part of the map that is seen, and hears what is done with it."""
    most = MOST_PLACES if points.per > 1 else None
    seen = _seen(str(mapped.folder), stamp(mapped.folder), view.sides, _key(kept), most, mapped, kept)
    sides = (seen.view.left, seen.view.bottom, seen.view.right, seen.view.top)
    figure = draw_once(
        density_figure, seen.every, seen.chosen, sides, points=_points(points, mapped, seen.examples),
        few=seen.numbers is not None, flagged=_flagged(points, mapped, kept), region=corners_in(view.area),
        whole=view.sides is None, noun=points.noun, dark=is_dark(),
    )  # fmt: skip
    st.plotly_chart(
        figure, key=PLANE, on_select="rerun", selection_mode=("box", "lasso"), config=TOOLS,
        alt=f"Map of {counted(len(points), points.noun)}, of which {seen.n:,} are seen: what lies close together is "
        f"alike to the model. The {points.noun}s below are those chosen.",
    )  # fmt: skip
    corners_only(PLANE)
    part_seen(PLANE, on_view=lambda sides: choose(part=sides))
    if len(seen.examples):
        crops.show(PLANE, points, mapped, seen, view)


def _flagged(points: MapPoints, mapped: ItemMap, kept: Subset) -> "np.ndarray | None":
    """(m, 2): the flagged photos that are kept. Of places none: a flag is of a photo, which lies everywhere."""
    if points.per > 1:
        return None
    flagged: np.ndarray = mapped.places[[row for row in flags_on(points.collection) if kept.items[row]]]
    return flagged


def _key(kept: Subset) -> bytes:
    return b"" if kept.condition is None else kept.condition.tobytes()


@st.cache_data(max_entries=32, show_spinner=False)
def _seen(
    folder: str, stamp: int, sides: tuple[float, float, float, float] | None, items: bytes, most: int | None,
    _mapped: ItemMap, _kept: Subset,
) -> Seen:  # fmt: skip
    view = View.around(_mapped.places) if sides is None else View(*sides)
    return seen_in(_mapped.places, view, items=_kept.condition, most=most)


def _points(points: MapPoints, mapped: ItemMap, numbers: "np.ndarray") -> "go.Scatter":
    seen = numbers.tolist()
    return photo_points(mapped.places[seen], crops.owners(points, seen), [points.name(point) for point in seen])
