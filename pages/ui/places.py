"""Photos on which places can be picked, with maps that answer at once: the similarities come with the page."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import streamlit as st

from concepts.rendering.colours import rgb
from concepts.report.overlay import colours_of
from pages.components import scripted
from pages.ui.scripts import script

SHADES = 64


@dataclass(frozen=True)
class Pick:
    """The places that were picked last, as the browser sends them. turn: its number; of: what the photos were."""

    places: tuple[int, ...] = ()
    turn: int = 0
    of: str = ""


@dataclass(frozen=True)
class Placed:
    """A photo with a grid: JPEG, words for it, rows and columns; values (h, w) in [0, 1], or segments (h, w) int.

    points: (x, y, label) in grid units; boxes: left, top, right, bottom in cells.
    """

    photo: bytes
    alt: str
    caption: str
    grid: tuple[int, int]
    values: np.ndarray | None = None
    points: Sequence[tuple[float, float, int]] = ()
    boxes: Sequence[tuple[int, int, int, int]] = ()


def photo_places(
    photos: Sequence[Placed],
    *,
    key: str,
    of: str = "",
    on_pick: Callable[[list[int]], None] | None = None,
    hint: str = "",
    matrix: np.ndarray | None = None,
    picked: Sequence[int] = (),
    several: bool = True,
    says: Sequence[str] | None = None,
    legend: Sequence[str] | None = None,
    opacity: float = 0.75,
) -> None:
    """Shows photos with their maps; places can be picked on the first one where `on_pick` hears of them.

    on_pick: called before the next run with the places, indices row · columns + column, unless they were picked on
    other photos than `of` names. It writes them where `picked` comes from. Each pick has a turn that comes back with
    its answer, so that a late answer never undoes a newer pick.
    matrix: (T, ΣT) in [-1, 1]: the first photo's places against those of all photos, for answers without the server.
    says: a line for each place. legend: colours of the segments, where values are segments. picked: the places that
    the photos are shown with.
    """
    data = {
        "photos": [_as_data(photo, legend) for photo in photos],
        "matrix": None if matrix is None else _packed((np.asarray(matrix) + 1) / 2),
        "colours": colours_of(np.linspace(0.15, 1, SHADES)).tolist(),
        "legend": None if legend is None else [list(rgb(colour)) for colour in legend],
        "of": of,
        "live": on_pick is not None,
        "turn": _heard(key).turn,
        "picked": list(picked),
        "several": several,
        "says": None if says is None else list(says),
        "hint": hint,
        "opacity": opacity,
        "stretch": matrix is not None,
    }
    draw = script("places", scripted.places())
    draw(data=data, key=key, default={"picked": asdict(Pick())}, on_picked_change=lambda: _hear(key, of, on_pick))


def _hear(key: str, of: str, on_pick: Callable[[list[int]], None] | None) -> None:
    picked = _heard(key)
    if on_pick is not None and picked.of == of:
        on_pick([place for place in picked.places if isinstance(place, int)])


def _heard(key: str) -> Pick:
    """The last pick that came from the browser."""
    picked = st.session_state.get(key, {}).get("picked") or {}
    return Pick(tuple(picked.get("places", ())), picked.get("turn", 0), picked.get("of", ""))


def _as_data(photo: Placed, legend: Sequence[str] | None) -> dict[str, object]:
    """A photo as places.js takes it."""
    values = photo.values
    if values is not None:
        flat = np.where(values < 0, 255, values).astype(np.uint8) if legend else None
        packed = b64encode(flat.tobytes()).decode() if flat is not None else _packed(values)
    return {
        "source": "data:image/jpeg;base64," + b64encode(photo.photo).decode(),
        "alt": photo.alt,
        "caption": photo.caption,
        "rows": photo.grid[0],
        "columns": photo.grid[1],
        "map": None if values is None else packed,
        "points": [list(point) for point in photo.points],
        "boxes": [list(box) for box in photo.boxes],
    }


def _packed(unit: np.ndarray) -> str:
    """Values in [0, 1] as bytes, in base 64."""
    return b64encode((np.clip(unit, 0, 1) * 255).round().astype(np.uint8).tobytes()).decode()
