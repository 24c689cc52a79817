"""Whether a new analysis is on photos or on texts."""

import streamlit as st

from concepts.data.dataset import ItemKind

KEY = "of"  # in the session and in the address
LABELS: dict[ItemKind, str] = {"images": "Photos", "texts": "Texts"}


def choose_kind() -> ItemKind:
    """Asks what the model reads."""
    return st.segmented_control(
        "Photos or texts", list(LABELS), key=KEY, default="images", required=True, bind="query-params",
        format_func=lambda kind: LABELS[kind],
    )  # fmt: skip


def chosen_kind() -> ItemKind:
    """What `choose_kind` was answered in this run or before it."""
    return "texts" if st.session_state.get(KEY) == "texts" else "images"
