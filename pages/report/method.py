"""Tab: how the figures were made and checked, and everything that was tested."""

import streamlit as st

from concepts.report.class_report import ClassReport
from concepts.report.rendering.artefact_sentences import CAPTION, HEADER, artefact_sentences, artefact_table
from concepts.report.rendering.property_sentences import found_properties, properties_sentence
from concepts.report.rendering.verdict_wordings import verdict_wording
from pages.components.once import html_once
from pages.components.safe_text import paragraph
from pages.components.tables import table
from pages.report import finding, provenance, suspicion
from pages.state.selection import view

PROPERTIES = ("Property", "Goes with", "Association", "95% interval")


def show(report: ClassReport) -> None:
    """Shows checks and settings, then the tests: suspects, artefacts, properties, populations of concepts."""
    provenance.show(report.data)
    st.header("What was tested", anchor="tested")
    verdict = report.data.verdict
    if verdict is not None and verdict.suspects:
        with st.expander(verdict_wording(report.data.noun).tested):
            st.html(html_once(finding.suspects_html, report, verdict, view()))
    if report.data.artefacts:
        with st.expander("Artefacts of the whole photo that were tried"):
            paragraph(" ".join(artefact_sentences(report.data)))
            st.html(table(HEADER, artefact_table(report.data), caption=CAPTION))
    if report.data.properties:
        with st.expander(f"Properties of whole {report.data.noun}s"):
            _properties(report)
    with st.expander(f"Concepts that are present in some {report.data.noun}s and absent in others"):
        suspicion.show(report)


def _properties(report: ClassReport) -> None:
    paragraph(properties_sentence(report.data))
    rows = found_properties(report.data, report.names)
    if rows:
        st.html(table(PROPERTIES, rows, caption="What goes with a property"))
