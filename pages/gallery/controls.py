"""The gallery's controls, whose state is in the address, and its two empty states."""

from collections.abc import Sequence

import streamlit as st

from concepts.report import ReportCard
from pages.components.texts import empty
from pages.gallery.shelf import ANY, JUDGED, ORDERS, GalleryFilter


def gallery_filter(cards: Sequence[ReportCard]) -> GalleryFilter:
    """The heading with search beside it, order and filters in a popover; filters without a choice are left out."""
    heading, search, more = st.columns([4, 4, 2], vertical_alignment="center")
    heading.header("Findings", anchor=False)
    query = search.text_input(
        "Search reports", key="q", bind="query-params", placeholder="Search class, model, layer, source",
        icon=":material/search:", label_visibility="collapsed",
    )  # fmt: skip
    with more.popover("Sort and filter", icon=":material/filter_list:", width="stretch"):
        chosen = st.selectbox("Sort by", list(ORDERS), key="sort", bind="query-params")
        fields = ("model", "layer", "source")
        filters = {name: _filter(name, [getattr(card, name) for card in cards]) for name in fields}
        judged = st.selectbox("Findings judged", JUDGED, key="judged", bind="query-params")
    return GalleryFilter(query=query or "", order=chosen, judged=judged, **filters)


def _filter(name: str, values: Sequence[str]) -> str:
    label = {"source": "Photos"}.get(name, name.capitalize())
    key = f"only_{name}"  # in a report's address, `model` and `layer` identify the report
    return st.selectbox(label, [ANY, *sorted(set(values))], key=key, bind="query-params")


def choose_page(n_pages: int) -> int:
    """The chosen page of cards, from 1; no control is shown if there is only one page."""
    return st.pagination(n_pages, key="page", bind="query-params") if n_pages > 1 else 1


def nothing_yet() -> None:
    """Shows that there is no report yet."""
    what = (
        "A report shows which concepts an image classifier uses for a class, how much each counts, and by which "
        "strategies it recognises the class. You need a classifier and a folder of photos."
    )
    st.html(empty("No report yet", what))
    with st.container(horizontal=True, horizontal_alignment="center"):
        if st.button("Start the first analysis", type="primary", icon=":material/add_circle:"):
            st.switch_page("pages/views/analysis.py")


def nothing_fits(n_cards: int) -> None:
    """Shows that no report matches the filter."""
    st.html(empty("Nothing fits", f"None of the {n_cards:,} reports matches the search and the filters."))
    with st.container(horizontal=True, horizontal_alignment="center"):
        st.button("Show all reports", icon=":material/filter_alt_off:", on_click=_clear)


def _clear() -> None:
    for key in ("q", "sort", "only_model", "only_layer", "only_source", "judged", "page"):
        st.session_state.pop(key, None)
    st.query_params.clear()
