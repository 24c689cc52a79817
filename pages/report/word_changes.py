"""What if on words: words of the open text taken out, or another text typed; both answers, and what moved."""

from collections import Counter
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import streamlit as st

from concepts.data.dataset import UnreadableItem
from concepts.report.class_report import ClassReport
from concepts.report.rendering.sentences import importance_unit, percent
from concepts.report.rows import LONGEST_TEXT
from pages.components import texts
from pages.components.answers import answers
from pages.components.safe_text import is_dark, paragraph, plain
from pages.figures.importance import local_figure
from pages.report.interventions import open_item
from pages.report.own_photo import said_by
from pages.report.own_text import seen
from pages.state.asking import about, asking
from pages.state.messages import sentence_of
from pages.state.models import class_names, text_split_of
from pages.state.reports import report_key

if TYPE_CHECKING:
    from concepts.models.text.split import TextSplit
    from concepts.report.queries.changed_text import Changed
    from concepts.report.queries.new_photo import Explained

MOST_WORDS, N_CLASSES, N_CONCEPTS = 80, 5, 6
HOW = "Click words away, or write the text anew: the model reads the changed text beside the one of the report."
TYPED = "Or another text in its place"


@st.fragment
def show(report: ClassReport) -> None:
    """Shows the words of the open text, the field for another one, and the answers beside each other."""
    st.header("What if a word were not there?", anchor="words")
    paragraph(HOW)
    item = open_item(report)
    row = report.data.texts[item]
    changed = _changed(row.text, item)
    if not changed:
        paragraph("Nothing is left to read.")
        return
    from concepts.report.queries.changed_text import change_between

    try:
        with _asked(report, item, row.text, changed):
            split, key = text_split_of(report), report_key(report)
            before, after = (seen(key, text, report, split) for text in (row.text, changed))
        found = change_between(before, after, top=N_CLASSES)
    except (ValueError, UnreadableItem) as error:
        st.info(sentence_of(error))
        return
    left, right = st.columns([6, 6], gap="large")
    with left, st.container(key="changed_answers"):
        _answers(split, before, after, found, changed=changed != row.text)
    with right:
        _moved(report, after, found, changed=changed != row.text)


def _asked(report: ClassReport, item: int, text: str, changed: str) -> AbstractContextManager[None]:
    """The question of this tab, until words are changed."""
    if changed == text:
        return asking(f"what if: {about(report)}", item)
    return asking(f"changed text: {about(report)}", item, changed)


def _changed(text: str, item: int) -> str:
    """Shows the words and the field; returns the text as it is wanted."""
    from concepts.data.documents.words import word_spans

    spans = word_spans(text)
    words = [text[slice(*span)] for span in spans[:MOST_WORDS]]
    labels = told_apart(words)
    gone = st.pills(
        "Its words: click one away, click again to bring it back", range(len(words)), selection_mode="multi",
        format_func=lambda i: labels[i], key=f"words_gone_{item}",
    )  # fmt: skip
    if len(spans) > MOST_WORDS:
        paragraph(f"The first {MOST_WORDS} of {len(spans):,} words.", "cx-note")
    typed = st.text_area(TYPED, key=f"words_typed_{item}", max_chars=LONGEST_TEXT, height=80)
    return typed.strip() or without_words(text, [spans[i] for i in gone])


def told_apart(words: list[str]) -> list[str]:
    """The words as labels, of which no two are the same: Streamlit knows a choice by its label.

    A word that was there before gets invisible characters (U+2060) behind it.
    """
    before = Counter[str]()
    labels = []
    for word in words:
        labels.append(plain(word) + "\u2060" * before[word])
        before[word] += 1
    return labels


def without_words(text: str, spans: list[tuple[int, int]]) -> str:
    """The text without these words; where blanks then meet, one is kept."""
    from concepts.wordings.removal import without

    for span in sorted(spans, reverse=True):
        text = without(text, span)
    return text.strip()


def _answers(split: "TextSplit", before: "Explained", after: "Explained", found: "Changed", *, changed: bool) -> None:
    said = f"The model says {said_by(split, before)}"
    said += f"; changed, {said_by(split, after)}." if changed else "."
    st.html(texts.paragraph(said, kind="cx-answer", live=True))
    names = class_names(split)
    if found.lead is not None:
        paragraph(lead_sentence(found.lead, names[found.first], changed=changed))
    if found.rows and changed:
        st.html(answers([(names[i], was, now) for i, was, now in found.rows], then="changed"))


def lead_sentence(lead: tuple[float, float], name: str, *, changed: bool) -> str:
    """How far the first answer leads over the next class, before and after, in logits."""
    was, now = (f"{value:.1f}".replace("-", "−") for value in lead)
    text = f"Lead of {name} over the next class: {was} logits"
    return f"{text}, changed {now}." if changed else f"{text}."


def _moved(report: ClassReport, after: "Explained", found: "Changed", *, changed: bool) -> None:
    if not changed:
        paragraph("Once a word is gone, the concepts that moved are here.")
        return
    label, unit = report.data.target.label, importance_unit(report.data)
    st.html(texts.heading(3, "The concepts that moved", kind="cx-flat"))
    st.plotly_chart(
        local_figure(
            found.phi, target=label, unit=unit, names=report.names, dark=is_dark(), n_shown=N_CONCEPTS,
            what="change of the effect",
        ),
        key="moved_bars", config={"displayModeBar": False},
        alt=f"Change of each concept's importance, in {unit}",
    )  # fmt: skip
    paragraph(f"{percent(after.leftover)} of what the model makes of the changed text lies outside the concepts.")
