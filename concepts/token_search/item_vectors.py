"""One direction an item: its mean token, less the mean over many items, at length 1. Read in chunks."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

from concepts.numerics.samples import random_sample
from concepts.token_search.exact import check_top, numbers_of
from concepts.token_search.neighbours import Neighbours
from concepts.token_search.token_file import TokenFile

if TYPE_CHECKING:
    from torch import Tensor

CENTRED_BY = 4096  # items whose mean is taken for that of all


@dataclass(frozen=True, eq=False)
class ItemVectors:
    """The directions of n items, (n, p), computed from their tokens when they are read.

        x_i = (a_i − c) / ‖a_i − c‖

    a_i: the mean of the item's tokens; centre: c (p,). All zeros where a_i = c. The squared distance of two is
    2 − 2 cosine, so that the nearest are the most similar.
    """

    tokens: TokenFile
    centre: "Tensor"

    @classmethod
    def of(cls, tokens: TokenFile, *, seed: int = 0) -> Self:
        """Those of a file; c: the mean of a_i over at most 4,096 items, drawn with the seed."""
        import torch

        drawn = np.array(random_sample(tokens.n_items, CENTRED_BY, seed=seed))
        uncentred = cls(tokens, torch.zeros(tokens.channels))
        means = [uncentred._means(chunk) for _, chunk in tokens.chunks(drawn)]
        return cls(tokens, torch.cat(means).mean(dim=0))

    def __len__(self) -> int:
        return self.tokens.n_items

    def chunks(self, items: np.ndarray | None = None) -> "Iterator[tuple[np.ndarray, Tensor]]":
        """(numbers of items (m,), their directions (m, p)) of all items in order, or of these (i,), ascending."""
        import torch

        for rows, chunk in self.tokens.chunks(items):
            x = torch.nn.functional.normalize(self._means(chunk) - self.centre, dim=1)
            yield rows[:: self.tokens.places] // self.tokens.places, x

    def take(self, items: np.ndarray) -> "Tensor":
        """(i, p): the directions of these items (i,), in this order."""
        import torch

        each, places = np.unique(items, return_inverse=True)
        if len(each) == 0:
            return torch.zeros(0, self.tokens.channels)
        return torch.cat([x for _, x in self.chunks(each)])[torch.from_numpy(places)]

    def nearest(self, item: int, *, top: int, items: np.ndarray | None = None) -> Neighbours:
        """The `top` items most similar to one, without itself, best first: one query, every item compared.

        items: (n,) bool, those that are compared; None: all. Raises ValueError outside 0 … n − 1, and for top < 1.
        """
        check_top(top)
        if not 0 <= item < len(self):
            raise ValueError(f"item {item} was asked for, there are 0 to {len(self) - 1}")
        chosen = numbers_of(items, self.tokens)
        query, found = self.take(np.array([item])), Neighbours.none(1)
        for numbers, x in self.chunks(chosen):
            others = numbers != item
            found = found.joined(Neighbours.best(numbers[others], (query @ x.T).numpy()[:, others], top), top)
        return found

    def _means(self, chunk: "Tensor") -> "Tensor":
        """(m, p): the mean token of each of the m items in a chunk (m · P, p)."""
        return chunk.reshape(-1, self.tokens.places, self.tokens.channels).mean(dim=1)
