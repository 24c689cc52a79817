"""What a mixture of normals makes of gradual change, by itself and told both shapes."""

import warnings

import numpy as np
from scipy.special import logsumexp
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from tests.support.made_up_evidence import Continuum

SHAPES = ("spherical", "diag", "tied", "full")  # of covariances
MOST_GROUPS, N_STARTS, N_PLACES = 4, 3, 1000


def n_groups_by_bic(phi: np.ndarray) -> int:
    """How many normals, 1 to 4 with covariances of any shape, have the best BIC for (n, k) importances.

    BIC: Schwarz 1978 (Annals of Statistics 6).
    """
    tried = [_fitted(phi, m, shape) for m in range(1, MOST_GROUPS + 1) for shape in SHAPES]
    return min(tried, key=lambda mixture: mixture.bic(phi)).n_components


def for_two_groups(phi: np.ndarray, continuum: Continuum, shape: str = "spherical") -> float:
    """Log-likelihood ratio, in nats, of the best two normals with covariances of this shape against the true continuum.

    Both families are told; only the two normals are fitted. Above 0 two groups are the likelier.
    """
    two = _fitted(phi, 2, shape)
    return float(two.score(phi) * len(phi)) - along(phi, continuum)


def along(phi: np.ndarray, continuum: Continuum) -> float:
    """log p of (n, k) importances on the continuum, in nats: p(x) = ∫₀¹ N(x; way(t), I) dt, by the midpoint rule."""
    k = phi.shape[1]
    way = continuum.way((np.arange(N_PLACES) + 0.5) / N_PLACES, k)
    squared = np.square(phi[:, None, :] - way).sum(axis=2)  # (n, places)
    each = logsumexp(-squared / 2, axis=1) - np.log(N_PLACES) - k / 2 * np.log(2 * np.pi)
    return float(each.sum())


def _fitted(phi: np.ndarray, m: int, shape: str) -> GaussianMixture:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # four full normals of a hundred images
        return GaussianMixture(m, covariance_type=shape, n_init=N_STARTS, random_state=0).fit(phi)
