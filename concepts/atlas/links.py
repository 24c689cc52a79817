"""Concepts that a matching pairs above chance, as arrays: a thousand reports have millions of such pairs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_array


@dataclass(frozen=True)
class ConceptLink:
    """Two concepts of different reports, by their row in the space, that a matching pairs above chance."""

    a: int
    b: int
    cosine: float


@dataclass(frozen=True, eq=False)
class ConceptLinks:
    """m links: rows a and b (m,), no pair twice, and their cosines (m,)."""

    a: np.ndarray
    b: np.ndarray
    cosine: np.ndarray

    @classmethod
    def of(cls, links: Sequence[ConceptLink]) -> Self:
        """Those of a list, in its order."""
        ends = np.array([(link.a, link.b) for link in links], dtype=np.int64).reshape(-1, 2)
        return cls(ends[:, 0], ends[:, 1], np.array([link.cosine for link in links], dtype=np.float64))

    @classmethod
    def joined(cls, parts: Sequence["ConceptLinks"]) -> Self:
        """All of these, best first; of equal ones, the smaller rows first."""
        if not parts:
            return cls.of([])
        a, b, cosine = (np.concatenate([getattr(part, name) for part in parts]) for name in ("a", "b", "cosine"))
        order = np.lexsort((b, a, -cosine))
        return cls(a[order], b[order], cosine[order])

    def __len__(self) -> int:
        return len(self.a)

    def __iter__(self) -> Iterator[ConceptLink]:
        return (ConceptLink(*each) for each in zip(*map(np.ndarray.tolist, (self.a, self.b, self.cosine)), strict=True))

    def forest(self, n: int) -> list[ConceptLink]:
        """Of links sorted best first, among n rows, those that join two unconnected parts (Kruskal's algorithm)."""
        from scipy.sparse.csgraph import minimum_spanning_tree

        kept = np.sort(minimum_spanning_tree(self._graph(n)).data).astype(np.int64) - 1
        return list(ConceptLinks(self.a[kept], self.b[kept], self.cosine[kept]))

    def roots(self, n: int) -> list[int]:
        """(n,) the smallest row of each row's group."""
        from scipy.sparse.csgraph import connected_components

        _, groups = connected_components(self._graph(n), directed=False)
        _, first = np.unique(groups, return_index=True)
        return first[groups].tolist()

    def _graph(self, n: int) -> "csr_array":
        """(n, n): 1 for the best link, 2 for the next, and so on."""
        from scipy.sparse import csr_array

        return csr_array((np.arange(1.0, len(self) + 1), (self.a, self.b)), shape=(n, n))
