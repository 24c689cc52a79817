"""Browser additions to the plane of the atlas: crops over its points, and a card beside the pointer.

Without them the plane still shows a point for each concept, and the list below it holds the same.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from pages.components.scripts import script
from pages.figures.hover import HoverLine
from pages.figures.sprite import Sprite


@dataclass(frozen=True)
class Crops:
    """Crops of each concept: `counts[row]` of them from tile `row * each` on."""

    sheet: Sprite
    each: int
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Drawings:
    """The drawings that were made: one tile for each of these rows."""

    sheet: Sprite
    rows: tuple[int, ...]


@dataclass(frozen=True)
class ClassLook:
    """Colour and SVG path of a class."""

    colour: str
    shape: str


@dataclass(frozen=True)
class CropPlaces:
    """What the script draws. xs, ys: of each concept on the chart's axes. side: of a crop, in the same units.

    members: how classes look; owner: the class of each concept. shown: whether its crop is drawn, where there is one.
    named: whether it has a ring. order: the most important first: where crops would cover each other, it is drawn.
    chosen: the concept with an outline. lines: of the card.
    """

    xs: list[float]
    ys: list[float]
    side: float
    members: list[ClassLook]
    owner: list[int]
    shown: list[bool]
    named: list[bool]
    order: list[int]
    chosen: int | None
    warn: str
    alarm: str
    lines: tuple[HoverLine, ...]
    drawn_note: str = "The last picture is drawn by the model."


def crops_on_plane(graph: str, places: CropPlaces, *, on_row: Callable[[int], None]) -> None:
    """Lays crops over the points of the chart with that key; they follow zoom and pan. on_row: hears of a click."""
    key = f"{graph}_crops"
    script("atlas", before="chart")(
        data=_plain(places) | {"graph": graph}, key=key, on_row_change=lambda: _hear(key, on_row)
    )


def _plain(places: CropPlaces) -> dict[str, object]:
    """The places in types of JSON; `asdict` would copy each number."""
    return vars(places) | {"members": list(map(vars, places.members)), "lines": list(map(vars, places.lines))}


def _hear(key: str, on_row: Callable[[int], None]) -> None:
    row = st.session_state.get(key, {}).get("row")
    if isinstance(row, int):
        on_row(row)


def keep_sheets(graph: str, first: Sprite, crops: Crops | None = None, drawings: Drawings | None = None) -> None:
    """Gives the browser the pictures for the chart with that key. first: one tile for each concept."""
    script("sheets")(
        data={"graph": graph, "first": vars(first), "crops": _with_counts(crops), "drawings": _with_rows(drawings)},
        key=f"{graph}_sheets",
    )  # fmt: skip


def _with_counts(crops: Crops | None) -> dict[str, object] | None:
    return None if crops is None else vars(crops.sheet) | {"each": crops.each, "counts": list(crops.counts)}


def _with_rows(drawings: Drawings | None) -> dict[str, object] | None:
    return None if drawings is None else vars(drawings.sheet) | {"rows": list(drawings.rows)}


def lines_of(*texts: Sequence[str]) -> tuple[HoverLine, ...]:
    """The lines of the card: one text for each concept in each."""
    return tuple(HoverLine.of(list(each)) for each in texts)
