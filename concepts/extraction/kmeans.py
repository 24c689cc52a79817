"""K-means: every activation belongs to one concept (ACE's clustering step)."""

import torch
from torch import Tensor

from concepts.extraction.base import SampledExtractor


class KMeansExtractor(SampledExtractor):
    """`kmeans`: atoms are cluster centres, every row of U is one-hot. Fitted by scikit-learn (k-means++ start)."""

    method = "kmeans"

    def _fit_sample(self, A: Tensor) -> Tensor:
        return centres(A, self.n_concepts, self.seed)

    def _codes(self, A: Tensor, V: Tensor) -> Tensor:
        nearest = (V.square().sum(dim=1) - 2 * A @ V.T).argmin(dim=1)  # ‖a‖² is the same for all centres
        return torch.nn.functional.one_hot(nearest, len(V)).to(A.dtype)


def centres(A: Tensor, k: int, seed: int, *, max_iterations: int = 300) -> Tensor:
    """(k, p): the k-means centres of A (m, p), each the mean of its rows; scikit-learn's, one k-means++ start."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # its threads wait for each other on a busy machine
        fitted = KMeans(k, random_state=seed, n_init=1, max_iter=max_iterations).fit(A.cpu().numpy())
    return torch.from_numpy(fitted.cluster_centers_).to(A)
