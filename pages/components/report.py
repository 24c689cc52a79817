"""The parts of a report's page: strategies, concepts, sub-concepts, mistakes."""

from collections.abc import Sequence

from markupsafe import Markup

from concepts.rendering.pictures import Picture
from pages.components.macros import macro


def title(label: str, under: str) -> Markup:
    """The class, with model, layer and photos below."""
    return macro("report.title")(label, under)


def facts(rows: Sequence[tuple[str, str, str]]) -> Markup:
    """Main figures beside each other: name, value, note."""
    return macro("shared/facts.facts")(rows)


def photo_answer(name: str, said: str) -> Markup:
    """The model's answer to a photo."""
    return macro("report.answer")(name, said)


def strategy(
    *, title: str, href: str, colour: str, badge: Markup, sentences: Sequence[str], crops: Sequence[Picture],
    photos: Sequence[Picture],
) -> Markup:  # fmt: skip
    """One strategy: its sentences, crops of its concepts, its most typical photos."""
    return macro("report.strategy")(colour, title, href, badge, sentences, crops, photos)


def outliers(n: str, links: Sequence[Markup], more: str) -> Markup:
    """Photos without a strategy: their number, links to the first of them, the number of the rest."""
    return macro("report.outliers")(n, links, more)


def part(title: Markup, sentence: str, pictures: Sequence[Picture], *, size: int, more: str = "") -> Markup:
    """A title with its sentence and its pictures; more: content below the pictures."""
    return macro("report.part")(title, sentence, pictures, size, more)


def titled_rows(rows: Sequence[tuple[str, Sequence[Picture]]], *, size: int) -> Markup:
    """Rows of pictures beside each other, each under its title; empty rows are left out."""
    return macro("report.titled")([(name, pictures) for name, pictures in rows if pictures], size)


def concept(crops: Markup, whole: Markup) -> Markup:
    """A concept's crops, and whole photos under its map."""
    return macro("report.concept")(crops, whole)


def small_concept(name: str, href: str, figures: str, crops: Sequence[Picture]) -> Markup:
    """One concept in the list of all."""
    return macro("report.small_concept")(name, href, figures, crops)


def all_concepts(each: Sequence[Markup]) -> Markup:
    """All concepts side by side."""
    return macro("report.all_concepts")(each)


def partner(picture: Picture, *, size: int, name: str, href: str, figures: str) -> Markup:
    """A related concept with the figures of the pair."""
    return macro("report.partner")(picture, size, name, href, figures)
