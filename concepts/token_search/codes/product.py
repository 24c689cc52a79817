"""Product codes: the channels are cut into parts, and each part is written as the number of its nearest centre."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.token_search.building import bytes_of_a_code
from concepts.token_search.codes.base import Encoded

if TYPE_CHECKING:
    import torch
    from torch import Tensor

CENTRES, STEPS, FITTED = 256, 10, 10_000


@dataclass(frozen=True, eq=False)
class Product:
    """One byte for each of b parts of p / b channels, eight or more: 97 channels are one part.

    centres: (b, at most 256, p / b).
    """

    centres: "Tensor"

    @property
    def shared(self) -> int:
        return 4 * self.centres.numel()

    def encode(self, A: "Tensor") -> Encoded:
        parts = A.reshape(len(A), len(self.centres), -1)
        numbers = [nearest(parts[:, i], centres).numpy() for i, centres in enumerate(self.centres)]
        return (np.stack(numbers, axis=1).astype(np.uint8),)

    def decode(self, encoded: Encoded) -> "Tensor":
        import torch

        numbers = torch.from_numpy(encoded[0].astype(np.int64))
        return torch.cat([centres[numbers[:, i]] for i, centres in enumerate(self.centres)], dim=1)


def fit_product(A: "Tensor", seed: int) -> Product:
    """The centres of each part by k-means (Lloyd, 10 steps), of at most 10,000 of the tokens (m, p)."""
    import torch

    draw = torch.Generator().manual_seed(seed)
    drawn = A[torch.randperm(len(A), generator=draw)[:FITTED]]
    parts = drawn.reshape(len(drawn), bytes_of_a_code(A.shape[1]), -1)
    return Product(torch.stack([k_means(parts[:, i], draw) for i in range(parts.shape[1])]))


def k_means(points: "Tensor", draw: "torch.Generator") -> "Tensor":
    """(k, q): at most 256 centres of points (m, q), from some of them; a centre that no point is near stays."""
    import torch

    k = min(CENTRES, len(points))
    centres = points[torch.randperm(len(points), generator=draw)[:k]].clone()
    for _ in range(STEPS):
        owner = nearest(points, centres)
        counts = torch.bincount(owner, minlength=k)
        sums = torch.zeros_like(centres).index_add_(0, owner, points)
        centres = torch.where(counts[:, None] > 0, sums / counts.clamp(min=1)[:, None], centres)
    return centres


def nearest(points: "Tensor", centres: "Tensor") -> "Tensor":
    """(m,): the number of the centre (k, q) that is nearest to each point (m, q)."""
    return (centres.square().sum(dim=1) / 2 - points @ centres.T).argmin(dim=1)
