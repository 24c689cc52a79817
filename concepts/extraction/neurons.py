"""The control without learning: each concept is one channel."""

from functools import reduce

import torch
from torch import Tensor

from concepts.activations.rows import Rows
from concepts.extraction.base import Extractor
from concepts.extraction.methods import EXTRACTIONS


class NeuronsExtractor(Extractor):
    """`neurons`: V = rows of the identity for the k channels with the largest energy Σ a², largest first; U = A Vᵀ.

    The energy is over all rows; with k = p nothing is lost. Raises ValueError when n_concepts exceeds the channels.
    """

    about = EXTRACTIONS["neurons"]

    def _fit(self, rows: Rows) -> dict[str, Tensor]:
        energy = reduce(torch.add, (A.double().square().sum(dim=0) for A in self._blocks(rows)))
        strongest = energy.argsort(descending=True, stable=True)[: self.n_concepts]
        return {"components": torch.nn.functional.one_hot(strongest, rows.shape[1]).to(rows.read(0, 0).dtype)}

    def _codes(self, A: Tensor, V: Tensor) -> Tensor:
        return A @ V.T
