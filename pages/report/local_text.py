"""The open text with the words of one concept marked: as stored where it is an excerpt, else asked of the model."""

from functools import partial

import streamlit as st

from concepts.report.class_report import ClassReport
from concepts.report.rows import MarkedSpan
from pages.components.pictures import beside
from pages.components.safe_text import paragraph
from pages.report import photo
from pages.report.text_words import HELP, MoreWords, mark_words, marked

ASKED = "words_asked"  # the text whose words the model was asked for
STORED = (
    "Marked: words without which the concept's code falls (blue) or rises (red, hatched underneath), by deleting one."
)


def show(report: ClassReport, image: int) -> None:
    """Shows the text, the choice of concept, the marks, the model's answer."""
    concept, row = photo.shown_concept(report, image), report.data.texts[image]
    photo.choose_concept(report, image, concept)
    place = st.empty()
    spans = stored_spans(report, concept, image)
    place.html(beside([marked(row.text, row.name, spans)]))
    if row.cut:
        paragraph(f"The report keeps its first {len(row.text):,} characters.", "cx-note")
    asked, all_words = st.session_state.get(ASKED, (None, False))
    if asked == (report.folder, image):
        more = MoreWords(all_words, "all_words", partial(_asked, report, image, all_words=True))
        mark_words(report, row.text, concept, place, more, name=row.name)
    else:
        _offer(report, image, stored=bool(spans))
    st.html(photo.answer_html(report, image))


def stored_spans(report: ClassReport, concept: int, image: int) -> tuple[MarkedSpan, ...]:
    """The words of a concept in a text with their weights; () where the report does not keep them."""
    rows = next((row.excerpts for row in report.data.wordings if row.concept == concept), ())
    return next((row.spans for row in rows if row.text == image), ())


def _offer(report: ClassReport, image: int, *, stored: bool) -> None:
    if stored:
        paragraph(STORED, "cx-note")
    st.button(
        "Which words?", icon=":material/ink_highlighter:", key="which_words", on_click=_asked, args=(report, image),
        help=HELP,
    )  # fmt: skip


def _asked(report: ClassReport, image: int, *, all_words: bool = False) -> None:
    st.session_state[ASKED] = ((report.folder, image), all_words)
