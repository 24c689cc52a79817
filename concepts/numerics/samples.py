"""Samples of many images: evenly spaced ones and seeded ones."""

import numpy as np

PERMUTED = 2**20  # of more, a permutation takes too much memory: 8 bytes each


def even_sample(n: int, size: int) -> list[int]:
    """At most `size` of 0 … n − 1, evenly spaced, in order; with two or more, the first and the last are included."""
    return np.linspace(0, n - 1, min(size, n)).round().astype(int).tolist()


def random_sample(n: int, size: int, *, seed: int) -> list[int]:
    """At most `size` of 0 … n − 1, drawn without replacement, in order.

    Of more than 2**20, in memory of the sample where that is at most a twentieth of them.
    """
    generator = np.random.default_rng(seed)
    if n <= PERMUTED:
        return sorted(generator.permutation(n)[:size].tolist())
    return sorted(generator.choice(n, min(size, n), replace=False, shuffle=False).tolist())
