"""A typed text: its tokens, and the token used as the query."""

import streamlit as st

from concepts.lexicon.collections import Collection
from concepts.models.encoders import TextTokens
from pages.components.safe_text import paragraph
from pages.similarity.controls import question
from pages.state.collections import encoded
from pages.state.selection import choose, sync_widget

EXAMPLES = {"demo/pair": "three violet balloons with stripes and a present in teal paper"}
LONGEST = 2_000  # characters
WHOLE = -1


def choose_text(collection: Collection) -> TextTokens | None:
    """The tokens of the text in the address, in the space of the collection's; None while there is no text.

    Raises ValueError where the collection's text encoder cannot be opened, or does not accept the text.
    """
    name = collection.encoder.text
    if name is None:
        raise ValueError("these tokens come from a model that reads photos only: there is no text to read")
    asked = question().text
    text = EXAMPLES.get(name, "a photo of a dog") if asked is None else asked
    sync_widget("text_read", text[:LONGEST])
    st.text_input(
        "A text", key="text_read", max_chars=LONGEST,
        on_change=lambda: choose(text=st.session_state["text_read"], token=None),
    )  # fmt: skip
    if len(text) > LONGEST:
        raise ValueError(f"The text has {len(text):,} characters, this page takes {LONGEST:,}: shorten it.")
    if not text.strip():
        paragraph("Type a sentence to read it.")
        return None
    return encoded(name, text)


def choose_token(tokens: TextTokens) -> int | None:
    """The token of the text used as the query; None: the text as a whole."""
    wanted, n = question().token, len(tokens.spans)
    token = wanted if wanted is not None and 0 <= wanted < n else WHOLE

    def said(i: int) -> str:
        return "the whole text" if i == WHOLE else f"{i + 1}: {tokens.pieces[i]}"

    sync_widget("token", token, said(token))
    st.selectbox(
        "Part of the text", [WHOLE, *range(n)], key="token", format_func=said,
        on_change=lambda: choose(token=None if st.session_state["token"] == WHOLE else st.session_state["token"]),
    )  # fmt: skip
    return None if token == WHOLE else token
