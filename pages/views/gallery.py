"""Page: all reports as cards."""

import streamlit as st

from pages.figures.cards import card_html, cards_html
from pages.sections import shelving
from pages.ui.address import View
from pages.ui.reports import cards, crops_of
from pages.ui.shelf import n_pages, page_of, shelf
from pages.ui.text import paragraph

all_cards = cards()
st.title("What has the classifier learned?")
if not all_cards:
    shelving.nothing_yet()
    st.stop()
paragraph(
    "Each card is a report on one class: what the model looks at, how much each part counts, where it goes wrong."
)
st.html('<p class="cx-text">New here? <a class="cx-link" href="tour" target="_self">Take the tour</a> of the demo.</p>')
fitting = shelf(all_cards, shelving.wish(all_cards))
if not fitting:
    shelving.nothing_fits(len(all_cards))
    st.stop()
page = shelving.choose_page(n_pages(len(fitting)))
shown = page_of(fitting, page)
reports = "1 report" if len(fitting) == 1 else f"{len(fitting):,} reports"
paragraph(reports if len(shown) == len(fitting) else f"{reports}, {len(shown)} on this page", "cx-note")
st.html(
    cards_html(
        [card_html(card, View(card.id, card.model, card.target, card.layer).href(), crops_of(card)) for card in shown]
    )
)
