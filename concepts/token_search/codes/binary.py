"""Binary codes: one bit for each channel after a random rotation, and one length for each token."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.token_search.codes.base import Encoded

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class Binary:
    """z = R (a − c); bits sign(z), and the scale s = mean |z|, which is the best one: a ≈ c + s Rᵀ sign(z).

    rotation: R (p, p), orthogonal. centre: c (p,). p / 8 bytes a token, and 2 of the scale in half precision. The
    rotation comes from a seed: only the centre is shared.
    """

    rotation: "Tensor"
    centre: "Tensor"

    @property
    def shared(self) -> int:
        return 4 * len(self.centre)

    def encode(self, A: "Tensor") -> Encoded:
        z = (A - self.centre) @ self.rotation.T
        bits = np.packbits((z > 0).numpy(), axis=1)
        return bits, z.abs().mean(dim=1).clamp(max=65_504).half().numpy()

    def decode(self, encoded: Encoded) -> "Tensor":
        import torch

        bits = np.unpackbits(encoded[0], axis=1, count=len(self.centre))
        signs = torch.from_numpy(bits).float() * 2 - 1
        scale = torch.from_numpy(encoded[1]).float()
        return self.centre + (scale[:, None] * signs) @ self.rotation


def fit_binary(A: "Tensor", seed: int) -> Binary:
    """The mean of tokens (m, p), and a rotation from the seed."""
    import torch

    draw = torch.Generator().manual_seed(seed)
    rotation, _ = torch.linalg.qr(torch.randn(A.shape[1], A.shape[1], generator=draw))
    return Binary(rotation, A.mean(dim=0))
