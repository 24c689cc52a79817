"""Pieces of a sentence with the part that each plays, joined to a text and the spans of its words."""

from collections.abc import Iterable
from dataclasses import dataclass

NEUTRAL, REASON, DENIAL, PLANTED = "", "reason", "denial", "planted"


@dataclass(frozen=True)
class Piece:
    """Characters of a sentence and their part: NEUTRAL, REASON, DENIAL or PLANTED."""

    text: str
    part: str = NEUTRAL


@dataclass(frozen=True)
class Span:
    """Characters start … stop − 1 of a text."""

    start: int
    stop: int


@dataclass(frozen=True)
class Joined:
    """A text, and part → its spans, in order; only the parts that occur."""

    text: str
    spans: dict[str, tuple[Span, ...]]


def join(pieces: Iterable[Piece]) -> Joined:
    """The sentence that the pieces make: its first letter a capital, a full stop at the end."""
    text, spans = "", dict[str, tuple[Span, ...]]()
    for piece in pieces:
        if piece.part != NEUTRAL:
            spans[piece.part] = (*spans.get(piece.part, ()), Span(len(text), len(text) + len(piece.text)))
        text += piece.text
    return Joined(f"{text[0].upper()}{text[1:]}.", spans)
