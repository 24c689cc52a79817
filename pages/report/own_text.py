"""A reader's own text on this report: its concepts and their words, its strategy, the nearest texts."""

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from concepts.data.dataset import UnreadableItem
from concepts.report.class_report import ClassReport
from concepts.report.queries.local_importance import by_size
from concepts.report.rendering.sentences import importance_unit
from concepts.report.rows import LONGEST_TEXT
from pages.components.safe_text import is_dark, paragraph
from pages.figures.importance import local_figure
from pages.report.own_photo import sentence, show_nearest
from pages.report.text_words import HELP, MoreWords, mark_words
from pages.state.asking import about, asking
from pages.state.computing import ASKING
from pages.state.messages import told
from pages.state.models import text_split_of
from pages.state.reports import report_key

if TYPE_CHECKING:
    from concepts.models.text.split import TextSplit
    from concepts.report.queries.new_photo import Explained

SHOWN, ASKED = "own_text_shown", "own_text_asked"  # in the session: the text before, the one whose words are wanted


@st.fragment
def show(report: ClassReport) -> None:
    """Shows the field and the explanation of the text. The text is not stored."""
    st.header("A text of your own", anchor="yours")
    paragraph(
        "Write or paste one: the same model and concepts read it, and it is compared with the texts of this report. It "
        "is read in memory and not kept."
    )
    text = st.text_area("Your text", key="own_text", max_chars=LONGEST_TEXT, height=120).strip()
    if not text:
        return
    try:
        with asking(f"own text: {about(report)}", text):
            split = text_split_of(report)
            found = seen(report_key(report), text, report, split)
    except (ValueError, UnreadableItem) as error:
        st.warning(told(error))
        return
    _draw(report, split, found)
    _show_words(report, text, found)
    show_nearest(report, found)


@st.cache_data(max_entries=64, show_spinner="Asking the model …")
def seen(key: tuple[str, int], text: str, _report: ClassReport, _split: "TextSplit") -> "Explained":
    """A text explained, cached."""
    from concepts.report.queries.new_text import explain_text

    with ASKING.turn():
        return explain_text(_report, _split, text)


def _draw(report: ClassReport, split: "TextSplit", found: "Explained") -> None:
    paragraph(sentence(report, split, found), "cx-lead")
    label, unit = report.data.target.label, importance_unit(report.data)
    st.plotly_chart(
        local_figure(found.phi, target=label, unit=unit, names=report.names, dark=is_dark()), key="own_bars",
        config={"displayModeBar": False}, alt=f"Importance of each concept in your text, in {unit}",
    )  # fmt: skip


def _show_words(report: ClassReport, text: str, found: "Explained") -> None:
    """Shows the choice of a concept, and on demand which words of the text bring it."""
    if st.session_state.get(SHOWN) != (report.folder, text):  # in another text, another concept counts most
        st.session_state[SHOWN] = (report.folder, text)
        st.session_state.pop("own_concept", None)
    concept = st.selectbox(
        "Which words bring this concept? (what counts most here first)", by_size(found.phi), key="own_concept",
        format_func=report.names.concept,
    )  # fmt: skip
    asked, all_words = st.session_state.get(ASKED, (None, False))
    if asked != (report.folder, text):
        st.button(
            "Which words?", icon=":material/ink_highlighter:", key="own_words", on_click=_asked, args=(report, text),
            help=HELP,
        )  # fmt: skip
        return
    more = MoreWords(all_words, "own_all_words", partial(_asked, report, text, all_words=True))
    mark_words(report, text, int(concept), st.empty(), more, name="your text")


def _asked(report: ClassReport, text: str, *, all_words: bool = False) -> None:
    st.session_state[ASKED] = ((report.folder, text), all_words)
