"""Retrieval of a collection's photos for a query, with maps, and the mean token of a collection."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.lexicon.collections.place_search import PlaceMatch, TokenMatrix, best_places
from concepts.numerics.samples import even_sample

if TYPE_CHECKING:
    import torch

    from concepts.lexicon.collections.collection import Collection


@dataclass(frozen=True, eq=False)
class RetrievedPhotos:
    """Photos that match a query. places: the best place of each photo, best first; maps: (h, w) ≥ 0 of the same photos,
    cosines above the usual one; usual: the mean cosine over all places of the collection; top: the largest value of
    these maps, > 0; share: the share of all photos with a place at least as similar as `alike`."""

    places: list[PlaceMatch]
    maps: list[np.ndarray]
    top: float
    usual: float
    share: float


def retrieve_photos(
    matrix: TokenMatrix,
    query: "torch.Tensor",
    *,
    top: int,
    alike: float,
    but: int | None = None,
    condition: "torch.Tensor | None" = None,
) -> RetrievedPhotos:
    """The `top` photos of a collection with the most similar place to a query (p,); `but`: a photo to leave out.

    alike: the likeness from which a photo counts in `share`. condition: (c, p). Both enter
    `TokenMatrix.similarity`, whose errors are raised.
    """
    maps = matrix.similarity(query, condition)
    found, usual = best_places(maps, top, but=but), float(maps.mean())
    share = float((maps.reshape(len(maps), -1).max(axis=1) >= alike).mean())
    shown = [np.maximum(maps[place.image] - usual, 0) for place in found]
    return RetrievedPhotos(found, shown, max(found[0].value - usual, 1e-6) if found else 1e-6, usual, share)


def mean_token(collection: "Collection", most: int = 64) -> "torch.Tensor":
    """(p,): the mean token of an even sample of at most `most` photos, the part that all places share."""
    tokens = [collection.patches(i).flatten(0, 1).mean(dim=0) for i in even_sample(len(collection), most)]
    return sum(tokens[1:], tokens[0]) / len(tokens)
