"""Comparison of codes of tokens: bytes, recall, and what becomes of a report."""

from collections.abc import Sequence

import streamlit as st

from concepts.evaluation.compression.comparison import TOKENS, WORDS
from concepts.evaluation.compression.sentences import HEADER, WHAT, about_sentence, how_sentences, lines_of
from concepts.evaluation.compression.stored import StoredCompression
from pages.components import texts
from pages.components.safe_text import paragraph, plain
from pages.components.tables import table
from pages.state.compressions import compressions
from pages.state.selection import choose, comparison, sync_widget

COMMAND = (
    "python -m concepts compress --report assets/demo/reports/digits-7 \\\n  --out workspace/compressions/digits-7"
)
FILES = {"CSV": ("table.csv", "text/csv"), "JSON": ("compression.json", "application/json")}


def show() -> None:
    """Shows the chosen comparison, or how to make one."""
    offered = compressions()
    paragraph(
        "Tokens in fewer bytes fit more photos on a disk. What is lost? The bytes of each code, how many of the most "
        "similar tokens are still found, and whether a report says the same."
    )
    if not offered:
        what = "Such a comparison is made on the command line, of a collection or of a report:"
        st.html(texts.empty("No comparison of codes yet", what))
        st.code(COMMAND, language=None, wrap_lines=True)
        paragraph("Whatever lies in the folder “compressions” of the workspace is shown here.", "cx-note")
        return
    stored = _choose(offered)
    choose(show="compression", compression=stored.id)
    found = stored.comparison
    paragraph(about_sentence(found))
    for of, title in ((TOKENS, "Tokens"), (WORDS, "Words")):
        if lines := lines_of(found, of):
            st.header(title, anchor=of)
            st.html(table(HEADER, lines, caption=f"Codes of {of}"))
    _how(stored)


def _how(stored: StoredCompression) -> None:
    st.header("How this was measured", anchor="how")
    for said in how_sentences(stored.comparison):
        paragraph(said)
    used = {row.code for row in stored.comparison.rows}
    st.html(table((), [pair for pair in WHAT.items() if pair[0] in used], caption="What the codes are"))
    with st.container(horizontal=True):
        for label, (name, mime) in FILES.items():
            file = stored.folder / name
            if file.is_file() and not file.is_symlink():
                st.download_button(
                    label, file.read_bytes, f"{stored.id}-{name}", mime, key=name, on_click="ignore",
                    icon=":material/download:",
                )  # fmt: skip


def _choose(offered: Sequence[StoredCompression]) -> StoredCompression:
    """The comparison in the address, else the newest."""
    by_id, wanted = {each.id: each for each in offered}, comparison().compression
    if wanted is not None and wanted not in by_id:
        st.warning(f"There is no comparison {plain(wanted)} here: the newest is shown instead.")
    stored = by_id.get(wanted or "") or offered[0]
    sync_widget("compression", stored.id)
    st.selectbox(
        "Comparison", list(by_id), format_func=lambda id: f"{by_id[id].comparison.title} · {id}", key="compression",
        on_change=lambda: choose(compression=st.session_state["compression"]),
    )  # fmt: skip
    return stored
