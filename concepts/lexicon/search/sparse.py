"""An inverted index: for each word the rows that contain it, so that a query touches only rows sharing a word with it.

The data structure was chosen by measurement (benchmarks/search.py; a million rows, a query of 32 words, one thread, on
a busy machine): multiplying the query's columns of a SciPy CSC matrix by its weights takes 8 to 13 ms, in one part or
in parts of 2^18 rows, which allow adding rows; NumPy word by word 17 to 31, SciPy's sparse product 47 to 81, all rows
64 to 100. bm25s's own kernel took two thirds of the time of one part, but it counts words: it takes no query weights.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeAlias

import numpy as np
from scipy import sparse

from concepts.lexicon.search.base import SearchResult, best
from concepts.storage.store import new_file
from concepts.storage.typed_json import Count, from_json, to_json

PART = 2**18  # maximum number of rows moved at once when rows are added
ARRAYS = ("data", "indices", "indptr")
Rows: TypeAlias = np.ndarray | sparse.spmatrix | sparse.sparray


@dataclass(frozen=True)
class Header:
    """The header before the arrays of a stored index: n_words, L; the number of rows of each part."""

    n_words: Count
    rows: tuple[Count, ...]

    @property
    def metadata(self) -> dict[str, str]:
        """The metadata of a .safetensors file: one JSON text per field."""
        return {name: json.dumps(value) for name, value in to_json(self).items()}

    @classmethod
    def of(cls, metadata: Mapping[str, str], source: str) -> Self:
        """The header from such metadata. Raises ValueError, naming the source and the field, for anything else."""
        text = ", ".join(f"{json.dumps(name)}: {value}" for name, value in metadata.items())
        return from_json(cls, f"{{{text}}}", source=source)


class SparseIndex:
    """Rows (n, L) ≥ 0, few of them above 0, searched by inner product over shared words only.

        score(q, d) = Σ_w q_w d_w

    Exact: equal to the dense product, to float32. 8 bytes for each nonzero number. Rows lie in parts of at most 2^18;
    small parts are merged as they grow, so that adding a row is cheap in batches of any size.
    """

    def __init__(self, n_words: int) -> None:
        if n_words < 1:
            raise ValueError(f"n_words is {n_words}: an index needs at least one word")
        self.n_words = n_words
        self._parts: list[sparse.csc_matrix] = []  # (rows, L) each

    @classmethod
    def build(cls, chunks: Iterable[Rows], n_words: int) -> Self:
        """The index of all rows of the chunks, each as for `add`; one chunk is held at a time."""
        index = cls(n_words)
        for chunk in chunks:
            index.add(chunk)
        return index

    def __len__(self) -> int:
        return sum(part.shape[0] for part in self._parts)

    @property
    def nbytes(self) -> int:
        """Memory of the index in bytes."""
        return sum(getattr(part, name).nbytes for part in self._parts for name in ARRAYS)

    def add(self, rows: Rows) -> None:
        """Adds rows (m, L), a SciPy sparse matrix or an array; empty rows are kept and never found.

        Raises ValueError for another width, and for numbers below 0 or not finite.
        """
        matrix = _checked(rows, self.n_words)
        for start in range(0, matrix.shape[0], PART):
            self._parts.append(matrix[start : start + PART].tocsc())
            self._join()

    def _join(self) -> None:
        """Merges the last two parts while the one before is not much larger: few parts, each row moved rarely."""
        while len(self._parts) > 1:
            before, last = (part.shape[0] for part in self._parts[-2:])
            if before > 2 * last or before + last > PART:
                return
            self._parts[-2:] = [sparse.vstack(self._parts[-2:], format="csc")]

    def search(self, query: Rows, top: int = 10) -> SearchResult:
        """The `top` rows with the largest score above 0, in a tie the earlier first; fewer if fewer rows share a word
        with the query, none for an empty query.

        query: (L,), or a SciPy sparse row. Raises ValueError for another width, numbers below 0, or top < 1.
        """
        return best(self.scores(query), top)

    def scores(self, query: Rows) -> np.ndarray:
        """(n,) float32: the score of every row."""
        row = query if sparse.issparse(query) else np.asarray(query)[None]
        asked = _checked(row, self.n_words)
        if asked.shape[0] != 1:
            raise ValueError(f"the query has {asked.shape[0]} rows, expected one: ask for one at a time")
        parts = [part[:, asked.indices] @ asked.data for part in self._parts]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    def row(self, i: int) -> tuple[np.ndarray, np.ndarray]:
        """(words, values) of a row, largest first. Raises IndexError outside 0 … n − 1."""
        if not 0 <= i < len(self):
            raise IndexError(f"row {i} was asked for, the index has 0 to {len(self) - 1}")
        for part in self._parts:
            if i < part.shape[0]:
                break
            i -= part.shape[0]
        at = np.flatnonzero(part.indices == i)
        words = np.searchsorted(part.indptr, at, side="right") - 1
        order = np.argsort(-part.data[at], kind="stable")
        return words[order], part.data[at][order]

    def save(self, path: str | Path) -> None:
        """Writes the index to one .safetensors file, atomically."""
        from safetensors.numpy import save_file

        arrays = {f"{name}.{i}": getattr(part, name) for i, part in enumerate(self._parts) for name in ARRAYS}
        header = Header(self.n_words, tuple(part.shape[0] for part in self._parts))
        with new_file(Path(path)) as unfinished:
            save_file(arrays, unfinished, header.metadata)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """The saved index. Raises ValueError for a file that holds none, or a damaged one."""
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, "numpy") as file:
                header = Header.of(file.metadata() or {}, Path(path).name)
                index = cls(header.n_words)
                for i, n_rows in enumerate(header.rows):
                    arrays = tuple(file.get_tensor(f"{name}.{i}") for name in ARRAYS)
                    part = sparse.csc_matrix(arrays, shape=(n_rows, index.n_words))
                    part.check_format(full_check=True)  # an index out of range would read foreign memory
                    index._parts.append(part)
        except (OSError, SafetensorError, ValueError) as error:
            raise ValueError(f"{str(path)!r} holds no index of words ({error}): build it anew") from error
        return index


def _checked(rows: Rows, n_words: int) -> sparse.csr_matrix:
    """A float32 copy without stored zeros. Raises ValueError for another width, and numbers < 0 or not finite."""
    matrix = sparse.csr_matrix(rows, dtype=np.float32, copy=True)
    if matrix.shape[1] != n_words:
        raise ValueError(
            f"{matrix.shape[1]} words in a row, the index has {n_words}: use the lexicon it was built with"
        )
    if not np.isfinite(matrix.data).all() or (matrix.data < 0).any():
        raise ValueError("an inverted index takes numbers ≥ 0 that are finite: give lexical activations")
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix
