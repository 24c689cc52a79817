"""Archetypal sparse autoencoder: atoms inside the convex hull of the data, hence stable (Fel et al. 2025)."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from concepts.activations.rows import MemoryRows, sample_rows
from concepts.extraction.kmeans import centres
from concepts.extraction.methods import EXTRACTIONS
from concepts.extraction.sae import SparseAutoencoder, Weights, keep_largest, onto_simplex

ROWS_PER_CANDIDATE = 20


class ArchetypalSAEExtractor(SparseAutoencoder):
    """`archetypal_sae`: a TopK autoencoder whose atoms are V = S C + Λ (Fel et al. 2025, eq. 3-4).

    C (c, p): k-means centres of a sample of the rows, so that they lie in the hull of the data; S (k, c): weights ≥ 0
    that sum to 1; Λ (k, p): ‖Λ_j‖ ≤ relaxation. With the default, 0, every atom lies in the hull exactly; above 0 it
    is the paper's relaxed version, with atoms at most that far from the hull. The unit of length is the rows' root mean
    square norm. Atoms have the length of activations, *not* unit length; S and Λ are projected after every step.
    """

    about = EXTRACTIONS["archetypal_sae"]

    def __init__(
        self,
        n_concepts: int,
        *,
        seed: int = 0,
        k_active: int | None = None,
        steps: int = 1000,
        batch_size: int = 1024,
        learning_rate: float = 3e-3,
        candidates: int = 256,
        relaxation: float = 0.0,
    ) -> None:
        super().__init__(
            n_concepts, seed=seed, k_active=k_active, steps=steps, batch_size=batch_size, learning_rate=learning_rate
        )
        if candidates < n_concepts or relaxation < 0:
            raise ValueError(
                f"candidates {candidates} and relaxation {relaxation}: give at least {n_concepts} (n_concepts) and 0"
            )
        self.candidates = candidates
        self.relaxation = relaxation

    def _sparsify(self, codes: Tensor) -> Tensor:
        return keep_largest(codes, self.n_active)

    def _prepare(self, sample: Tensor) -> Tensor:
        few = sample_rows(MemoryRows(sample), ROWS_PER_CANDIDATE * self.candidates, self.seed)
        self._centres = centres(few, min(self.candidates, len(few)), self.seed, max_iterations=20)
        return self._centres

    def _in_data_units(self, weights: Weights, scale: Tensor) -> dict[str, Tensor]:
        """The state in data units: here the atoms are rescaled, not the codes, so that they lie in the data's hull."""
        V = self._decode(weights.atoms) * scale
        return {"components": V, "encoder": weights.encoder / scale, "bias": weights.bias}

    def _start(self, rows: Tensor) -> Tensor:
        """[S, Λ] (k', c + p): S selects each row's nearest candidate in direction, Λ = 0."""
        C = self._centres
        nearest = (normalize(rows, dim=1) @ normalize(C, dim=1).T).argmax(dim=1)
        return torch.cat([torch.nn.functional.one_hot(nearest, len(C)).to(C), torch.zeros_like(rows)], dim=1)

    def _decode(self, atoms: Tensor) -> Tensor:
        S, offset = atoms.split([len(self._centres), self._centres.shape[1]], dim=1)
        return S @ self._centres + offset

    def _project(self, atoms: Tensor) -> Tensor:
        S, offset = atoms.split([len(self._centres), self._centres.shape[1]], dim=1)
        length = offset.norm(dim=1, keepdim=True)
        shrink = (self.relaxation / length.clamp(min=torch.finfo(length.dtype).tiny)).clamp(max=1)
        return torch.cat([onto_simplex(S), offset * shrink], dim=1)

    def _codes(self, A: Tensor, V: Tensor) -> Tensor:
        return self._sparsify(self._raw_codes(A))
