"""Comparison of codes of tokens: bytes, recall, and what becomes of a report."""

import streamlit as st

from concepts.evaluation.compression.comparison import TOKENS, WORDS
from concepts.evaluation.compression.notes import about_sentence, how_sentences
from concepts.evaluation.compression.sentences import header_of, lines_of, what_of
from pages.compare.compression_start import START
from pages.compare.job_start import show_start
from pages.compare.stored_results import choose_stored, nothing_yet, offer_files, tell_how
from pages.components.safe_text import paragraph
from pages.components.tables import table
from pages.state.selection import choose, comparison
from pages.state.stored_results import COMPRESSIONS

COMMAND = (
    "python -m concepts compress --report assets/demo/reports/digits-7 \\\n  --out workspace/compressions/digits-7"
)
FILES = {"CSV": ("table.csv", "text/csv"), "JSON": ("compression.json", "application/json")}


def show() -> None:
    """Shows the chosen comparison, or how to make one."""
    offered = COMPRESSIONS.listed().found
    paragraph(
        "Tokens, and words, in fewer bytes take less of a disk. What is lost? The bytes of each code, how many of the "
        "most similar are still found, and whether a report says the same. Of 20 words or more: whether concepts, or "
        "places, keep the word that names them."
    )
    show_start(START, start_open=not offered)
    if not offered:
        nothing_yet(
            "No comparison of codes yet",
            "Start one above, of a report, or on the command line, of a collection, too:",
            COMMAND,
            "Whatever lies in the folder “compressions” of the workspace is shown here.",
        )
        return
    stored = choose_stored(
        "compression", offered, comparison().compression, noun="comparison",
        title=lambda each: each.comparison.title,
    )  # fmt: skip
    choose(show="compression", compression=stored.id)
    found = stored.comparison
    paragraph(about_sentence(found))
    for of, title in ((TOKENS, "Tokens"), (WORDS, "Words")):
        if lines := lines_of(found, of):
            st.header(title, anchor=of)
            st.html(table(header_of(found, of), lines, caption=f"Codes of {of}"))
    tell_how(how_sentences(found), what_of(found), used={row.code for row in found.rows}, caption="What the codes are")
    offer_files(stored, FILES)
