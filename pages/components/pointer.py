"""Browser additions to the strategic cluster graph: the photo beside the pointer, the ring around the open photo.

Plotly draws in the browser's own page; small components listen to its events. Without them the graph still
names the photo below the pointer and still opens it on click.
"""

import streamlit as st

from pages.components.scripts import script
from pages.figures.hover import HoverLine
from pages.figures.sprite import Sprite


def photo_at_pointer(graph: str, sheet: Sprite, lines: tuple[HoverLine, ...]) -> None:
    """Shows a thumbnail and lines of text while the pointer is on a point of the chart with that key."""
    said = {"graph": graph, "lines": [vars(line) for line in lines]}
    _script("pointer")(data=said | vars(sheet), key=f"{graph}_pointer")


def text_at_pointer(graph: str, lines: tuple[HoverLine, ...]) -> None:
    """Shows lines of text, the first of them a text of the report, while the pointer is on a point of that chart."""
    _script("pointer")(data={"graph": graph, "lines": [vars(line) for line in lines]}, key=f"{graph}_pointer")


def ring_at(graph: str, x: float, y: float) -> None:
    """Draws a ring at a point of the chart with that key; it follows zoom and pan."""
    _script("ring")(data={"graph": graph, "x": x, "y": y}, key=f"{graph}_ring")


def corners_only(graph: str, *, points: bool = False) -> None:
    """Sends a box or lasso on the chart with that key without the points inside.

    points: a click on a point is sent as a selection of it also while box or lasso is at hand.
    """
    _script("corners")(data={"graph": graph, "points": points}, key=f"{graph}_corners")


def fluid(graph: str) -> None:
    """Moves the chart with that key as a picture while it is dragged, wherever drawing its points takes too long."""
    data = {"graph": graph, "webgl": has_webgl(graph)}
    _script("moving")(data=data, key=_moving(graph), default={"webgl": True}, on_webgl_change=lambda: None)


def has_webgl(graph: str) -> bool:
    """True until the chart passed to `fluid` has reported that the browser cannot draw by WebGL."""
    return st.session_state.get(_moving(graph), {}).get("webgl", True)


def _moving(graph: str) -> str:
    return f"{graph}_moving"


def _script(name: str):
    return script(name, before="chart")
