"""Page: the report of one class."""

import streamlit as st

from pages.components.safe_text import paragraph, plain
from pages.report import concepts, graph, header, interventions, mistakes, own_photo, provenance, strategies, suspicion
from pages.state.messages import told
from pages.state.notes import warn_of_trouble
from pages.state.reports import find_card, load
from pages.state.selection import choose, view

chosen = view()
card = find_card(chosen)
if card is None:
    st.title("Class report")
    if chosen.params():
        st.warning("There is no such report here: it may have been removed, or this server keeps others.")
    else:
        paragraph("There is no report yet: the first analysis makes one.")
    st.page_link("pages/views/gallery.py", label="See all reports", icon=":material/grid_view:")
    st.page_link("pages/views/analysis.py", label="New analysis", icon=":material/add_circle:")
    st.stop()
try:
    report = load(card)
except ValueError as error:
    st.title("Class report")
    st.error(f"The report {plain(card.id)} cannot be shown: {told(error)}")
    st.page_link("pages/views/gallery.py", label="See all reports", icon=":material/grid_view:")
    st.stop()
st.set_page_config(page_title=f"{card.target} · Concepts")
choose(id=card.id, model=card.model, target=card.target, layer=card.layer)
header.show(report)
warn_of_trouble()
graph.show(report)
st.divider()
strategies.show(report)
st.divider()
suspicion.show(report)
st.divider()
interventions.show(report)
st.divider()
own_photo.show(report)
st.divider()
mistakes.show(report)
st.divider()
concepts.show(report)
st.divider()
provenance.show(report.data)
