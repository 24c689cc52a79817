"""The drawn language: sentences of a village, each with the truth about why it belongs to its class."""

from concepts.demo.language.drawing import (
    PHRASE,
    SPLITS,
    DrawnText,
    TwoWays,
    draw_class_texts,
    draw_texts,
    draw_two_ways,
)
from concepts.demo.language.reasons import CLASS_NAMES, CLASSES, DENIED, SAID, ClassSpec, Judgement, Planted, Reason
from concepts.demo.language.spans import Span

__all__ = [
    "CLASSES",
    "CLASS_NAMES",
    "DENIED",
    "PHRASE",
    "SAID",
    "SPLITS",
    "ClassSpec",
    "DrawnText",
    "Judgement",
    "Planted",
    "Reason",
    "Span",
    "TwoWays",
    "draw_class_texts",
    "draw_texts",
    "draw_two_ways",
]
