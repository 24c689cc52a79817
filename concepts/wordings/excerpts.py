"""Texts over the whole range of a concept's activation: the top alone makes a concept look purer than it is."""

from dataclasses import dataclass

import numpy as np

N_DECILES = 10


@dataclass(frozen=True, eq=False)
class Decile:
    """Texts drawn from a tenth of the active texts.

    low, high: the least and the largest code in the tenth. n: texts in it. texts: indices of those drawn, the largest
    code first.
    """

    low: float
    high: float
    n: int
    texts: np.ndarray


def excerpts_over_deciles(codes: np.ndarray, *, per_decile: int = 2, seed: int = 0) -> tuple[Decile, ...]:
    """Up to ten tenths of the texts in which a concept is active, the most active first, each with texts drawn from it.

    codes: (n,) of one concept; texts with a code above 0 count. Fewer than ten active texts give as many parts as there
    are texts; none gives none. Equal codes keep the order of the texts. Raises ValueError for codes of another shape.
    """
    if codes.ndim != 1:
        raise ValueError(f"codes have the shape {codes.shape}, expected (n,): give those of one concept")
    generator = np.random.default_rng(seed)
    active = np.flatnonzero(codes > 0)
    order = active[np.argsort(-codes[active], kind="stable")]
    parts = np.array_split(order, min(N_DECILES, len(order))) if len(order) else []
    return tuple(_decile(codes, part, per_decile, generator) for part in parts)


def _decile(codes: np.ndarray, part: np.ndarray, size: int, generator: np.random.Generator) -> Decile:
    drawn = np.sort(generator.permutation(len(part))[:size])  # places in the part, which is sorted
    return Decile(float(codes[part[-1]]), float(codes[part[0]]), len(part), part[drawn])
