"""Independent component analysis: signed codes that are as independent as possible."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from concepts.extraction.base import SAMPLE, SampledExtractor
from concepts.extraction.least_squares import signed_codes
from concepts.extraction.methods import EXTRACTIONS
from concepts.extraction.pca import principal_directions, second_moments


def independent_atoms(Z: Tensor, *, seed: int, max_iterations: int, tolerance: float) -> Tensor:
    """The mixing matrix, transposed (k, k): its rows are the atoms of Z ≈ S M with independent columns of S (m, k).

    Z: (m, k), of full rank when centred. Computed by scikit-learn's FastICA (Hyvärinen & Oja 2000; logcosh, parallel).
    """
    from sklearn.decomposition import FastICA

    fast = FastICA(whiten="unit-variance", random_state=seed, max_iter=max_iterations, tol=tolerance)
    return torch.from_numpy(fast.fit(Z.double().cpu().numpy()).mixing_.T.copy()).to(Z)


class ICAExtractor(SampledExtractor):
    """`ica`: signed codes U = A V⁺, independent; atoms of unit length. Fitted by scikit-learn's FastICA.

    A = U V has no term for a mean. So the subspace is that of `pca`, *not centred* (the best of its rank, including the
    mean), and only the rotation within it is found on centred data. The codes are then the sources plus a constant
    each, which keeps them independent, and ‖A − U V‖ is that of `pca`.
    Raises ValueError when the centred activations span fewer directions than n_concepts.
    """

    about = EXTRACTIONS["ica"]

    def __init__(
        self,
        n_concepts: int,
        *,
        seed: int = 0,
        sample: int = SAMPLE,
        max_iterations: int = 500,
        tolerance: float = 1e-4,
    ) -> None:
        super().__init__(n_concepts, seed=seed, sample=sample)
        self.max_iterations = max_iterations
        self.tolerance = tolerance

    def _fit_sample(self, A: Tensor) -> Tensor:
        basis = principal_directions(second_moments([A]), self.n_concepts).to(A)  # (k, p)
        Z = A @ basis.T
        rank = int(torch.linalg.matrix_rank((Z - Z.mean(dim=0)).double(), rtol=1e-6))
        if rank < self.n_concepts:
            raise ValueError(
                f"the activations vary in {rank} directions, ica cannot give {self.n_concepts} concepts: ask for "
                "fewer, add photos, or choose another method"
            )
        mixing = independent_atoms(Z, seed=self.seed, max_iterations=self.max_iterations, tolerance=self.tolerance)
        V = normalize(mixing @ basis, dim=1)
        largest = V.gather(1, V.abs().argmax(dim=1, keepdim=True))
        return V * largest.sign()

    def _codes(self, A: Tensor, V: Tensor) -> Tensor:
        return signed_codes(A, V)
