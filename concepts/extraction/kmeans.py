"""K-means: every activation belongs to one concept (ACE's clustering step)."""

import torch
from torch import Tensor

from concepts.extraction.base import SampledExtractor
from concepts.extraction.methods import EXTRACTIONS
from concepts.numerics.one_thread import one_thread

SPREAD_FROM = 4096  # rows


class KMeansExtractor(SampledExtractor):
    """`kmeans`: atoms are cluster centres, every row of U is one-hot. Fitted by scikit-learn (k-means++ start)."""

    about = EXTRACTIONS["kmeans"]

    def _fit_sample(self, A: Tensor) -> Tensor:
        return centres(A, self.n_concepts, self.seed)

    def _codes(self, A: Tensor, V: Tensor) -> Tensor:
        nearest = (V.square().sum(dim=1) - 2 * A @ V.T).argmin(dim=1)  # ‖a‖² is the same for all centres
        return torch.nn.functional.one_hot(nearest, len(V)).to(A.dtype)


def centres(A: Tensor, k: int, seed: int, *, max_iterations: int = 300) -> Tensor:
    """(k, p): the k-means centres of A (m, p), each the mean of its rows; by scikit-learn, one k-means++ start."""
    from sklearn.cluster import KMeans

    with one_thread():  # its threads wait for each other on a busy machine
        fitted = KMeans(k, random_state=seed, n_init=1, max_iter=max_iterations).fit(A.cpu().numpy())
    return torch.from_numpy(fitted.cluster_centers_).to(A)


def spread_rows(A: Tensor, k: int, seed: int) -> Tensor:
    """(k,) indices of rows whose directions differ, by k-means++ (scikit-learn) among the first SPREAD_FROM rows."""
    from sklearn.cluster import kmeans_plusplus

    directions = torch.nn.functional.normalize(A[:SPREAD_FROM], dim=1)
    alive = directions.any(dim=1).nonzero().flatten()  # a row of zeros has no direction
    alive = alive if len(alive) >= k else torch.arange(len(directions), device=A.device)
    _, indices = kmeans_plusplus(directions[alive].cpu().numpy(), k, random_state=seed)
    return alive[torch.from_numpy(indices).long().to(A.device)]
