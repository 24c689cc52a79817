"""One direction a place: its token, less the mean over many places, at length 1. Read in chunks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from concepts.numerics.samples import random_sample
from concepts.token_search.item_vectors import CENTRED_BY
from concepts.token_search.token_file import TokenFile

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, eq=False)
class PlaceVectors:
    """The directions of all n · P places, each by itself, as `ItemVectors` are those of n items.

        x_r = (a_r − c) / ‖a_r − c‖

    a_r: the token in row r = item · P + place; centre: c (p,). All zeros where a_r = c.
    """

    tokens: TokenFile
    centre: "Tensor"

    @classmethod
    def of(cls, tokens: TokenFile, *, seed: int = 0) -> Self:
        """Those of a file; c: the mean of at most 4,096 tokens, drawn with the seed."""
        drawn = np.array(random_sample(len(tokens), CENTRED_BY, seed=seed))
        return cls(tokens, tokens.take(drawn).mean(dim=0))

    def __len__(self) -> int:
        return len(self.tokens)

    def chunks(self) -> "Iterator[tuple[np.ndarray, Tensor]]":
        """(rows (m,), their directions (m, p)) of all places in order."""
        for rows, chunk in self.tokens.chunks():
            yield rows, self._unit(chunk)

    def take(self, rows: np.ndarray) -> "Tensor":
        """(m, p): the directions of these rows, in this order."""
        return self._unit(self.tokens.take(rows))

    def _unit(self, tokens: "Tensor") -> "Tensor":
        import torch

        return torch.nn.functional.normalize(tokens - self.centre, dim=1)
