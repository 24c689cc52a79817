"""The share of neighbours that a map keeps: what its nearness can be trusted for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.numerics.intervals import mean_estimate
from concepts.numerics.samples import random_sample
from concepts.storage.typed_json import Count, Share
from concepts.token_search.directions import Directions
from concepts.token_search.neighbours import TIE

if TYPE_CHECKING:
    from torch import Tensor

NEIGHBOURS, QUERIES = 15, 500


@dataclass(frozen=True)
class KeptNeighbours:
    """Of an item's nearest `neighbours` in the space, the share that are among as many nearest on the map: the mean
    over `queries` items. low, high: 95% interval over these items. at_random: the same on a plane drawn at random, onto
    which the directions are projected."""

    neighbours: Count
    queries: Count
    value: Share
    low: Share
    high: Share
    at_random: Share


def neighbours_kept(
    vectors: Directions, places: np.ndarray, *, queries: int = QUERIES, seed: int = 0
) -> KeptNeighbours:
    """What a map with these places (n, 2) keeps, for items drawn with the seed; all items are compared, in one pass.

    Of items that are equally similar, to 1e-6, it does not matter which is near on the map. Raises ValueError where
    the numbers of items and places differ, and for fewer than two items.
    """
    if places.shape != (len(vectors), 2) or len(vectors) < 2:
        raise ValueError(f"places {places.shape} for {len(vectors)} items: expected (n, 2) for two items or more")
    own = np.array(random_sample(len(vectors), queries, seed=seed))
    q, top = vectors.take(own), min(NEIGHBOURS, len(vectors) - 1)
    plane = _random_plane(q.shape[1], seed)
    in_space, on_map, at_random = (_Nearest(own, top) for _ in range(3))
    for numbers, x in vectors.chunks():
        in_space.look(numbers, q @ x.T)
        on_map.look(numbers, -_squared(_tensor(places[own]), _tensor(places[numbers])))
        at_random.look(numbers, -_squared(q @ plane, x @ plane))
    shares, by_chance = (_shares(vectors, q, in_space, found) for found in (on_map, at_random))
    kept = mean_estimate(shares, seed=seed)
    return KeptNeighbours(top, len(own), float(kept), kept.low, kept.high, float(by_chance.mean()))


class _Nearest:
    """The `top` items nearest to each of q items, without itself, while chunks go by; values: larger is nearer."""

    def __init__(self, own: np.ndarray, top: int) -> None:
        import torch

        self._own, self._top = torch.from_numpy(own), top
        self.items = torch.zeros(len(own), 0, dtype=torch.int64)  # (q, top)
        self.values = torch.zeros(len(own), 0)  # (q, top), the nearest first

    def look(self, numbers: np.ndarray, values: "Tensor") -> None:
        """Takes the nearest of a chunk: items with these numbers (m,), values (q, m)."""
        import torch

        items = torch.from_numpy(numbers)
        values = values.masked_fill(items[None] == self._own[:, None], -torch.inf)
        near, places = values.topk(min(self._top, len(items)), dim=1)
        every = torch.cat([self.values, near], dim=1)
        self.values, order = every.topk(min(self._top, every.shape[1]), dim=1)
        self.items = torch.cat([self.items, items[places]], dim=1).gather(1, order)


def _shares(vectors: Directions, q: "Tensor", in_space: _Nearest, found: _Nearest) -> np.ndarray:
    """(q,) in [0, 1]: of those found, the share as similar to the query as the last of the nearest in the space."""
    x = vectors.take(found.items.numpy().ravel()).reshape(*found.items.shape, -1)  # (q, top, p)
    similar = (x @ q[:, :, None])[..., 0] >= in_space.values[:, -1:] - TIE
    return similar.double().mean(dim=1).numpy()


def _squared(a: "Tensor", b: "Tensor") -> "Tensor":
    """(q, m): squared distances of points (q, 2) and (m, 2)."""
    return (a[:, None, 0] - b[None, :, 0]).square() + (a[:, None, 1] - b[None, :, 1]).square()


def _random_plane(channels: int, seed: int) -> "Tensor":
    """(p, 2): two directions drawn with the seed, standard normal."""
    import torch

    return torch.randn(channels, 2, generator=torch.Generator().manual_seed(seed))


def _tensor(places: np.ndarray) -> "Tensor":
    import torch

    return torch.from_numpy(np.ascontiguousarray(places, dtype=np.float32))
