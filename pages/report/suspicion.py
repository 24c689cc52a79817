"""Concepts present in some photos and absent in others."""

import streamlit as st
from markupsafe import Markup

from concepts.report.class_report import ClassReport
from concepts.report.rendering.help_texts import no_suspicion, suspicion_help
from concepts.report.rendering.sentences import good_word, importance_unit, presence_sentence
from concepts.report.rows import PresenceRow
from pages.components.once import html_once
from pages.components.report import part
from pages.components.terms import with_terms
from pages.components.texts import heading, link, paragraph
from pages.state.address import PHOTOS, ReportView
from pages.state.report_pictures import examples
from pages.state.selection import view

N_CROPS = 6
TERMS = ("suspicion",)


def show(report: ClassReport) -> None:
    """Shows each with its figures, its crops and a link to its photos; the clearest first."""
    st.html(html_once(suspicions_html, report, view()))


def suspicions_html(report: ClassReport, at: ReportView) -> Markup:
    """What suspicion means, then each concept. at: the state of the page that links lead on from."""
    rows, noun = report.data.suspicions, report.data.noun
    said = paragraph(suspicion_help(noun) if rows else no_suspicion(noun))
    return Markup("").join([said, *(_one(report, row, at) for row in rows)])


def _one(report: ClassReport, row: PresenceRow, at: ReportView) -> Markup:
    """One concept: the photos with it, what depends on it."""
    crops = examples(report, row.concept, at, most=N_CROPS)
    href = at.href(concept=row.concept, has=str(row.concept), lacks=None, image=None, tab=PHOTOS)
    name = link(report.names.concept(row.concept), href)
    data = report.data
    said = with_terms(presence_sentence(row, good_word(data), importance_unit(data), data.noun), *TERMS)
    return part(heading(3, name), said, crops, size=84)
