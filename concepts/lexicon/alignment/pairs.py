"""The training pairs of a bridge: photos, and the vector of each photo's word."""

from dataclasses import dataclass, field

import torch
from torch import Tensor

from concepts.lexicon.alignment.bridge import Bridge


@dataclass(frozen=True, eq=False)
class Pairs:
    """m photos (m, p) and the vectors of their words (m, d), in double precision, each with its mean subtracted.

    Raises ValueError when their numbers differ, when they are fewer than two or not finite, or when all words are
    equal.
    """

    photos: Tensor
    texts: Tensor
    X: Tensor = field(init=False)
    Y: Tensor = field(init=False)

    def __post_init__(self) -> None:
        if self.photos.ndim != 2 or self.texts.ndim != 2 or len(self.photos) != len(self.texts):
            raise ValueError(
                f"photos {tuple(self.photos.shape)} and texts {tuple(self.texts.shape)}, expected (m, p) and (m, d): "
                "one vector of each for every photo"
            )
        if len(self.photos) < 2:
            raise ValueError(f"{len(self.photos)} photos: a bridge needs at least 2, and many more to be any good")
        if not (torch.isfinite(self.photos).all() and torch.isfinite(self.texts).all()):
            raise ValueError("photos or texts hold NaN or infinity: compute them anew")
        if (self.texts == self.texts[0]).all():
            raise ValueError("all photos have the same word: a bridge needs photos of at least two")
        object.__setattr__(self, "X", _centred(self.photos))
        object.__setattr__(self, "Y", _centred(self.texts.to(self.photos.device)))

    def bridge(self, M: Tensor, method: str, seed: int, figures: dict[str, float] | None = None) -> Bridge:
        """The bridge with matrix M (p, d) that maps the mean photo to the mean word."""
        offset = self.texts.double().mean(dim=0).to(M) - self.photos.double().mean(dim=0) @ M
        return Bridge(M.to(self.photos), offset.to(self.photos), method, seed, figures=figures or {})

    def scaled(self, M: Tensor) -> Tensor:
        """s M with the s ≥ 0 for which ‖X s M‖_F = ‖Y‖_F: mapped photos have the same spread as words."""
        return M * (self.Y.norm() / (self.X @ M).norm().clamp(min=torch.finfo(M.dtype).tiny))


def _centred(vectors: Tensor) -> Tensor:
    vectors = vectors.detach().double()
    return vectors - vectors.mean(dim=0)
