"""Tab: the model asked again, with concepts at other doses, other words, and for a photo or text of one's own."""

import streamlit as st

from concepts.access import Act
from concepts.report.class_report import ClassReport
from pages.components.safe_text import paragraph
from pages.report import interventions, own_photo, own_text, word_changes
from pages.state.visitor import may, why_not


def show(report: ClassReport) -> None:
    """Shows the doses, then what is the reader's own: a photo; of texts, other words and a text."""
    if not may(Act.ASK):
        paragraph(why_not(Act.ASK))
        return
    interventions.show(report)
    st.divider()
    if report.data.kind == "texts":
        word_changes.show(report)
        st.divider()
        own_text.show(report)
    else:
        own_photo.show(report)
