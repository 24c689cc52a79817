"""A text in a language model: the words of each token at each layer, and how far each layer is from the answer."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from concepts.lexicon.layers import LayerWords, layer_words
from concepts.models.lens.opening import could_be_lens
from concepts.numerics.written import written
from concepts.report.request import short_model
from pages.components.charts import draw_once
from pages.components.safe_text import is_dark, paragraph
from pages.components.texts import heading
from pages.components.words import layer_table
from pages.figures.layers import layers_figure
from pages.figures.words import word_bars
from pages.similarity.controls import question
from pages.state.asking import asking
from pages.state.computing import ASKING, OPENING
from pages.state.messages import told
from pages.state.selection import choose, sync_widget
from pages.state.server_settings import server_settings

if TYPE_CHECKING:
    from concepts.models.lens import LayerLens

LONGEST = 500  # characters
EXAMPLE = "Once upon a time, there was a little girl"
QUIET = {"displayModeBar": False}


def offered() -> list[str]:
    """The models that the operator named and that may be language models."""
    return [name for name in server_settings().models if could_be_lens(name)]


def show(models: Sequence[str]) -> None:
    """Shows the choice of a model and a text, and the text as the model reads it layer by layer."""
    model, text = _choose_model(models), _choose_text()
    if model is None or not text.strip():
        return
    try:
        with asking(f"layers: {short_model(model)}", text):
            read = _read(model, text, server_settings().device)
    except ValueError as error:
        st.warning(told(error))
        return
    _layers(read)
    _whole(read)


def _choose_model(models: Sequence[str]) -> str | None:
    wanted = question().model
    labels = {name: name if name.startswith("hf:") else Path(name).name for name in models}
    chosen = next((name for name in models if labels[name] == wanted), None)
    sync_widget("lens", chosen)
    st.selectbox(
        "Language model", list(models), format_func=labels.__getitem__, key="lens", index=None,
        placeholder="Choose a model with a vocabulary",
        on_change=lambda: choose(model=labels.get(st.session_state["lens"]), layer=None),
    )  # fmt: skip
    return chosen


def _choose_text() -> str:
    asked = question().text
    text = (EXAMPLE if asked is None else asked)[:LONGEST]
    sync_widget("lens_text", text)
    st.text_input(
        "A text", key="lens_text", max_chars=LONGEST, on_change=lambda: choose(text=st.session_state["lens_text"])
    )
    return text


def _layers(read: LayerWords) -> None:
    where = "after it" if read.causal else "at its place"
    st.html(heading(2, "Layer by layer", kind="cx-flat"))
    paragraph(
        "At each layer the hidden state of each token goes through the model's final norm and its unembedding, as if "
        f"the layer were the last: the words that the model would put {where}. The last row is its answer. The pointer "
        "tells the next words."
    )
    st.html(layer_table(read, dark=is_dark()))
    nats = read.nats_a_token.tolist()
    st.plotly_chart(
        draw_once(
            layers_figure, read.layers, read.nats_a_token, read.control_a_token, read.uniform_a_token,
            n_tokens=len(read.tokens), dark=is_dark(),
        ),
        key="layers_curve", config=QUIET,
        alt="Nats a token from the answer: "
        + ", ".join(f"{layer} {written(value)}" for layer, value in zip(read.layers, nats, strict=True)),
    )  # fmt: skip
    paragraph(
        "How far a layer is from the answer: the Kullback-Leibler divergence of its words from those of the last "
        "layer. A layer that is no nearer than the same words permuted says nothing of the answer. The lens is not "
        "tuned (nostalgebraist, 2020): it reads early layers badly, as they may hold the answer in another form "
        "(Belrose et al., arXiv 2303.08112)."
    )


def _whole(read: LayerWords) -> None:
    asked, last = question().layer, len(read.layers) - 1
    layer = asked if asked is not None and 0 <= asked <= last else last
    st.html(heading(2, "What the whole text says", kind="cx-flat"))
    sync_widget("lens_layer", layer, read.layers[layer])
    st.selectbox(
        "Layer", range(last + 1), format_func=read.layers.__getitem__, key="lens_layer",
        on_change=lambda: choose(layer=st.session_state["lens_layer"]),
    )  # fmt: skip
    words = read.sparse[layer]
    if not words:
        paragraph("No word is said here: all logits are below 0.")
        return
    st.plotly_chart(
        draw_once(word_bars, words, dark=is_dark()), key="layer_bars", config=QUIET,
        alt="Words of the text: " + ", ".join(f"{word} {value:.2f}" for word, value in words[:5]),
    )  # fmt: skip
    paragraph(
        "The largest activation of each word over the tokens, log(1 + z) of its logit z (LexLIP). Where the model was "
        "not trained with it, 0 lies where it happens to: read the order."
    )


@st.cache_resource(max_entries=2, show_spinner="Opening the language model …")
def _lens(name: str, device: str) -> "LayerLens":
    from concepts.models.lens import open_lens

    with OPENING.turn():
        return open_lens(name, device=device)


@st.cache_resource(max_entries=32, show_spinner="Reading the text at every layer …")
def _read(name: str, text: str, device: str) -> LayerWords:
    lens = _lens(name, device)
    with ASKING.turn():
        return layer_words(lens, text)
