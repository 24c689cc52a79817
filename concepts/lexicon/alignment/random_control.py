"""`random`: the control that every bridge must beat."""

import torch
from torch import Tensor

from concepts.lexicon.alignment.bridge import Bridge
from concepts.lexicon.alignment.pairs import Pairs


def random_bridge(photos: Tensor, texts: Tensor, *, seed: int = 0) -> Bridge:
    """A bridge y = s (x − x̄) Q + ȳ with a seeded random Q, uniform among those that preserve lengths and angles.

    It uses the means and the spread of photos (m, p) and texts (m, d), but not their pairing. Raises ValueError as
    `Pairs` does.
    """
    pairs = Pairs(photos, texts)
    p, d = pairs.X.shape[1], pairs.Y.shape[1]
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(max(p, d), min(p, d), generator=generator, dtype=torch.float64)
    Q, R = torch.linalg.qr(noise)
    Q = (Q * R.diagonal().sign()).to(pairs.X)  # the sign makes it uniform (Mezzadri 2007)
    return pairs.bridge(pairs.scaled(Q if p >= d else Q.T), "random", seed)
