"""Tab: the model asked again, with concepts at other doses and for a photo of one's own."""

import streamlit as st

from concepts.report.class_report import ClassReport
from pages.report import interventions, own_photo


def show(report: ClassReport) -> None:
    """Shows the doses, then the photo of one's own."""
    interventions.show(report)
    st.divider()
    own_photo.show(report)
