"""The parts of a report's page: strategies, concepts, what they are made of, what went wrong."""

from collections.abc import Sequence

from markupsafe import Markup

from concepts.rendering.pictures import Picture
from pages.components.macros import macro


def title(label: str, under: str) -> Markup:
    """The class, and below it model, layer and photos."""
    return macro("report.title")(label, under)


def facts(rows: Sequence[tuple[str, str, str]]) -> Markup:
    """Main figures beside each other: name, value, note."""
    return macro("shared/facts.facts")(rows)


def photo_answer(name: str, said: str) -> Markup:
    """What the model answered to a photo."""
    return macro("report.answer")(name, said)


def strategy(
    *, title: str, href: str, colour: str, suspicion: Markup, sentences: Sequence[str], crops: Sequence[Picture],
    photos: Sequence[Picture],
) -> Markup:  # fmt: skip
    """One strategy: its sentences, the crops of what it rests on, its most typical photos."""
    return macro("report.strategy")(colour, title, href, suspicion, sentences, crops, photos)


def outliers(n: str, links: Sequence[Markup], more: str) -> Markup:
    """Photos of no strategy: how many, the first of them, how many more."""
    return macro("report.outliers")(n, links, more)


def part(title: Markup, sentence: str, pictures: Sequence[Picture], *, size: int, more: str = "") -> Markup:
    """One thing with its sentence and its pictures; more: what follows within it."""
    return macro("report.part")(title, sentence, pictures, size, more)


def titled_rows(rows: Sequence[tuple[str, Sequence[Picture]]], *, size: int) -> Markup:
    """Rows of pictures beside each other, each under its title; empty ones are left out."""
    return macro("report.titled")([(name, pictures) for name, pictures in rows if pictures], size)


def concept(crops: Markup, whole: Markup) -> Markup:
    """A concept's crops, and whole photos under its map."""
    return macro("report.concept")(crops, whole)


def small_concept(name: str, href: str, figures: str, crops: Sequence[Picture]) -> Markup:
    """A concept among all."""
    return macro("report.small_concept")(name, href, figures, crops)


def all_concepts(each: Sequence[Markup]) -> Markup:
    """All concepts side by side."""
    return macro("report.all_concepts")(each)


def partner(picture: Picture, *, size: int, name: str, href: str, figures: str) -> Markup:
    """Another concept beside one, with the figures of the pair."""
    return macro("report.partner")(picture, size, name, href, figures)
