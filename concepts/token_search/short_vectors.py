"""Short vectors whose cosine is never below that of the vectors they stand for: what they tell apart is apart."""

import numpy as np

from concepts.numerics.samples import random_sample

SHORT = 48  # directions; with 32, six times as many pairs of 300,000 made-up tokens had to be compared in full
DRAWN = 4096  # vectors that the directions are found from
ROUNDS = 3
CHUNK = 2**20  # values at a time, 8 MB as float64
SLACK = 5e-4  # of a cosine: more than float32 can round in a sum of 4,000 products of vectors of length 1


def short_vectors(unit: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """(n, k + 1) float32: the coordinates of rows x (n, p) of length 1 on k ≤ 48 orthonormal directions, and the length
    of what these leave.

        z = (V x, ‖x − Vᵀ V x‖)      V: (k, p)

    Its length is 1, and no pair is further apart than in full, whatever V is: what V leaves of x and of y has at most
    the product of its lengths as its own (Cauchy and Schwarz), so

        ⟨x, y⟩ = ⟨V x, V y⟩ + ⟨x − Vᵀ V x, y − Vᵀ V y⟩ ≤ ⟨z_x, z_y⟩.

    Computed in float64 and rounded: to 5e-4 (`SLACK`), that holds for what float32 makes of both sides. V follows the
    directions along which 4,096 rows, drawn with the seed, are longest, so that few pairs look alike that are not.
    Read in chunks.
    """
    V = _axes(unit, seed)
    short = np.empty((len(unit), V.shape[1] + 1), np.float32)
    size = max(1, CHUNK // unit.shape[1])
    for start in range(0, len(unit), size):
        x = unit[start : start + size].astype(np.float64)
        z = x @ V
        left = np.einsum("mp,mp->m", x, x) - np.einsum("mk,mk->m", z, z)
        short[start : start + size] = np.column_stack([z, np.sqrt(np.maximum(left, 0))])
    return short


def _axes(unit: np.ndarray, seed: int) -> np.ndarray:
    """(p, k) float64, orthonormal: nearly the first principal directions, uncentred, by subspace iteration on a drawn
    sample (Halko, Martinsson & Tropp, SIAM Review 2011, algorithm 4.4)."""
    A = unit[random_sample(len(unit), DRAWN, seed=seed)].astype(np.float64)
    V = np.random.default_rng(seed).standard_normal((A.shape[1], min(SHORT, A.shape[1])))
    for _ in range(ROUNDS):
        V, _ = np.linalg.qr(A.T @ (A @ V))
    return V
