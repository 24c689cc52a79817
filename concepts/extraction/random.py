"""The control that every method must beat: random directions, which depend on the data only by its sign."""

import torch
from torch import Tensor
from torch.nn.functional import normalize

from concepts.activations.rows import Rows
from concepts.extraction.base import Extractor
from concepts.extraction.least_squares import nonnegative_codes, signed_codes
from concepts.extraction.methods import EXTRACTIONS


def random_directions(k: int, like: Tensor, *, signed: bool, seed: int) -> Tensor:
    """(k, p) unit vectors, uniform on the sphere, or on its non-negative part; of the type and device of `like`."""
    generator = torch.Generator().manual_seed(seed)
    V = torch.randn(k, like.shape[1], generator=generator, dtype=torch.float64)
    return normalize(V if signed else V.abs(), dim=1).to(like)


class RandomExtractor(Extractor):
    """`random`: seeded random unit atoms. Where the data are ≥ 0, so are the atoms and the codes (non-negative least
    squares); elsewhere both have any sign (least squares, the best possible codes for such atoms).
    """

    about = EXTRACTIONS["random"]

    def _fit(self, rows: Rows) -> dict[str, Tensor]:
        signed = min(A.min().item() for A in self._blocks(rows)) < 0
        return {"components": random_directions(self.n_concepts, rows.read(0, 0), signed=signed, seed=self.seed)}

    def _codes(self, A: Tensor, V: Tensor) -> Tensor:
        return signed_codes(A, V) if V.min() < 0 else nonnegative_codes(A, V)
