"""Photos of a collection that hold what a query asks for, with maps; and what all of its places have in common."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.lexicon.collections.place_search import PlaceMatch, TokenMatrix, best_places
from concepts.numerics.intervals import even_sample

if TYPE_CHECKING:
    import torch

    from concepts.lexicon.collections.collection import Collection


@dataclass(frozen=True, eq=False)
class RetrievedPhotos:
    """Photos that hold what a query asks for. places: the best place of each photo, best first; maps: (h, w) ≥ 0 of the
    same photos, cosines above the usual one; usual: the mean cosine over all places of the collection; top: the largest
    value of these maps, > 0; share: of all photos, those with a place at least as alike as was asked."""

    places: list[PlaceMatch]
    maps: list[np.ndarray]
    top: float
    usual: float
    share: float


def retrieve_photos(
    matrix: TokenMatrix, query: "torch.Tensor", *, top: int, alike: float, but: int | None = None
) -> RetrievedPhotos:
    """The `top` photos of a collection that are most like a query (p,) somewhere; `but`: a photo that is left out.

    alike: the cosine from which a photo counts in `share`. Raises ValueError as `TokenMatrix.similarity` does.
    """
    maps = matrix.similarity(query)
    found, usual = best_places(maps, top, but=but), float(maps.mean())
    share = float((maps.reshape(len(maps), -1).max(axis=1) >= alike).mean())
    shown = [np.maximum(maps[place.image] - usual, 0) for place in found]
    return RetrievedPhotos(found, shown, max(found[0].value - usual, 1e-6) if found else 1e-6, usual, share)


def mean_token(collection: "Collection", most: int = 64) -> "torch.Tensor":
    """(p,): the mean token of an even sample of at most `most` photos: what all places have in common."""
    tokens = [collection.patches(i).flatten(0, 1).mean(dim=0) for i in even_sample(len(collection), most)]
    return sum(tokens[1:], tokens[0]) / len(tokens)
