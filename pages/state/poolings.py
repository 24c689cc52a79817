"""Comparisons of poolings, for the pages: cached until they change on disk."""

from pathlib import Path

import streamlit as st

from concepts.evaluation.pooling.stored import StoredPooling, read_poolings
from concepts.evaluation.pooling.writing import FILE
from concepts.storage.listing import LeftOut, Listing
from pages.state.reports import stamp
from pages.state.server_settings import server_settings


def poolings() -> tuple[StoredPooling, ...]:
    """All comparisons of the workspace, the newest first."""
    return _listed().found


def left_out_poolings() -> tuple[LeftOut, ...]:
    """The folders beside them that hold none that can be read."""
    return _listed().left_out


def _listed() -> Listing[StoredPooling]:
    roots = server_settings().poolings
    files = [file for root in roots for file in (root, *sorted(root.glob(f"[!.]*/{FILE}")))]
    return _poolings(tuple(map(str, roots)), tuple(map(stamp, files)))


@st.cache_resource(max_entries=4, show_spinner="Opening the comparisons …")
def _poolings(roots: tuple[str, ...], stamps: tuple[int, ...]) -> Listing[StoredPooling]:
    return read_poolings(map(Path, roots))
