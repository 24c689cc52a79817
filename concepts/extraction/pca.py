"""Principal components, not centred, so that Â = U V holds and u = 0 means "concept absent"."""

import torch
from torch import Tensor

from concepts.extraction.base import Extractor


class PCAExtractor(Extractor):
    """`pca`: orthonormal atoms (V Vᵀ = I), signed codes U = A Vᵀ, *not centred*: the truncated SVD of A.

    The sign of each atom is fixed so that its largest entry is positive. Exact, from the p × p second moments;
    there is nothing random in it. Raises ValueError when more concepts than channels are asked for.
    """

    method = "pca"

    signed_codes = True

    def _fit(self, A: Tensor) -> Tensor:
        if self.n_concepts > A.shape[1]:
            raise ValueError(
                f"pca gives at most {A.shape[1]} concepts here (the channels), asked for {self.n_concepts}"
            )
        moments = A.T.double() @ A.double()
        V = torch.linalg.eigh(moments).eigenvectors.T.flip(0)[: self.n_concepts]
        largest = V.gather(1, V.abs().argmax(dim=1, keepdim=True))
        return (V * largest.sign()).to(A.dtype)

    def _codes(self, A: Tensor, V: Tensor) -> Tensor:
        return A @ V.T
