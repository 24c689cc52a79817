"""What the colours over photos mean."""

from collections.abc import Sequence

from markupsafe import Markup

from concepts.rendering.colours import HEAT
from pages.components.macros import macro


def concept_scale(top: float, *, line: bool = True) -> Markup:
    """The scale of a concept's maps: its colours, its ends, its line where one is drawn."""
    half = "white line: half of the peak in this photo" if line else ""
    return scale("absent", f"{_number(top)}: its largest code in these photos", HEAT[2:], half)


def scale(low: str, high: str, stops: Sequence[str], more: str = "") -> Markup:
    """The colours of a map between the words for their two ends; more: what else it shows."""
    return macro("scales.scale")(low, high, stops, more)


def keys(rows: Sequence[tuple[str, str]]) -> Markup:
    """Colours and what each stands for."""
    return macro("scales.keys")(rows)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"
