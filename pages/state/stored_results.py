"""Results that the parts of Compare show, for the pages: cached until they change on disk."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import streamlit as st

from concepts.evaluation.compression import stored as codes
from concepts.evaluation.compression.writing import FILE as CODES_FILE
from concepts.evaluation.ensembles import stored as views
from concepts.evaluation.pooling import stored as pools
from concepts.evaluation.pooling.writing import FILE as POOLS_FILE
from concepts.storage.listing import Listing
from pages.state.reports import stamp
from pages.state.server_settings import server_settings

S = TypeVar("S")


@dataclass(frozen=True)
class StoredKind(Generic[S]):
    """A kind of results, each in a folder of its own.

    folder: of the workspace, and of the demo, that holds them. file: what is in the folder of each. read: the results
    in some folders. noun: one of them, in a line on what was left out.
    """

    folder: str
    file: str
    read: Callable[[Iterable[Path]], Listing[S]]
    noun: str

    def listed(self) -> Listing[S]:
        """All results, in the order of `read`, and the folders beside them that hold none that can be read."""
        roots = server_settings().results(self.folder)
        files = [file for root in roots for file in (root, *sorted(root.glob(f"[!.]*/{self.file}")))]
        return _listed(self.folder, tuple(map(str, roots)), tuple(map(stamp, files)), self.read)


POOLINGS = StoredKind("poolings", POOLS_FILE, pools.read_poolings, "comparison of poolings")
ENSEMBLES = StoredKind("ensembles", views.FILE, views.read_ensembles, "explained ensemble")
COMPRESSIONS = StoredKind("compressions", CODES_FILE, codes.read_compressions, "comparison of codes")


@st.cache_resource(max_entries=16, show_spinner="Opening the results …")
def _listed(
    folder: str, roots: tuple[str, ...], stamps: tuple[int, ...], _read: Callable[[Iterable[Path]], Listing[Any]]
) -> Listing[Any]:
    """folder, roots, stamps: the cache key, since one folder has one way to read it."""
    return _read(map(Path, roots))
