"""The words of photos as the tokens of a language: the choice of photos and of a lexicon."""

import streamlit as st

from concepts.lexicon.token_statistics.description import LanguageReport
from pages.components.safe_text import paragraph, plain
from pages.similarity.controls import title_of
from pages.state.address import LanguageView
from pages.state.collections import collections, lexicons_of
from pages.state.languages import language_of_words
from pages.state.messages import told
from pages.state.selection import choose, sync_widget
from pages.words import readings


def show() -> LanguageReport | None:
    """The language of the chosen collection's words; None, after a message, if there are none."""
    readable = {id: found for id, found in collections().items() if lexicons_of(found)}
    if not readable:
        paragraph(
            "No photos have been recorded with words yet: an analysis, or `python -m concepts tokens`, does that."
        )
        return None
    wanted = LanguageView.of(st.query_params.to_dict())
    if wanted.collection and wanted.collection not in readable:
        st.warning(f"There is no collection {plain(wanted.collection)} with words here.")
    id = wanted.collection if wanted.collection in readable else next(iter(readable))
    collection, lexicons = readable[id], lexicons_of(readable[id])
    name = wanted.lexicon if wanted.lexicon in lexicons else next(iter(lexicons))
    left, right = st.columns(2)
    sync_widget("language_collection", id)
    left.selectbox(
        "Photos", list(readable), format_func=lambda each: title_of(readable[each]), key="language_collection",
        on_change=lambda: choose(collection=st.session_state["language_collection"], lexicon=None),
    )  # fmt: skip
    sync_widget("language_lexicon", name)
    right.selectbox(
        "Lexicon", list(lexicons), key="language_lexicon",
        on_change=lambda: choose(lexicon=st.session_state["language_lexicon"]),
    )  # fmt: skip
    choose(collection=id, lexicon=name)
    paragraph("A place's token is the word that it says most, less what is said everywhere.", "cx-note")
    try:
        read = readings.recorded_words(collection, lexicons[name])
        return language_of_words(collection, lexicons[name], read.overuse)
    except ValueError as error:
        st.error(f"The words of these photos cannot be read: {told(error)}")
        return None
