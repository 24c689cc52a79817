"""Pairs of concepts as HTML: the crops of both in a row, their similarity as a figure and a word."""

from dataclasses import dataclass
from html import escape

from concepts.laboratory.side_by_side import similarity_word
from concepts.report.words import percent
from pages.figures.crops import Picture, picture_row

SIGNS = {"the same": "●", "alike": "◆", "different": "○"}  # a shape each, so that colour is not the only cue


@dataclass(frozen=True)
class Side:
    """One concept of a pair: of which dictionary, what it is called, its crops, its share of the evidence where known,
    its report."""

    dictionary: str
    name: str
    crops: tuple[bytes, ...]
    share: float | None = None
    href: str = ""


def similarity_html(value: float, measure: str) -> str:
    """Sign, figure and word of a similarity."""
    word = similarity_word(value)
    kind = word.split()[-1]
    return (
        f'<p class="cx-similarity cx-{kind}"><b>{value:.2f}</b><span><span aria-hidden="true">{SIGNS[word]}</span> '
        f'{word}</span><span class="cx-hidden">{escape(measure)}</span></p>'
    )


def pair_html(first: Side, second: Side, value: float, measure: str, *, size: int, n: int, href: str = "") -> str:
    """One pair; `href` chooses it."""
    middle = similarity_html(value, measure)
    if href:
        name = escape(f"Open the pair of {first.name} and {second.name}")
        middle += '<span class="cx-open">enlarge</span>'
        middle = f'<a class="cx-link" href="{escape(href)}" target="_self" aria-label="{name}">{middle}</a>'
    return (
        f'<section class="cx-match">{side_html(first, size=size, n=n)}<div class="cx-between">{middle}</div>'
        f"{side_html(second, size=size, n=n)}</section>"
    )


def side_html(side: Side, *, size: int, n: int) -> str:
    """One concept: its name, its share, its first n crops."""
    share = "" if side.share is None else f" <small>{percent(side.share)} of the evidence</small>"
    name = escape(side.name)
    title = f'<a class="cx-link" href="{escape(side.href)}" target="_self">{name}</a>' if side.href else name
    pictures = [
        Picture(crop, f"{side.name} of {side.dictionary}: crop {place + 1}")
        for place, crop in enumerate(side.crops[:n])
    ]
    row = picture_row(pictures, size=size) if pictures else '<p class="cx-note">no crops: the layer has no places</p>'
    return f'<div class="cx-side"><h4>{title}{share}</h4>{row}</div>'
