"""Words and concept of each token of a text."""

from typing import TYPE_CHECKING

import streamlit as st

from attribution.similarity import nearest_query, unit_range
from concepts.lexicon import Lexicon, token_activations, top_words, top_words_by_place, word_activation
from concepts.lexicon.collections import Collection
from concepts.models.encoders import TextTokens
from pages.components.charts import draw_once
from pages.components.safe_text import is_dark, paragraph
from pages.components.texts import heading
from pages.components.words import text_tokens
from pages.figures.words import word_bars
from pages.similarity import controls
from pages.similarity.answers import directions
from pages.similarity.directions import concept_query, reports_of
from pages.similarity.typed_text import choose_text
from pages.state.current import current_id

if TYPE_CHECKING:
    from torch import Tensor

SAID, TOP = 3, 15  # words below a token, and for the whole text


def show(collection: Collection, lexicon: Lexicon) -> None:
    """Shows the text, its tokens with their words, and the text as a whole."""
    if not collection.encoder.text:
        paragraph(
            "These tokens come from a model that reads photos only, so there is no text to read in their space. "
            "Record the photos with an encoder that reads both, such as CLIP: `python -m concepts tokens --model hf:… "
            "--text hf:…`."
        )
        return
    tokens = choose_text(collection)
    if tokens is None:
        return
    said = token_activations(tokens.vectors, lexicon)
    lit = controls.choose_words(lexicon.words, "words", "Light up a word", most=1)
    _tokens(collection, lexicon, tokens, said, lit[0] if lit else None)
    _whole(lexicon, tokens, said)


def _tokens(collection: Collection, lexicon: Lexicon, tokens: TextTokens, said: "Tensor", word: str | None) -> None:
    shades = unit_range(word_activation(said, lexicon, word)).tolist() if len(said) > 1 else [1.0]
    concepts = _concepts(collection, tokens)
    lines = []
    for i, words in enumerate(top_words_by_place(said, lexicon, SAID)):
        given = [_marked(each, tokens.text) for each in words]
        lines.append([*given, *([concepts[i]] if concepts else [])])
    st.html(text_tokens(tokens.text, tokens.spans, shades, lines, dark=is_dark()))
    paragraph(
        f"The stronger a token's colour, the more it says{'' if word is None else f' “{word}”'}. Below each token its "
        "first words; a + marks words that do not stand in the text: the encoder adds them."
    )


def _marked(word: str, text: str) -> str:
    return word if word.casefold() in text.casefold() else f"+ {word}"


def _concepts(collection: Collection, tokens: TextTokens) -> list[str]:
    """The most similar concept for each token; [] if there is no report in this space.

    The concepts are of the report chosen last if it is in this space, else of the newest one that is.
    """
    reports = reports_of(collection)
    report = reports.get(current_id(reports) or "") or next(iter(reports.values()), None)
    if report is None:
        return []
    queries = [concept_query(report, j) for j in range(len(report.data.concepts))]
    return [report.names.concept(j) for j in nearest_query(tokens.vectors, directions(queries))]


def _whole(lexicon: Lexicon, tokens: TextTokens, said: "Tensor") -> None:
    words = [(_marked(word, tokens.text), value) for word, value in top_words(said, lexicon, top=TOP)]
    st.html(heading(2, "What the whole text says", kind="cx-flat"))
    if not words:
        paragraph("No word of this lexicon.")
        return
    st.plotly_chart(
        draw_once(word_bars, words, dark=is_dark()), key="text_bars", config={"displayModeBar": False},
        alt="Words of the text: " + ", ".join(f"{word} {value:.2f}" for word, value in words[:5]),
    )  # fmt: skip
