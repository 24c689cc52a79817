"""BatchTopK sparse autoencoder (Bussmann et al. 2024): the number of codes varies by row, k_active on average."""

import torch
from torch import Tensor

from concepts.activations.rows import Rows
from concepts.extraction.methods import EXTRACTIONS
from concepts.extraction.sae import SparseAutoencoder, keep_largest_of_batch


class BatchTopKSAEExtractor(SparseAutoencoder):
    """`batchtopk_sae`: while training, the m · k_active largest of a batch's codes are kept; afterwards those above a
    threshold, so that a row's codes do not depend on the other rows. Atoms of unit length.

    The threshold is the mean over batches of the smallest code kept (Bussmann et al. 2024, eq. 5), measured over
    all rows once the weights are fixed.
    """

    about = EXTRACTIONS["batchtopk_sae"]

    def _sparsify(self, codes: Tensor) -> Tensor:
        return keep_largest_of_batch(codes, self.n_active)

    def _fit(self, rows: Rows) -> dict[str, Tensor]:
        self.state = super()._fit(rows)
        smallest = [_smallest_kept(self._sparsify(self._raw_codes(A))) for A in self._blocks(rows)]
        return {**self.state, "threshold": torch.stack(smallest).mean()}

    def _codes(self, A: Tensor, V: Tensor) -> Tensor:
        codes = self._raw_codes(A)
        return codes * (codes >= self.state["threshold"].to(A))


def _smallest_kept(codes: Tensor) -> Tensor:
    """The smallest entry above 0; 0 where there is none."""
    smallest = torch.where(codes > 0, codes, torch.inf).min()
    return torch.where(smallest.isinf(), torch.zeros_like(smallest), smallest)
