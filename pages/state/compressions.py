"""Comparisons of codes, for the pages: cached until they change on disk."""

from pathlib import Path

import streamlit as st

from concepts.evaluation.compression.stored import StoredCompression, read_compressions
from concepts.evaluation.compression.writing import FILE
from concepts.storage.listing import LeftOut, Listing
from pages.state.reports import stamp
from pages.state.server_settings import server_settings


def compressions() -> tuple[StoredCompression, ...]:
    """All comparisons of the workspace, the newest first."""
    return _listed().found


def left_out_compressions() -> tuple[LeftOut, ...]:
    """The folders beside them that hold none that can be read."""
    return _listed().left_out


def _listed() -> Listing[StoredCompression]:
    roots = server_settings().compressions
    files = [file for root in roots for file in (root, *sorted(root.glob(f"[!.]*/{FILE}")))]
    return _compressions(tuple(map(str, roots)), tuple(map(stamp, files)))


@st.cache_resource(max_entries=4, show_spinner="Opening the comparisons …")
def _compressions(roots: tuple[str, ...], stamps: tuple[int, ...]) -> Listing[StoredCompression]:
    return read_compressions(map(Path, roots))
