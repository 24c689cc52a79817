"""The photo beside the pointer, and the ring around the open photo, on the strategic cluster graph.

Plotly draws both in the browser's own page; two small components listen to it there. Without them the graph still
shows its text on hover and still opens a photo on click.
"""

from dataclasses import asdict

from pages.figures.sprite import Sprite
from pages.ui.scripts import script


def photo_at_pointer(graph: str, sheet: Sprite) -> None:
    """Shows a picture from the sheet while the pointer is on a point of the chart with that key."""
    script("pointer")(data={"graph": graph} | asdict(sheet), key=f"{graph}_pointer")


def ring_at(graph: str, x: float, y: float) -> None:
    """A ring around a place of the chart with that key; it follows zoom and pan."""
    script("ring")(data={"graph": graph, "x": x, "y": y}, key=f"{graph}_ring")
