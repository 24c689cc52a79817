"""Tokens with rounded values: float16, and int8 with one step for each channel."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.token_search.codes.base import Encoded

if TYPE_CHECKING:
    from torch import Tensor

LARGEST, STEPS = 65_504.0, 127


@dataclass(frozen=True)
class Float16:
    """Half precision: 2 bytes a channel; values beyond ±65,504 are cut there."""

    shared: int = 0

    def encode(self, A: "Tensor") -> Encoded:
        return (A.clamp(-LARGEST, LARGEST).half().numpy(),)

    def decode(self, encoded: Encoded) -> "Tensor":
        import torch

        return torch.from_numpy(encoded[0]).float()


@dataclass(frozen=True, eq=False)
class Int8:
    """q = round(a / s_channel), −127 ≤ q ≤ 127: 1 byte a channel. steps: s (p,), the largest magnitude / 127."""

    steps: "Tensor"

    @property
    def shared(self) -> int:
        return 4 * len(self.steps)

    def encode(self, A: "Tensor") -> Encoded:
        return ((A / self.steps).round().clamp(-STEPS, STEPS).numpy().astype(np.int8),)

    def decode(self, encoded: Encoded) -> "Tensor":
        import torch

        return torch.from_numpy(encoded[0]).float() * self.steps


def fit_float16(A: "Tensor", seed: int) -> Float16:
    """Needs no fit."""
    return Float16()


def fit_int8(A: "Tensor", seed: int) -> Int8:
    """The steps of tokens (m, p); a channel that is always 0 has step 1."""
    largest = A.abs().amax(dim=0)
    return Int8(largest.where(largest > 0, largest.new_tensor(STEPS)) / STEPS)
