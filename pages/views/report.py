"""Page: the report of one class."""

from typing import NoReturn

import streamlit as st

from concepts.report import ReportCard
from concepts.report.array_file import DamagedReportError
from concepts.storage.listing import reason_of
from pages.components.follow import follow_links
from pages.components.safe_text import paragraph, plain
from pages.report import header, tabs
from pages.state.current import current_card, keep
from pages.state.messages import told
from pages.state.notes import warn_of_trouble
from pages.state.reports import find_card, load
from pages.state.selection import choose, follow, view

chosen = view()
card = find_card(chosen) if chosen.names_one else current_card() or find_card(chosen)
if card is None:
    st.title("Class report")
    if chosen.params():
        st.warning("There is no such report here: it may have been removed, or this server keeps others.")
    else:
        paragraph("There is no report yet: the first analysis makes one.")
    st.page_link("pages/views/gallery.py", label="See all reports", icon=":material/grid_view:")
    st.page_link("pages/views/analysis.py", label="New analysis", icon=":material/add_circle:")
    st.stop()


def refuse(card: ReportCard, error: ValueError | OSError) -> NoReturn:
    """Says why the report is not shown, or not further, and ends the page."""
    st.error(f"The report {plain(card.id)} cannot be shown: {told(ValueError(reason_of(error, card.folder)))}")
    st.page_link("pages/views/gallery.py", label="See all reports", icon=":material/grid_view:")
    st.stop()


try:
    report = load(card)
except ValueError as error:
    st.title("Class report")
    refuse(card, error)
keep(card.id)
st.set_page_config(page_title=f"{card.target} · Concepts")
choose(id=card.id, model=card.model, target=card.target, layer=card.layer)
try:
    follow_links(card.id, view().open_tab, on_follow=follow)
    header.show(report)
    warn_of_trouble()
    tabs.show(report)
except (DamagedReportError, OSError) as error:  # replaced or damaged meanwhile, or a picture is cut off
    refuse(card, error)
