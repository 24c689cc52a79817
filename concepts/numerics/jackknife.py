"""95% intervals over photos without resampling, from each photo's influence on a figure."""

import numpy as np

from concepts.numerics.intervals import Estimate

NORMAL = 1.959964


def jackknife_estimate(value: float, pulls: np.ndarray) -> Estimate:
    """The figure with its interval from each photo's influence (n,); the influences sum to 0.

        value ± 1.96 √(n / (n − 1) Σ pull²)

    The pull of a photo is the derivative of the figure by the photo's weight, times that weight. Tokens of one photo
    may be dependent. Source: the infinitesimal jackknife (Efron 1982). NaN bounds for a single photo.
    """
    n = len(pulls)
    if n < 2:
        return Estimate(value)
    half = NORMAL * float(np.sqrt(n / (n - 1) * np.square(pulls).sum()))
    return Estimate(value, value - half, value + half)
