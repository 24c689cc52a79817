"""The gallery's cards, each a link to its report, and the badge of a verdict."""

from collections.abc import Sequence

from markupsafe import Markup

from concepts.rendering.pictures import Picture
from concepts.report.card import ReportCard
from concepts.report.names import NUMBERS
from concepts.report.rendering.sentences import model_name, percent
from concepts.report.rendering.verdict_sentences import SIGNS, badge_class, verdict_words
from concepts.report.verdict import Kind
from pages.components.macros import macro


def verdict_badge(kind: Kind | None, phrase: str = "") -> Markup:
    """Sign and words of a verdict; None: it was not tested. phrase: the words that it leans on, of a text."""
    return macro("shared/cards.badge")(SIGNS[kind], badge_class(kind), verdict_words(kind, phrase))


def flag(text: str) -> Markup:
    """A word or two in a frame."""
    return macro("cards.flag")(text)


def report_cards(
    cards: Sequence[ReportCard], hrefs: Sequence[str], crops: Sequence[Sequence[bytes]],
    judged: Sequence[str | None],
) -> Markup:  # fmt: skip
    """Cards in a grid that adapts to the width of the page. crops: the pictures of each; judged: what people say of
    its finding."""
    return macro("cards.cards")([_card(*each) for each in zip(cards, hrefs, crops, judged, strict=True)])


def _card(card: ReportCard, href: str, crops: Sequence[bytes], judged: str | None) -> Markup:
    """The card of one report, linked to it."""
    badge = verdict_badge(card.verdict, card.phrase) + (Markup(" ") + flag(judged) if judged else Markup(""))
    pictures = [Picture.of(crop, f"crop of {NUMBERS.concept(j)} of {card.target}") for j, crop in enumerate(crops)]
    good = "recognised" if card.labels_known is False else "right"
    return macro("cards.card")(
        card, href, pictures, model=model_name(card.model), accuracy=percent(card.accuracy), good=good,
        verdict=badge,
    )  # fmt: skip
