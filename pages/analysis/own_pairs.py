"""Pairs of words of a visitor's own, which a probe swaps in the texts: typed, or a file of two columns."""

from dataclasses import dataclass

import streamlit as st

from concepts.probes.swaps import MOST_BYTES, MOST_PAIRS, open_pairs, read_pairs, swaps
from pages.analysis.kept_files import forget, kept_file
from pages.analysis.single_files import kept, uploaded_file
from pages.components.safe_text import paragraph, shortened
from pages.state.messages import sentence_of
from pages.state.server_settings import ServerSettings

NONE, TYPED, UPLOADED = "none", "typed", "a file"
SHOWN, LONGEST = 3, 40  # pairs, and characters of a word
MOST_TYPED = 40_000  # characters
TYPED_KEY, UPLOAD_KEY = "pairs_typed", "pairs_upload"
HELP = "Probes then show which answers turn, and which concepts move, when each word becomes the other one."
LINES_HELP = f"One pair a line, at most {MOST_PAIRS:,}; a comma or a tab does, too. Whole words, any case."
FILE_HELP = (
    f"CSV or TSV of two columns, without a line of headings, or .txt; UTF-8, at most {MOST_PAIRS:,} pairs. "
    "Nothing in it is run."
)


@dataclass(frozen=True)
class PairsChoice:
    """The file of the pairs, None for none; complete: False while pairs are asked for and missing, or are none."""

    file: str | None = None
    complete: bool = True


def choose_pairs(server: ServerSettings) -> PairsChoice:
    """The chosen pairs of words, which are shown; for wrong ones a line on the page says what is wrong."""
    kind = st.radio(
        "Pairs of words to swap (optional)", [NONE, TYPED, UPLOADED], key="pairs", horizontal=True, help=HELP,
        bind="query-params",
    )  # fmt: skip
    if kind == NONE:
        return PairsChoice()
    try:
        file = _typed(server) if kind == TYPED else _uploaded(server)
        if file is not None:
            paragraph(pairs_said(open_pairs(file)), "cx-note")
    except ValueError as error:
        st.warning(sentence_of(error))
        return PairsChoice(complete=False)
    return PairsChoice(file, complete=file is not None)


def _typed(server: ServerSettings) -> str | None:
    """The path of the file with the typed pairs; None without any. Raises ValueError for lines that are no pairs."""
    if TYPED_KEY not in st.session_state and (before := kept_file(server, "pairs", key=TYPED_KEY)):
        st.session_state[TYPED_KEY] = before.file.read_text(encoding="utf-8", errors="replace")
    lines = st.text_area(
        "Pairs, one a line", key=TYPED_KEY, help=LINES_HELP, placeholder="movie -> film\nshe -> he", height=130,
        max_chars=MOST_TYPED,
    )  # fmt: skip
    if not (lines or "").strip():
        forget(TYPED_KEY)
        return None
    swaps(read_pairs(str(lines)), name="pairs")  # what is wrong is told before it is kept
    return kept("pairs", "typed-pairs.txt", str(lines).encode(), server, key=TYPED_KEY)


def _uploaded(server: ServerSettings) -> str | None:
    return uploaded_file(
        "A file of pairs", "pairs", server, key=UPLOAD_KEY, help_text=FILE_HELP, types=["csv", "tsv", "txt"],
        megabytes=MOST_BYTES // 2**20,
    )  # fmt: skip


def pairs_said(pairs: tuple[tuple[str, str], ...]) -> str:
    """How many pairs there are, and the first of them."""
    first = [f"{shortened(one, LONGEST)} ↔ {shortened(other, LONGEST)}" for one, other in pairs[:SHOWN]]
    more = f" and {len(pairs) - SHOWN:,} more" if len(pairs) > SHOWN else ""
    return f"Swapped both ways in every text: {', '.join(first)}{more}."
