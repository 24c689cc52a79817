"""Legends of the colours over photos."""

from collections.abc import Sequence

from markupsafe import Markup

from concepts.numerics.written import written
from concepts.rendering.colours import HEAT
from pages.components.macros import macro


def concept_scale(top: float, *, line: bool = True) -> Markup:
    """The scale of a concept's maps: its colours, its ends, and the meaning of the contour line where one is drawn."""
    half = "white line: half of the peak in this photo" if line else ""
    return scale("absent", f"{written(top)}: its largest code in these photos", HEAT[2:], half)


def scale(low: str, high: str, stops: Sequence[str], more: str = "") -> Markup:
    """The colours of a map between the labels of its two ends; more: what else the map shows."""
    return macro("scales.scale")(low, high, stops, more)


def keys(rows: Sequence[tuple[str, str]]) -> Markup:
    """Colours with their labels."""
    return macro("scales.keys")(rows)
