"""K-means: every activation belongs to one concept (ACE's clustering step)."""

import torch
from torch import Tensor

from concepts.extraction.base import Extractor


class KMeansExtractor(Extractor):
    """`kmeans`: atoms are cluster centres, every row of U is one-hot. Fitted by scikit-learn (k-means++ start)."""

    method = "kmeans"

    def _fit(self, A: Tensor) -> Tensor:
        from sklearn.cluster import KMeans

        fitted = KMeans(self.n_concepts, random_state=self.seed, n_init=1).fit(A.cpu().numpy())
        return torch.from_numpy(fitted.cluster_centers_).to(A)

    def _codes(self, A: Tensor, V: Tensor) -> Tensor:
        nearest = (V.square().sum(dim=1) - 2 * A @ V.T).argmin(dim=1)  # ‖a‖² is the same for all centres
        return torch.nn.functional.one_hot(nearest, len(V)).to(A.dtype)
