"""The ways on from what the first screen shows: its report, and a new analysis."""

import streamlit as st

from pages.state.address import ReportView
from pages.state.reports import find_card


def ways_on(report: str) -> None:
    """Shows the buttons to the report with that id, or the tour where it is not here, and to a new analysis."""
    if st.button("Show me how", type="primary", icon=":material/search:"):
        card = find_card(ReportView(id=report))
        if card is None:
            st.switch_page("pages/views/tour.py")
        st.switch_page("pages/views/report.py", query_params=ReportView.of_card(card).params())
    if st.button("Try my model", icon=":material/add:"):
        st.switch_page("pages/views/analysis.py")
