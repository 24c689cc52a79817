"""Retrieval of a collection's photos for a query, with maps, and the mean token of a collection."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from concepts.lexicon.collections.place_search import PlaceMatch, TokenMatrix, best_places
from concepts.numerics.intervals import Estimate, share_estimate
from concepts.numerics.samples import even_sample

if TYPE_CHECKING:
    import torch

    from concepts.lexicon.collections.collection import Collection
    from concepts.lexicon.collections.place_search import Compare


@dataclass(frozen=True, eq=False)
class RetrievedPhotos:
    """Photos that match a query. places: the best place of each photo, best first; maps: (h, w) ≥ 0 of the same photos,
    cosines above the usual one; usual: the mean cosine over all places of the photos looked at; highest: the largest
    one, in the photo that is left out as well; share: of the photos looked at, those with a place at least as similar
    as `alike`, with its Wilson interval; n_looked: how many these are, all `n_asked` that were asked or some of them;
    scanned: whether each place of the photos asked was compared, so that no match is missing."""

    places: list[PlaceMatch]
    maps: list[np.ndarray]
    usual: float
    highest: float
    share: Estimate
    n_asked: int
    n_looked: int
    scanned: bool = True


def retrieve_photos(
    matrix: TokenMatrix,
    query: "torch.Tensor",
    *,
    top: int,
    alike: float,
    but: int | None = None,
    compare: "Compare | None" = None,
    items: np.ndarray | None = None,
) -> RetrievedPhotos:
    """The `top` photos of a collection with the most similar place to a query (p,); `but`: a photo to leave out.

    alike: the likeness from which a photo counts in `share`. compare: another measure of it, as for
    `TokenMatrix.similarity`, whose errors are raised. items: (n,) bool, the photos that are asked; None: all.
    """
    maps = matrix.similarity(query, compare)
    found = best_places(maps, top, but=but, items=items)
    asked = maps if items is None else maps[items]
    usual, n = float(asked.mean()), len(asked)
    shown = [np.maximum(maps[place.image] - usual, 0) for place in found]
    return RetrievedPhotos(found, shown, usual, float(asked.max()), share_alike(asked, alike), n, n)


def share_alike(maps: np.ndarray, alike: float) -> Estimate:
    """The share of photos with a place at least as similar as that, of their maps (n, h, w)."""
    return share_estimate(maps.reshape(len(maps), -1).max(axis=1) >= alike)


def distinct_place(tokens: "torch.Tensor", centre: "torch.Tensor") -> int:
    """The place row · w + column that is least like all others: with the lowest cosine to the mean token (p,).

    tokens: (h, w, p). Places at the border are left out where there are others, since what lies beyond the photo
    changes them.
    """
    from torch.nn.functional import cosine_similarity

    h, w = tokens.shape[:2]
    inset = int(min(h, w) > 2)
    inner = tokens[inset : h - inset, inset : w - inset]
    row, column = divmod(int(cosine_similarity(inner, centre.to(inner), dim=-1).argmin()), inner.shape[1])
    return (row + inset) * w + column + inset


def mean_token(collection: "Collection", most: int = 64) -> "torch.Tensor":
    """(p,): the mean token of an even sample of at most `most` photos, the part that all places share."""
    tokens = [collection.patches(i).flatten(0, 1).mean(dim=0) for i in even_sample(len(collection), most)]
    return sum(tokens[1:], tokens[0]) / len(tokens)
