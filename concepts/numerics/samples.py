"""Samples of many images: evenly spaced ones and seeded ones."""

import numpy as np


def even_sample(n: int, size: int) -> list[int]:
    """At most `size` of 0 … n − 1, evenly spaced, in order; with two or more, the first and the last are included."""
    return np.linspace(0, n - 1, min(size, n)).round().astype(int).tolist()


def random_sample(n: int, size: int, *, seed: int) -> list[int]:
    """At most `size` of 0 … n − 1, drawn without replacement, in order."""
    return sorted(np.random.default_rng(seed).permutation(n)[:size].tolist())
