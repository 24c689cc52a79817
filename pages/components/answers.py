"""Bars of the model's probabilities before and after an intervention, as HTML that the page shows at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from concepts.report.rendering.sentences import percent
from pages.components.macros import macro

BEFORE = "as it is"


@dataclass(frozen=True)
class Bar:
    """A bar's length in [0, 1] and its figure as text."""

    share: float
    text: str

    @classmethod
    def of(cls, probability: float) -> "Bar":
        return cls(min(max(probability, 0.0), 1.0), percent(probability))


def answers(rows: Sequence[tuple[str, float, float]], *, then: str = "with your doses") -> Markup:
    """Two bars per class. rows: class name, probability before and after; then: label of the second bar."""
    bars = [(name, Bar.of(before), Bar.of(after)) for name, before, after in rows]
    return macro("answers.answers")(bars, BEFORE, then)
