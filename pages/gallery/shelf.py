"""The cards on a gallery page: filter, order, pages."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from concepts.annotations import JUDGEMENTS
from concepts.demo.names import DIGITS
from concepts.report import ReportCard
from concepts.report.rendering.verdict_sentences import ORDER as VERDICTS
from concepts.report.verdict import LEANS
from pages.state.server_settings import server_settings

PER_PAGE = 24
ORDERS: dict[str, Callable[[ReportCard], tuple]] = {  # the first one is the default
    "Leaned on first": lambda card: (_rank(card), VERDICTS.index(card.verdict)),
    "Newest": lambda card: (),  # as listed
    "Most strategies": lambda card: (-card.n_strategies,),
    "Lowest accuracy": lambda card: (card.accuracy is None, card.accuracy),
    "Highest accuracy": lambda card: (-(card.accuracy or 0.0), card.accuracy is None),
    "Class": lambda card: (card.target.casefold(),),
}
ANY, OPEN = "All", "Not judged yet"
JUDGED = (ANY, OPEN, *(judgement.capitalize() for judgement in JUDGEMENTS))


@dataclass(frozen=True)
class GalleryFilter:
    """A visitor's filter and order. query: words that must all occur in class, model, layer, photos or title.

    judged: one of `JUDGED`: what people said of a finding.
    """

    query: str = ""
    order: str = "Leaned on first"
    model: str = ANY
    layer: str = ANY
    source: str = ANY
    judged: str = ANY


def is_own(card: ReportCard) -> bool:
    """True unless the report came with the program."""
    return not card.folder.is_relative_to(server_settings().demo)


def _rank(card: ReportCard) -> int:
    """Own reports come first; of the demo's, the digits last."""
    return 0 if is_own(card) else 2 if card.model == DIGITS else 1


def shelf(
    cards: Sequence[ReportCard], wish: GalleryFilter, judgement_of: Callable[[ReportCard], str | None] = lambda _: None
) -> list[ReportCard]:
    """The cards that match, in the chosen order; ties stay newest first. judgement_of: what people say of a finding."""
    words = wish.query.casefold().split()
    fitting = [card for card in cards if _fits(card, wish) and all(word in _text(card) for word in words)]
    if wish.judged != ANY:
        fitting = [card for card in fitting if _judged(card, judgement_of(card)) == wish.judged]
    return sorted(fitting, key=ORDERS[wish.order])


def _fits(card: ReportCard, wish: GalleryFilter) -> bool:
    pairs = ((wish.model, card.model), (wish.layer, card.layer), (wish.source, card.source))
    return all(want in (ANY, have) for want, have in pairs)


def _judged(card: ReportCard, judgement: str | None) -> str | None:
    """The choice of `JUDGED` that a card falls under; None for one without a finding."""
    if card.verdict != LEANS:
        return None
    return OPEN if judgement is None else judgement.capitalize()


def _text(card: ReportCard) -> str:
    return " ".join((card.title, card.target, card.model, card.layer, card.source)).casefold()


def n_pages(n_cards: int) -> int:
    """Number of pages for that many cards, at least one."""
    return max(1, math.ceil(n_cards / PER_PAGE))


def page_of(cards: Sequence[ReportCard], page: int) -> Sequence[ReportCard]:
    """The cards of a page, counted from 1; for a page out of range, of the nearest one."""
    page = min(max(page, 1), n_pages(len(cards)))
    return cards[(page - 1) * PER_PAGE : page * PER_PAGE]
