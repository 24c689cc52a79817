"""TopK sparse autoencoder (Gao et al. 2024)."""

from torch import Tensor

from concepts.extraction.methods import EXTRACTIONS
from concepts.extraction.sae import SparseAutoencoder, keep_largest


class TopKSAEExtractor(SparseAutoencoder):
    """`topk_sae`: U = TopK(relu(A W + b)), at most k_active codes per row; atoms of unit length."""

    about = EXTRACTIONS["topk_sae"]

    def _sparsify(self, codes: Tensor) -> Tensor:
        return keep_largest(codes, self.n_active)

    def _codes(self, A: Tensor, V: Tensor) -> Tensor:
        return self._sparsify(self._raw_codes(A))
