"""Some of many: an even pick, a seeded one."""

import numpy as np


def evenly(n: int, wanted: int) -> list[int]:
    """At most `wanted` of 0 … n − 1, as far apart as can be, in order; the first and the last among them."""
    return np.linspace(0, n - 1, min(wanted, n)).round().astype(int).tolist()


def drawn(n: int, wanted: int, *, seed: int) -> list[int]:
    """At most `wanted` of 0 … n − 1, drawn without replacement, in order."""
    return sorted(np.random.default_rng(seed).permutation(n)[:wanted].tolist())
