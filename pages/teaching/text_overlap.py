"""The words of a concept over the words that were planted, as excerpts."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from concepts.demo.overlap_pictures import BOTH, CONCEPT_ALONE, PART_ALONE
from concepts.demo.texts import overlap
from concepts.demo.texts.overlap import TextOverlap, text_overlaps
from concepts.report import ClassReport
from concepts.report.rendering.wording_sentences import wording_of
from pages.components import teaching
from pages.components.scales import keys
from pages.state.reports import report_key

N_TEXTS = 4
COLOURS = {overlap.PHRASE_ALONE: PART_ALONE, overlap.CONCEPT_ALONE: CONCEPT_ALONE, overlap.BOTH: BOTH}
SAID = {
    overlap.PHRASE_ALONE: "planted alone",
    overlap.CONCEPT_ALONE: "the concept alone",
    overlap.BOTH: "both",
}


def overlaps_with_phrase(report: ClassReport, concept: int) -> list[TextOverlap]:
    """The sentences with the concept's largest codes, its strong words over the planted ones."""
    return _overlaps(report_key(report), concept, report)


def overlap_rows(found: Sequence[TextOverlap]) -> Markup:
    """These sentences with their words in colours, and a key."""
    shown = teaching.task(teaching.overlaps(found, COLOURS, SAID))
    return shown + keys([(colour, SAID[owner]) for owner, colour in COLOURS.items()])


@st.cache_data(max_entries=8, show_spinner="Comparing the concept with the planted words …")
def _overlaps(key: tuple[str, int], concept: int, _report: ClassReport) -> list[TextOverlap]:
    wording = wording_of(_report.data, concept)
    rows = wording.excerpts[:N_TEXTS] if wording else ()
    return text_overlaps([_report.data.texts[row.text].name for row in rows], [row.spans for row in rows])
