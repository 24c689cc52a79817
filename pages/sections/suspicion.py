"""Concepts that some photos show and others do not: is one of them a shortcut?"""

from html import escape

import streamlit as st

from concepts.report.class_report import ClassReport
from concepts.report.rows import SuspicionRow
from concepts.report.words import NO_SUSPICION, SUSPICION_HELP, good_word, importance_unit, presence_sentence
from pages.figures.cards import suspicion_badge
from pages.figures.crops import picture_row
from pages.ui.pictures import crop_picture, link_to
from pages.ui.terms import with_terms

N_CROPS = 6
TERMS = ("suspicion",)


def show(report: ClassReport) -> None:
    """Each with its figures, its crops and the way to its photos; the most suspicious first."""
    st.header("Present here, absent there", anchor="suspicion")
    rows = report.data.suspicions
    st.html(
        f'<p class="cx-text">{SUSPICION_HELP if rows else NO_SUSPICION}</p>'
        + "".join(suspicion_html(report, row) for row in rows)
    )


def suspicion_html(report: ClassReport, row: SuspicionRow) -> str:
    """One concept: how suspicious, in which photos, what rides on it."""
    crops = [crop_picture(report, row.concept, crop) for crop in report.data.concepts[row.concept].crops[:N_CROPS]]
    href = escape(link_to(concept=row.concept, has=str(row.concept), lacks=None, image=None))
    name = escape(report.names.concept(row.concept))
    said = with_terms(presence_sentence(row, good_word(report.data), importance_unit(report.data)), *TERMS)
    return (
        f'<section class="cx-part"><h3><a class="cx-link" href="{href}" target="_self">{name}</a> '
        f"{suspicion_badge(row.suspicion)}</h3>"
        f'<p class="cx-text">{said}</p>{picture_row(crops, size=84)}</section>'
    )
