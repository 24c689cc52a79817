"""What a code loses of many vectors: the error and the recall, a chunk at a time, however many there are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from concepts.numerics.intervals import bootstrap_means
from concepts.numerics.samples import random_sample
from concepts.storage.typed_json import Positive, Share
from concepts.token_search.exact import cosines, unit_queries
from concepts.token_search.neighbours import Neighbours, shares_found

if TYPE_CHECKING:
    from torch import Tensor

QUERIES, TOP = 200, 10
VALUES = 2**22  # of vectors held at a time: 16 MB in float32
Vectors = Callable[[int, int], "Tensor"]  # first and last + 1 → (m, p) float32: these vectors, such as after a code


@dataclass(frozen=True)
class Loss:
    """What a code loses. error: ‖A − Â‖ / ‖A‖. recall at 10, with a 95% interval over the queries."""

    error: Positive
    recall: Share
    low: Share
    high: Share


@dataclass(frozen=True, eq=False)
class Searched:
    """Vectors A (m, p), some of them as queries (q,), and for each of these the 10 others among all that are most like
    it. seed: of the interval."""

    A: "Tensor"
    own: np.ndarray
    exact: Neighbours
    seed: int

    @classmethod
    def of(cls, A: "Tensor", *, seed: int) -> Self:
        """200 queries drawn by the seed. Raises ValueError where all that were drawn are zero."""
        own = np.array(random_sample(len(A), QUERIES, seed=seed + 1))
        own = own[A[own].any(dim=1).numpy()]
        if len(own) == 0:
            raise ValueError("all tokens that were drawn are zero: there is nothing to search, choose another layer")
        q, found = unit_queries(A[own], A.shape[1]), Neighbours.none(len(own))
        for start, end in chunks(*A.shape):
            found = _with(found, start, A[start:end], q)
        return cls(A, own, found.without(own), seed)

    def loss(self, decoded: Vectors) -> Loss:
        """What is lost where `decoded` are the vectors; the queries are exact, each without itself."""
        q, found = unit_queries(self.A[self.own], self.A.shape[1]), Neighbours.none(len(self.own))
        lost = whole = 0.0
        for start, end in chunks(*self.A.shape):
            A, coded = self.A[start:end].float(), decoded(start, end)
            found = _with(found, start, coded, q)
            lost, whole = lost + float((A - coded).norm()) ** 2, whole + float(A.norm()) ** 2
        rows = found.without(self.own).rows
        truth = np.concatenate([cosines(self.A[each].float(), q[i : i + 1]) for i, each in enumerate(rows)])
        shares = shares_found(Neighbours(rows, truth), self.exact)
        low, high = np.quantile(bootstrap_means(shares, seed=self.seed), [0.025, 0.975])
        return Loss((lost / max(whole, 1e-60)) ** 0.5, float(shares.mean()), float(low), float(high))


def _with(found: Neighbours, start: int, vectors: "Tensor", q: "Tensor") -> Neighbours:
    """The nearest so far, and among vectors whose first has the number `start`."""
    rows = np.arange(start, start + len(vectors))
    return found.joined(Neighbours.best(rows, cosines(vectors.float(), q), TOP + 1), TOP + 1)


def chunks(n: int, channels: int) -> Iterator[tuple[int, int]]:
    """First and last + 1 of parts of n vectors, of about four million values each."""
    size = max(1, VALUES // channels)
    return ((start, min(start + size, n)) for start in range(0, n, size))
