"""The parts of a report's page: strategies, concepts, sub-concepts, mistakes."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from concepts.rendering.excerpts import Tile
from concepts.rendering.pictures import Picture
from pages.components.macros import macro


def title(label: str, under: str) -> Markup:
    """A page's title with a line below."""
    return macro("report.title")(label, under)


def head(label: str, figures: Markup, verdict: Markup, state: str) -> Markup:
    """The class in one line with its main figures. state: what makes them doubtful; may be empty."""
    return macro("report.head")(label, figures, verdict, state)


def verdict_with_crop(crop: Tile, badge: Markup) -> Markup:
    """A verdict's badge beside a crop of what it is about."""
    return macro("report.verdict_with_crop")(crop, badge)


def verdict_link(badge: Markup, href: str) -> Markup:
    """A verdict's badge as a link to what it is about."""
    return macro("report.verdict_link")(badge, href)


def facts(rows: Sequence[tuple[str, str, str]]) -> Markup:
    """Main figures beside each other: name, value, note."""
    return macro("shared/facts.facts")(rows)


def photo_answer(name: str, said: str) -> Markup:
    """The model's answer to a photo."""
    return macro("report.answer")(name, said)


def strategy(
    *, title: str, href: str, colour: str, badge: Markup, sentences: Sequence[str], crops: Sequence[Tile],
    photos: Sequence[Tile], noun: str,
) -> Markup:  # fmt: skip
    """One strategy: its sentences, crops of its concepts, its most typical photos; noun: the word for these."""
    return macro("report.strategy")(colour, title, href, badge, sentences, crops, photos, noun)


def outliers(n: str, links: Sequence[Markup], more: str, noun: str) -> Markup:
    """Photos without a strategy: their number, links to the first of them, the number of the rest."""
    return macro("report.outliers")(n, links, more, noun)


def part(title: Markup, sentence: str, pictures: Sequence[Tile], *, size: int, more: str = "") -> Markup:
    """A title with its sentence and its pictures; more: content below the pictures."""
    return macro("report.part")(title, sentence, pictures, size, more)


def titled_rows(rows: Sequence[tuple[str, Sequence[Tile]]], *, size: int, label: str) -> Markup:
    """Rows of pictures beside each other, each under its title; empty rows are left out. label: what they are."""
    return macro("report.titled")([(name, pictures) for name, pictures in rows if pictures], size, label)


def concept(crops: Markup, whole: Markup) -> Markup:
    """A concept's crops, and whole photos under its map."""
    return macro("report.concept")(crops, whole)


def concept_row(
    *, index: int, rank: int, name: str, href: str, words: Sequence[str], crops: Sequence[Tile], bar: Markup,
    figures: str, here: str, flags: Sequence[Markup], drawing: Picture | None, is_open: bool,
) -> Markup:  # fmt: skip
    """A row of the table of concepts. words: of one of texts. here: figures of the chosen photos; may be empty."""
    return macro("report.concept_row")(
        index, rank, name, href, words, crops, bar, figures, here, flags, drawing, is_open
    )


def concept_rows(each: Sequence[Markup], label: str) -> Markup:
    """Rows of the table of concepts. label: what they are, for a screen reader."""
    return macro("report.concept_rows")(each, label)


def share_bar(share: float, low: float, high: float, widest: float, *, against: bool) -> Markup:
    """A share as a bar with its interval, all in [0, 1]. widest: the share that fills the width."""
    return macro("shared/bars.interval_bar")(share, low, high, widest, against)


@dataclass(frozen=True)
class TwoSided:
    """A concept with a bar to the left and one to the right, each in [-1, 1] of its half, and the figures as texts."""

    crop: Tile | None
    name: str
    words: str  # of a concept of texts, else ""
    left: float
    left_text: str
    right: float
    right_text: str


def two_sided(rows: Sequence[TwoSided], left: str, right: str) -> Markup:
    """Rows of two-sided bars, the crop in the middle. left, right: the meaning of the sides."""
    return macro("report.two_sided")(rows, left, right)


def partner(picture: Picture, *, size: int, name: str, href: str, figures: str) -> Markup:
    """A related concept with the figures of the pair."""
    return macro("report.partner")(picture, size, name, href, figures)
