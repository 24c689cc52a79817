"""Principal components, not centred, so that Â = U V holds and u = 0 means "concept absent"."""

from collections.abc import Iterable
from functools import reduce

import torch
from torch import Tensor

from concepts.activations.rows import Rows
from concepts.extraction.base import Extractor
from concepts.extraction.methods import EXTRACTIONS


def second_moments(parts: Iterable[Tensor]) -> Tensor:
    """Aᵀ A (p, p) in float64, summed over the parts (m, p) of A."""
    return reduce(torch.add, (A.T.double() @ A.double() for A in parts))


def principal_directions(moments: Tensor, k: int) -> Tensor:
    """V (k, p), V Vᵀ = I: the eigenvectors of the second moments (p, p), largest eigenvalue first.

    The sign of each is fixed so that its largest entry is positive.
    """
    V = torch.linalg.eigh(moments).eigenvectors.T.flip(0)[:k]
    largest = V.gather(1, V.abs().argmax(dim=1, keepdim=True))
    return V * largest.sign()


class PCAExtractor(Extractor):
    """`pca`: orthonormal atoms (V Vᵀ = I), signed codes U = A Vᵀ, *not centred*: the truncated SVD of A.

    Exact over all rows, from the p × p second moments, without randomness. Raises ValueError when n_concepts exceeds
    the channels.
    """

    about = EXTRACTIONS["pca"]

    def _fit(self, rows: Rows) -> dict[str, Tensor]:
        V = principal_directions(second_moments(self._blocks(rows)), self.n_concepts)
        return {"components": V.to(rows.read(0, 0).dtype)}

    def _codes(self, A: Tensor, V: Tensor) -> Tensor:
        return A @ V.T
