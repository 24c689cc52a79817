"""A chosen model, and what its outputs are: their meaning and the names of the classes."""

from dataclasses import dataclass, replace

import streamlit as st

from concepts.models.outputs import Kind
from concepts.options import names_in
from pages.analysis.kept_files import forget, kept_file
from pages.analysis.single_files import kept
from pages.state.server_settings import ServerSettings

OUTPUT_WORDS: dict[Kind, str] = {
    "classes": "classes, of which one is true",
    "multilabel": "labels, each true or not",
    "binary": "one output: yes or no",
    "regression": "quantities",
}
NAMES_HELP = """\
One a line, or one line with commas. Left empty, they are the model's own; if it has none, those of the {0} \
in alphabetical order."""


@dataclass(frozen=True)
class ModelChoice:
    """A model and its weights in the format of a request; for a language model, the question and its answers."""

    model: str
    weights: str | None = None
    output: Kind | None = None
    classes: str | None = None
    question: str | None = None
    answers: str | None = None


def choose_output(unstated: str) -> Kind | None:
    """The meaning of the outputs as the visitor states it; None where it is not stated: what `unstated` says."""
    return st.selectbox(
        "What it returns", [None, *OUTPUT_WORDS], key="output", bind="query-params",
        format_func=lambda kind: OUTPUT_WORDS.get(kind, unstated),
    )  # fmt: skip


def with_class_names(chosen: ModelChoice, server: ServerSettings, *, names_of: str) -> ModelChoice | None:
    """The model with the class names that are typed; None where they cannot be kept. names_of: whose names they are
    where the model has none."""
    _fill_in_names(server)
    text = st.text_area(
        "Class names, in the order of the outputs (optional)", key="class_names", help=NAMES_HELP.format(names_of),
        height=80,
    )  # fmt: skip
    if not text.strip():
        forget("class_names")
        return chosen
    names = _kept_names(text, server)
    return replace(chosen, classes=names) if names else None


def _fill_in_names(server: ServerSettings) -> None:
    """Puts the class names that the address names into their empty control."""
    if "class_names" not in st.session_state and (before := kept_file(server, "names", key="class_names")):
        st.session_state["class_names"] = before.file.read_text(encoding="utf-8", errors="replace")


def _kept_names(text: str, server: ServerSettings) -> str | None:
    """The path of a file with these names, one a line; a single line holds all, separated by commas."""
    lines = [line.strip() for line in text.strip().splitlines()]
    names = names_in(text) if len(lines) == 1 else lines
    return kept("names", "classes.txt", "\n".join(names).encode(), server, key="class_names")
