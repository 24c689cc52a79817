"""A visitor's own table about the photos: its columns are conditions beside class, answer and strategy."""

import streamlit as st

from concepts.access import Act
from concepts.data.properties.conditions import condition_texts
from concepts.data.properties.table import PhotoTable, open_table
from concepts.lexicon.collections import Collection, Column
from concepts.numerics.counted import counted, listed
from pages.analysis.kept_files import kept_file
from pages.analysis.single_files import uploaded_file
from pages.components.safe_text import paragraph, plain
from pages.state.messages import told
from pages.state.server_settings import server_settings
from pages.state.visitor import may, why_not

KEY, MEGABYTES, SHOWN = "table", 64, 3
HELP = (
    "CSV, TSV or Parquet, one photo a row, found by its file name, as --metadata reads it. Its columns then stand in "
    "the list of conditions: a category or a value, of many numbers a range."
)
CONDITION_SIGNS = str.maketrans({":": " ", "|": " "})  # with which an address parts conditions


def choose_table(collection: Collection) -> None:
    """Shows the control for a table, and what of it can be used."""
    if not may(Act.UPLOAD):
        paragraph(why_not(Act.UPLOAD), "cx-note")
        return
    path = uploaded_file(
        "Your own table about these photos (optional)", "tables", server_settings(), key=KEY, help_text=HELP,
        types=["csv", "tsv", "parquet"], megabytes=MEGABYTES,
    )  # fmt: skip
    if path is None:
        return
    try:
        found = _table(path, collection.tokens, collection)
    except ValueError as error:
        st.warning(told(error))
        return
    columns = listed([each.name for each in found.properties], SHOWN) or "none that can be used"
    paragraph(
        f"{found.source} names {len(found.matched):,} of {counted(len(collection), 'photo')} in its column "
        f"{found.column}; conditions: {columns}.", "cx-note",
    )  # fmt: skip
    if found.left_out:
        said = [f"{each.name}: {each.reason}" for each in found.left_out]
        st.warning(plain(f"Columns that are left out: {listed(said, SHOWN)}"))


def table_columns(collection: Collection) -> dict[str, Column]:
    """Each column of the table in the address, by its name; empty without one, or one of other photos."""
    kept = kept_file(server_settings(), "tables", key=KEY)
    if kept is None:
        return {}
    try:
        return _columns(str(kept.file), collection.tokens, collection)
    except ValueError:  # `choose_table` says why
        return {}


@st.cache_resource(max_entries=16, show_spinner="Reading the table …")  # a copy for each run would take n texts
def _columns(path: str, tokens: str, _collection: Collection) -> dict[str, Column]:
    found = _table(path, tokens, _collection)
    return {each.name.translate(CONDITION_SIGNS): Column.of(condition_texts(each)) for each in found.properties}


@st.cache_resource(max_entries=16, show_spinner="Reading the table …")
def _table(path: str, tokens: str, _collection: Collection) -> PhotoTable:
    return open_table(path, _collection.names)
