"""The gallery's cards, each a link to its report, and the badge of a shortcut suspicion."""

from collections.abc import Sequence

from markupsafe import Markup

from concepts.rendering.pictures import Picture
from concepts.report.card import ReportCard
from concepts.report.rendering.sentences import SUSPICION_SIGNS, model_name, percent, suspicion_text, suspicion_word
from pages.components.macros import macro


def suspicion_badge(value: float | None) -> Markup:
    """Sign, word and figure of a shortcut suspicion."""
    word = suspicion_word(value)
    return macro("shared/cards.badge")(SUSPICION_SIGNS[word], word.split()[0], suspicion_text(value))


def report_cards(cards: Sequence[ReportCard], hrefs: Sequence[str], crops: Sequence[Sequence[bytes]]) -> Markup:
    """Cards in a grid that adapts to the width of the page. crops: the pictures of each."""
    return macro("cards.cards")([_card(*each) for each in zip(cards, hrefs, crops, strict=True)])


def _card(card: ReportCard, href: str, crops: Sequence[bytes]) -> Markup:
    """The card of one report, linked to it."""
    pictures = [Picture.of(crop, f"crop of concept {j} of {card.target}") for j, crop in enumerate(crops)]
    return macro("cards.card")(
        card, href, pictures, model=model_name(card.model), accuracy=percent(card.accuracy), good="right",
        suspicion=suspicion_badge(card.suspicion),
    )  # fmt: skip
