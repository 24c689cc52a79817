"""Explained ensembles, for the pages: cached until they change on disk."""

from pathlib import Path

import streamlit as st

from concepts.evaluation.ensembles.stored import FILE, StoredEnsemble, read_ensembles
from concepts.storage.listing import LeftOut, Listing
from pages.state.reports import stamp
from pages.state.server_settings import server_settings


def ensembles() -> tuple[StoredEnsemble, ...]:
    """All explained ensembles of the workspace, the newest first."""
    return _listed().found


def left_out_ensembles() -> tuple[LeftOut, ...]:
    """The folders beside them that hold none that can be read."""
    return _listed().left_out


def _listed() -> Listing[StoredEnsemble]:
    roots = server_settings().ensembles
    files = [file for root in roots for file in (root, *sorted(root.glob(f"[!.]*/{FILE}")))]
    return _ensembles(tuple(map(str, roots)), tuple(map(stamp, files)))


@st.cache_resource(max_entries=4, show_spinner="Opening the ensembles …")
def _ensembles(roots: tuple[str, ...], stamps: tuple[int, ...]) -> Listing[StoredEnsemble]:
    return read_ensembles(map(Path, roots))
