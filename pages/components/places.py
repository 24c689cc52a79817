"""Photos on which places can be picked. Maps respond without the server: the similarities are sent with the page."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import streamlit as st

from concepts.report.rendering.overlay import scale_colours
from pages.components import scripted
from pages.components.scripts import script
from pages.figures.places import PhotoPlaces, legend_data, packed_cosines, photo_data

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

SHADES = 64


@dataclass(frozen=True)
class Pick:
    """The places picked last, as sent by the browser. turn: number of the pick; of: identifies the photos shown."""

    places: tuple[int, ...] = ()
    turn: int = 0
    of: str = ""


def photo_places(
    photos: Sequence[PhotoPlaces],
    *,
    key: str,
    of: str = "",
    on_pick: Callable[[list[int]], None] | None = None,
    hint: str = "",
    matrix: "ArrayLike | None" = None,
    picked: Sequence[int] = (),
    several: bool = True,
    says: Sequence[str] | None = None,
    legend: Sequence[str] | None = None,
    scale: tuple[float, float] | None = None,
    opacity: float = 0.75,
) -> None:
    """Shows photos with their maps; with `on_pick`, places can be picked on the first one.

    on_pick: called before the next run with the picked places, indices row · columns + column, unless they were picked
    on other photos than `of` identifies. It stores them where `picked` is read from. Each pick has a number, `turn`,
    which is sent back with its answer, so that a late answer never overwrites a newer pick.
    matrix: (T, ΣT) in [-1, 1]: the first photo's places against those of all photos, for answers without the server.
    says: a line of text for each place. legend: colours of the segments, where values are segments. picked: the places
    selected at first. scale: the similarities at the two ends of the colours, the same for all photos; None: those of
    each photo's own map.
    """
    data = {
        "photos": [photo_data(photo, segments=legend is not None) for photo in photos],
        "matrix": None if matrix is None else packed_cosines(matrix),
        "colours": scale_colours(SHADES),
        "legend": None if legend is None else legend_data(legend),
        "of": of,
        "live": on_pick is not None,
        "turn": _heard(key).turn,
        "picked": list(picked),
        "several": several,
        "says": None if says is None else list(says),
        "hint": hint,
        "opacity": opacity,
        "stretch": matrix is not None,
        "scale": None if scale is None else [255 * (end + 1) / 2 for end in scale],
    }
    draw = script("places", scripted.places())
    draw(data=data, key=key, default={"picked": asdict(Pick())}, on_picked_change=lambda: _hear(key, of, on_pick))


def _hear(key: str, of: str, on_pick: Callable[[list[int]], None] | None) -> None:
    picked = _heard(key)
    if on_pick is not None and picked.of == of:
        on_pick([place for place in picked.places if isinstance(place, int)])


def _heard(key: str) -> Pick:
    """The last pick sent by the browser."""
    picked = st.session_state.get(key, {}).get("picked") or {}
    return Pick(tuple(picked.get("places", ())), picked.get("turn", 0), picked.get("of", ""))
