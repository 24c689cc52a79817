"""Search over all places of a collection by similarity to a query, best first."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import torch

    from concepts.lexicon.collections.collection import Collection
    from concepts.report import ClassReport

    Compare = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]

IN_MEMORY = 2**30  # bytes of unit tokens kept between queries; the rest is read from disk for each query
BATCH = 64  # photos read at a time
ROWS = 8192  # tokens that another comparison gets at a time


@dataclass(frozen=True)
class PlaceMatch:
    """A place of a collection: the photo's row, the place's row and column on the grid, its similarity."""

    image: int
    row: int
    column: int
    value: float


class TokenMatrix:
    """The unit tokens of a collection, (n · h · w, p), kept in memory if they fit, for many queries.

    centre: (p,) or None, subtracted before normalisation.
    """

    def __init__(self, collection: "Collection", centre: "torch.Tensor | None" = None) -> None:
        self.collection = collection
        self.centre = centre

    def similarity(self, query: "torch.Tensor", compare: "Compare | None" = None) -> np.ndarray:
        """(n, h, w) float32 in [-1, 1]: cosine of every token to a query (p,).

        compare: measures the likeness in another way; it gets some unit tokens (m, p) and the query, and returns (m,).
        Raises ValueError for another width, or zeros.
        """
        import torch

        if query.shape != (self.collection.n_channels,):
            raise ValueError(f"tokens have {self.collection.n_channels} channels, the query has {query.shape[-1]}")
        if not query.any():
            raise ValueError("the query is all zeros: it points nowhere, choose another place or word")
        query = query.float() if self.centre is None else query.float() - self.centre
        parts = [self._all] if self._fits else (self._unit(i) for i in range(0, len(self.collection), BATCH))
        likeness = torch.cat([found for part in parts for found in _likeness(part, query, compare)])
        return likeness.clamp(-1, 1).reshape(len(self.collection), *self.collection.grid).numpy()

    @property
    def _fits(self) -> bool:
        h, w = self.collection.grid
        return len(self.collection) * h * w * self.collection.n_channels * 4 <= IN_MEMORY

    @cached_property
    def _all(self) -> "torch.Tensor":
        import torch

        return torch.cat([self._unit(i) for i in range(0, len(self.collection), BATCH)])

    def _unit(self, start: int) -> "torch.Tensor":
        """(m · h · w, p) float32: unit tokens of the photos from `start` on."""
        import torch

        tokens = torch.from_numpy(self.collection.activations.on_grid(start, start + BATCH)).float()
        tokens = tokens.reshape(-1, tokens.shape[-1])
        return torch.nn.functional.normalize(tokens if self.centre is None else tokens - self.centre, dim=1)


def _likeness(unit: "torch.Tensor", query: "torch.Tensor", compare: "Compare | None") -> Iterator["torch.Tensor"]:
    """The likeness (m,) of unit tokens (m, p) to a query; by `compare` in blocks, since it may copy tokens."""
    import torch

    if compare is None:
        yield unit @ torch.nn.functional.normalize(query, dim=0)
    else:
        yield from (compare(block, query) for block in unit.split(ROWS))


def concept_direction(report: "ClassReport", concept: int) -> "torch.Tensor":
    """(p,) float32: the direction of a report's concept, as a query for collections of the same space.

    Raises ValueError outside 0 … k − 1.
    """
    import torch

    components = report.array("components")
    if not 0 <= concept < len(components):
        raise ValueError(f"concept {concept} was asked for, the report has 0 to {len(components) - 1}")
    return torch.tensor(components[concept], dtype=torch.float32)


def places_on_grid(places: Iterable[int], grid: tuple[int, int], other: tuple[int, int]) -> list[int]:
    """Places of a grid (h, w), row · w + column, mapped to another grid of the same photo, each once, in order."""
    (h, w), (rows, columns) = grid, other
    return sorted({(place // w * rows // h) * columns + place % w * columns // w for place in places})


def best_places(
    maps: np.ndarray, top: int, *, but: int | None = None, items: np.ndarray | None = None
) -> list[PlaceMatch]:
    """The places with the largest values of (n, h, w), best first, one per photo; `but`: a photo to leave out.

    items: (n,) bool, the photos that count; None: all.

    Ties go to the first. Fewer if there are fewer photos. Raises ValueError for top < 1.
    """
    if top < 1:
        raise ValueError(f"top is {top}: ask for at least one place")
    flat = maps.reshape(len(maps), -1)
    peaks = flat.max(axis=1)
    order = [int(i) for i in np.argsort(-peaks, kind="stable") if i != but and (items is None or items[i])][:top]
    places = [np.unravel_index(int(flat[i].argmax()), maps.shape[1:]) for i in order]
    return [PlaceMatch(i, int(r), int(c), float(peaks[i])) for i, (r, c) in zip(order, places, strict=True)]
