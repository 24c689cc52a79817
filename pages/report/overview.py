"""Tab: the finding first, then the graph, then the strategies side by side."""

import streamlit as st

from concepts.report.class_report import ClassReport
from concepts.report.rendering.summary import summary
from concepts.report.rendering.trust import is_doubtful, trust_sentence
from concepts.report.rendering.verdict_sentences import BELOW
from pages.components.texts import paragraph
from pages.report import finding, graph, strategies


def show(report: ClassReport) -> None:
    """Shows summary, finding, graph, strategies."""
    st.html(paragraph(summary(report.data, report.names, judged=BELOW), kind="cx-lead"))
    if is_doubtful(report.data):
        st.html(paragraph(trust_sentence(report.data)))
    finding.show(report)
    st.divider()
    graph.show(report)
    st.divider()
    strategies.show(report)
