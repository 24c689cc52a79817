"""Tab of a report on texts: what small changes do to the answer, and what gives the label away without the model."""

import streamlit as st
from markupsafe import Markup

from concepts.report.class_report import ClassReport
from concepts.report.rendering import probe_sentences as words
from concepts.report.rendering.probe_views import LabelView, ProbesView, label_view, probes_view
from concepts.report.schema import ReportData
from pages.components.macros import macro
from pages.components.once import html_once
from pages.components.texts import folded, heading, paragraph
from pages.state.address import CONCEPTS, ReportView
from pages.state.selection import view

N_WORDS = 6  # that give the label away; the others open in place
HOW, EXAMPLES = "How to read it", "A text that turns, before and after"


def has_probes(data: ReportData) -> bool:
    """Whether there is anything for this tab to show."""
    return bool(data.probes) or data.data_artefacts is not None


def show(report: ClassReport) -> None:
    """Shows the table of probes with an example of each, then words, lengths and copies."""
    if report.data.probes:
        st.header(words.TITLE, anchor="probes")
        st.html(html_once(probes_html, report, view()))
    if report.data.data_artefacts is not None:
        st.header(words.DATA_TITLE, anchor="label")
        st.html(html_once(label_html, report, view()))


def probes_html(report: ClassReport, at: ReportView) -> Markup:
    """The probes. at: the state of the page that links lead on from."""
    found: ProbesView = probes_view(report, lambda j: at.href(concept=j, tab=CONCEPTS))
    table = folded(HOW, paragraph(words.HELP)) + macro("shared/probes.probe_table")(found, words, True)
    if not any(line.pair for line in found.lines):
        return table
    examples = macro("shared/probes.folded_examples")(found)
    return table + heading(3, EXAMPLES, kind="cx-head") + examples + paragraph(words.MARKED, kind="cx-note")


def label_html(report: ClassReport, at: ReportView) -> Markup:
    """What gives the label away. at: the state of the page that links lead on from."""
    found: LabelView | None = label_view(report, lambda j: at.href(concept=j, tab=CONCEPTS))
    if found is None:
        return Markup("")
    said = paragraph(words.DATA_HELP) + paragraph(words.words_sentence(report.data))
    return said + macro("shared/probes.label_artefacts")(found, words, N_WORDS)
