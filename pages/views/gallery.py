"""Page: all reports as cards."""

import streamlit as st

from concepts.numerics.counted import counted
from pages.components import texts
from pages.components.cards import report_cards
from pages.components.left_out import tell_left_out
from pages.components.once import html_once
from pages.components.safe_text import paragraph
from pages.gallery import controls
from pages.gallery.shelf import n_pages, page_of, shelf
from pages.state.address import ReportView
from pages.state.reports import cards, crops_of, left_out_reports

all_cards = cards()
st.title("What has the classifier learned?")
if not all_cards:
    controls.nothing_yet()
    tell_left_out(left_out_reports(), "report")
    st.stop()
paragraph(
    "Each card is a report on one class: what the model looks at, how much each part counts, where it goes wrong."
)
st.html(texts.paragraph("New here? ", texts.link("Take the tour", "tour"), " of the demo."))
fitting = shelf(all_cards, controls.gallery_filter(all_cards))
if not fitting:
    controls.nothing_fits(len(all_cards))
    st.stop()
page = controls.choose_page(n_pages(len(fitting)))
shown = page_of(fitting, page)
reports = counted(len(fitting), "report")
paragraph(reports if len(shown) == len(fitting) else f"{reports}, {len(shown)} on this page", "cx-note")
addresses = [ReportView(card.id, card.model, card.target, card.layer).href() for card in shown]
st.html(html_once(report_cards, shown, addresses, [crops_of(card) for card in shown]))
tell_left_out(left_out_reports(), "report")
