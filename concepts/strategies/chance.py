"""What chance shows: images without groups that are otherwise like the given ones, and a measure of two bells."""

import numpy as np


def shuffled(E: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(n, k): each column of E (n, k) in another order, so that ranks are correlated as in E and nothing else is.

    Rows of a normal distribution with the covariance of the normal scores of E give the order: a Gaussian copula with
    the observed margins. The margins keep their shape, so that tails, skewness, zeros and modes of single concepts are
    not taken for groups.
    """
    from scipy.stats import norm, rankdata

    n = len(E)
    scores = norm.ppf((rankdata(E, axis=0) - 0.5) / n)
    order = np.argsort(rng.normal(size=(n, n)) @ scores, axis=0, kind="stable")
    other = np.empty_like(E)
    np.put_along_axis(other, order, np.sort(E, axis=0), axis=0)
    return other


def bell_ratio(x: np.ndarray) -> float:
    """Log-likelihood ratio of two normal populations of equal spread in x (n,), the sides of 0 first, against one."""
    from sklearn.mixture import GaussianMixture

    high = x > 0
    if high.all() or not high.any() or not np.ptp(x):
        return 0.0
    x = (x - x.mean()) / x.std()
    means = np.array([[x[~high].mean()], [x[high].mean()]])
    two = GaussianMixture(2, covariance_type="tied", means_init=means, tol=1e-2, random_state=0).fit(x[:, None])
    one = -0.5 * (1 + np.log(2 * np.pi))
    return float(len(x) * (two.score(x[:, None]) - one))
