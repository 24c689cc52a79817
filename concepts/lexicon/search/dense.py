"""Dense search with FAISS, the alternative to the inverted index: exact over all rows, or approximate."""

from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Protocol, Self

import numpy as np

from concepts.lexicon.search.base import SearchResult
from concepts.token_search.faiss_library import faiss_library

TRAINED_ON = 40  # rows per cell that the cells are learned from
PROBED = 16  # cells searched per query
LINKS = 32  # per row of a graph


class Links(Protocol):
    """The FAISS array of the links of a graph, here only its `size`."""

    def size(self) -> int: ...


class Graph(Protocol):
    """A FAISS graph, here only its links."""

    neighbors: Links


class FaissIndex(Protocol):
    """The used part of a FAISS index, which has no types. nlist: cells, only for "ivf"; hnsw: only for "hnsw"."""

    ntotal: int
    is_trained: bool
    nlist: int
    hnsw: Graph

    def train(self, rows: np.ndarray) -> None: ...

    def add(self, rows: np.ndarray) -> None: ...

    def search(self, queries: np.ndarray, top: int) -> tuple[np.ndarray, np.ndarray]: ...


class DenseIndex:
    """Rows (n, L) float32, searched by inner product: "flat" (exact), "ivf" (cells, some searched), "hnsw" (graph).

    Rows with a score ≤ 0 are left out, as in the sparse index. Raises ValueError without the package faiss-cpu.
    n_rows: expected number of rows, for the √n cells of "ivf", which are learned from the first rows added.
    """

    def __init__(self, n_words: int, *, kind: str = "flat", n_rows: int = 100_000) -> None:
        if kind not in _MAKERS:
            raise ValueError(f"unknown kind of index {kind!r}: choose one of {', '.join(_MAKERS)}")
        self.kind, self.n_words = kind, n_words
        self._index = _MAKERS[kind](faiss_library(), n_words, n_rows)

    @classmethod
    def build(cls, chunks: Iterable[np.ndarray], n_words: int, *, kind: str = "flat", n_rows: int = 100_000) -> Self:
        """The index of all rows of the chunks, of which one is held at a time."""
        index = cls(n_words, kind=kind, n_rows=n_rows)
        for chunk in chunks:
            index.add(chunk)
        return index

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def nbytes(self) -> int:
        """Memory of the index in bytes: the rows, and what the kind adds (ids and cells, or links)."""
        rows = len(self) * self.n_words * 4
        if self.kind == "ivf":
            return rows + len(self) * 8 + self._index.nlist * self.n_words * 4
        if self.kind == "hnsw":
            return rows + self._index.hnsw.neighbors.size() * 4 + len(self) * 12  # links, offsets, levels
        return rows

    def add(self, rows: np.ndarray) -> None:
        """Adds rows (m, L), an array. Raises ValueError for another width."""
        rows = np.ascontiguousarray(rows, dtype=np.float32)
        if rows.ndim != 2 or rows.shape[1] != self.n_words:
            raise ValueError(f"rows {rows.shape}, expected (m, {self.n_words})")
        if not self._index.is_trained:
            self._index.train(rows[: TRAINED_ON * self._index.nlist])
        self._index.add(rows)

    def search(self, query: np.ndarray, top: int = 10) -> SearchResult:
        """The `top` rows with the largest inner product, above 0. Raises ValueError for another width, top < 1."""
        query = np.ascontiguousarray(query, dtype=np.float32)
        if query.shape != (self.n_words,) or top < 1:
            raise ValueError(f"query {query.shape} and top {top}, expected ({self.n_words},) and at least 1")
        scores, rows = self._index.search(query[None], min(top, max(1, len(self))))
        kept = (rows[0] >= 0) & (scores[0] > 0)
        return SearchResult(rows[0][kept], scores[0][kept])


def _cells(faiss: ModuleType, n_words: int, n_rows: int) -> FaissIndex:
    cells = max(1, round(n_rows**0.5))
    index = faiss.IndexIVFFlat(faiss.IndexFlatIP(n_words), n_words, cells, faiss.METRIC_INNER_PRODUCT)
    index.nprobe = min(cells, PROBED)
    return index


_MAKERS: dict[str, Callable[[ModuleType, int, int], FaissIndex]] = {
    "flat": lambda faiss, n_words, n_rows: faiss.IndexFlatIP(n_words),
    "ivf": _cells,
    "hnsw": lambda faiss, n_words, n_rows: faiss.IndexHNSWFlat(n_words, LINKS, faiss.METRIC_INNER_PRODUCT),
}
