"""The gallery's cards as HTML: each a link to its report."""

from collections.abc import Sequence
from html import escape

from concepts.report.card import ReportCard
from concepts.report.drawing import data_uri
from concepts.report.words import model_name, percent, suspicion_word

SIGNS = {
    "look closely": "▲",
    "some": "◆",
    "low": "●",
    "unknown": "○",
}  # a shape each, so that colour is not the only cue


def suspicion_badge(value: float | None) -> str:
    """Sign, word and figure of the shortcut suspicion."""
    word = suspicion_word(value)
    kind = word.split()[0]
    said = "one strategy: shortcut not measurable" if value is None else f"shortcut suspicion {value:.2f}: {word}"
    return f'<span class="cx-suspicion cx-{kind}"><span aria-hidden="true">{SIGNS[word]}</span> {said}</span>'


def card_html(card: ReportCard, href: str, crops: Sequence[bytes]) -> str:
    """One card; the heading is the link and covers the card, so that a keyboard meets it once."""
    pictures = (
        "".join(
            f'<img src="{data_uri(crop)}" alt="{escape(f"crop of concept {j} of {card.target}")}" loading="lazy">'
            for j, crop in enumerate(crops)
        )
        or '<span class="cx-missing">no crops: the layer has no places</span>'
    )
    ways = "1 strategy" if card.n_strategies == 1 else f"{card.n_strategies} strategies"
    return (
        f'<article class="cx-card"><div class="cx-strip">{pictures}</div>'
        f'<h2><a href="{escape(href)}" target="_self">{escape(card.target)}</a></h2>'
        f'<p class="cx-sub">model {escape(model_name(card.model))}, layer {escape(card.layer)}</p>'
        f'<p class="cx-figures"><b>{percent(card.accuracy)}</b> right · <b>{ways}</b> · {card.n_images:,} photos</p>'
        f"<p>{suspicion_badge(card.suspicion)}</p>"
        f'<p class="cx-sub">photos {escape(card.source)} · {escape(card.created[:10])}</p></article>'
    )


def cards_html(cards: Sequence[str]) -> str:
    """Cards in a grid that fits itself to the page."""
    return f'<div class="cx-cards">{"".join(cards)}</div>'
