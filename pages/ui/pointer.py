"""The photo beside the pointer, and the ring around the open photo, on the strategic cluster graph.

Plotly draws both in the browser's own page; two small components listen to it there. Without them the graph still
shows its text on hover and still opens a photo on click.
"""

from dataclasses import asdict
from pathlib import Path

import streamlit as st

from pages.figures.sprite import Sprite

SCRIPTS = Path(__file__).resolve().parents[2] / "assets"


@st.cache_resource(show_spinner=False)
def _component(name: str):
    script = (SCRIPTS / f"{name}.js").read_text(encoding="utf-8")
    return st.components.v2.component(f"concepts_{name}", html="<span></span>", js=script, isolate_styles=False)


def photo_at_pointer(graph: str, sheet: Sprite) -> None:
    """Shows a picture from the sheet while the pointer is on a point of the chart with that key."""
    _component("pointer")(data={"graph": graph} | asdict(sheet), key=f"{graph}_pointer")


def ring_at(graph: str, x: float, y: float) -> None:
    """A ring around a place of the chart with that key; it follows zoom and pan."""
    _component("ring")(data={"graph": graph, "x": x, "y": y}, key=f"{graph}_ring")
