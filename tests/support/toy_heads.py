"""Small heads in float64 for which importance is known or can be computed slowly."""

import torch
from torch import nn

P, C = 8, 7  # channels, classes


class AffineHead(nn.Module):
    """Mean over positions, then a linear layer: the theorem's head."""

    def __init__(self, rng):
        super().__init__()
        self.W = torch.randn(C, P, generator=rng, dtype=torch.float64)
        self.b = torch.randn(C, generator=rng, dtype=torch.float64)

    def forward(self, A):
        return A.flatten(1, -2).mean(dim=1) @ self.W.T + self.b


class CurvedHead(AffineHead):
    """Softplus before the mean: no closed form."""

    def forward(self, A):
        return torch.nn.functional.softplus(A @ self.W.T).flatten(1, -2).mean(dim=1) + self.b


def of_codes(function):
    """A head for pooled codes with V = I: activations (n, k) are codes, one class with score function((n, k)) (n,)."""
    return lambda A: function(A)[:, None]
