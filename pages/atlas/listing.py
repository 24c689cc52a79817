"""The concepts as a table: those that stand out, or all, for keyboards and screen readers."""

import streamlit as st
from markupsafe import Markup

from concepts.numerics.counted import counted
from pages.atlas import words
from pages.atlas.choice import href_of, rows_standing_out, view
from pages.atlas.spaces import Atlas
from pages.components import texts
from pages.components.once import html_once
from pages.components.tables import table
from pages.state.address import AtlasView
from pages.state.selection import choose

MOST = 200  # rows of the table
HEADER = ("Concept", "Class", "Share of the evidence", "Finding", "Most like it in another report")


def show(atlas: Atlas) -> None:
    """Shows the concepts within the lasso and the chosen classes open, all others closed."""
    seen, at = rows_standing_out(atlas), view()
    rows = list(range(len(atlas.placed.space.nodes))) if seen is None else seen
    lasso = at.area is not None
    title = counted(len(rows), "concept") + (" in your lasso" if lasso else " as a table" if seen is None else "")
    with st.expander(title, expanded=lasso):
        if lasso:
            st.button(
                "Clear the lasso",
                key="atlas_clear",
                icon=":material/clear_all:",
                on_click=choose,
                kwargs={"area": None},
            )
        shown = rows[:MOST]
        if len(shown) < len(rows):
            st.html(texts.paragraph(f"The first {MOST} of them: choose classes, or draw a lasso.", kind="cx-note"))
        st.html(html_once(table_html, tuple(_line(atlas, row, at) for row in shown)))


def table_html(lines: tuple[tuple[str, str, str, str, str, str], ...]) -> Markup:
    """The table. lines: an address, then the cells of a row."""
    rows = [(texts.link(name, href), *cells) for href, name, *cells in lines]
    return table(HEADER, rows, caption="Concepts on the plane")


def _line(atlas: Atlas, row: int, at: AtlasView) -> tuple[str, str, str, str, str, str]:
    label = atlas.members[atlas.owner(row)].label
    href, name = href_of(atlas, row, at), atlas.name(row)
    return href, name, label, words.share(atlas, row), words.finding(atlas, row), words.likest(atlas, row)
