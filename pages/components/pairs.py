"""Pairs of concepts: the crops of both in a row, their similarity as a figure and a word."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from concepts.evaluation.side_by_side import similarity_word
from concepts.rendering.pictures import Picture
from concepts.report.rendering.sentences import percent
from pages.components.macros import macro

SIGNS = {"the same": "●", "alike": "◆", "different": "○"}  # one shape each, so that colour is not the only cue


@dataclass(frozen=True)
class Side:
    """One concept of a pair: its dictionary, its name, its crops, its share of the evidence where known, its report's
    address."""

    dictionary: str
    name: str
    crops: tuple[bytes, ...]
    share: float | None = None
    href: str = ""


def similarity(value: float, measure: str) -> Markup:
    """Sign, figure and word of a similarity."""
    word = similarity_word(value)
    return macro("pairs.similarity")(f"{value:.2f}", SIGNS[word], word, word.split()[-1], measure)


def pair(first: Side, second: Side, value: float, measure: str, *, size: int, n: int, href: str = "") -> Markup:
    """One pair; `href` is the link that selects it."""
    sides = (side(first, size=size, n=n), side(second, size=size, n=n))
    label = f"Open the pair of {first.name} and {second.name}"
    return macro("pairs.pair")(*sides, similarity(value, measure), href, label)


def side(side: Side, *, size: int, n: int) -> Markup:
    """One concept: its name, its share, its first n crops."""
    pictures = [
        Picture.of(crop, f"{side.name} of {side.dictionary}: crop {place + 1}")
        for place, crop in enumerate(side.crops[:n])
    ]
    share = "" if side.share is None else percent(side.share)
    return macro("pairs.side")(side.name, side.href, share, pictures, size)


def chosen_pair(pair: Markup) -> Markup:
    """The selected pair."""
    return macro("pairs.chosen")(pair)


def all_pairs(first: str, second: str, pairs: Sequence[Markup]) -> Markup:
    """All pairs below the names of the two dictionaries."""
    return macro("pairs.listed")(first, second, pairs)


def alone(sides: Sequence[Markup]) -> Markup:
    """Concepts without a partner."""
    return macro("pairs.alone")(sides)
