"""The share of the best photos that an index gives, measured through the search that pages use."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from concepts.lexicon.collections.collection import Collection
from concepts.lexicon.collections.photo_places import places_by_index
from concepts.lexicon.collections.place_search import PlaceMatch
from concepts.lexicon.collections.stored_tokens import tokens_of
from concepts.numerics.samples import random_sample
from concepts.storage.reading import file_inside
from concepts.storage.typed_json import NO_OTHERS, read_typed
from concepts.token_search import Effort, MeasuredRecall, Neighbours, TokenFile, TokenIndex
from concepts.token_search.building import EFFORTS, ENOUGH
from concepts.token_search.exact import exact_items
from concepts.token_search.neighbours import TIE

if TYPE_CHECKING:
    from torch import Tensor

FILE = "photos.json"  # in the folder of an index
TOP, QUERIES = 12, 100  # photos that a page shows; places, and words, that it is measured on
NO_PHOTO = -1  # that a word leaves out


@dataclass(frozen=True)
class PhotoRecall:
    """What an index gives of the best photos with this effort: of `top` photos for places of the collection's own, each
    without its photo, and for words of its lexicons; None where it has none."""

    __pydantic_config__: ClassVar = NO_OTHERS

    effort: Effort
    places: MeasuredRecall
    words: MeasuredRecall | None = None

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """That of the index in a folder; None for an index from before it was measured. Raises ValueError where it is
        damaged."""
        try:
            return read_typed(cls, file_inside(folder, FILE))
        except FileNotFoundError:
            return None


@dataclass(frozen=True, eq=False)
class _Asked:
    """Queries (q, p), and the photo that each leaves out (q,)."""

    queries: "Tensor"
    own: np.ndarray


def measured_on_photos(
    collection: Collection, index: TokenIndex, *, seed: int = 0, enough: float = ENOUGH
) -> PhotoRecall | None:
    """The effort that suffices for photos, and the recall at 12 photos that the index has with it.

    Measured on 100 places and, where the collection has lexicons, on at most 100 of their words, drawn with the seed.
    Of the efforts, the smallest is taken with which the recall of both is at least `enough`, else the largest. None
    where there is nothing to find: for one photo, and where all places that were drawn are zero.
    """
    places, words = _own_places(tokens_of(collection), seed), _words(collection, seed)
    if len(collection) < 2 or len(places.own) == 0:
        return None
    exact = _exact(collection, places, words)
    for effort in EFFORTS:
        shares = [_shares(collection, index, effort, *each) for each in zip((places, words), exact, strict=True)]
        if all(each.mean() >= enough for each in shares if len(each)):
            break
    top = exact[0].rows.shape[1]
    of_words = MeasuredRecall.of(shares[1], top=top, seed=seed) if len(words.own) else None
    return PhotoRecall(effort, MeasuredRecall.of(shares[0], top=top, seed=seed), of_words)


def _own_places(tokens: TokenFile, seed: int) -> _Asked:
    """Places that are not all zeros, each with its photo."""
    rows = np.array(random_sample(len(tokens), QUERIES, seed=seed + 2))  # others than those of the tokens' recall
    rows = rows[tokens.take(rows).any(dim=1).numpy()]
    return _Asked(tokens.take(rows), rows // tokens.places)


def _words(collection: Collection, seed: int) -> _Asked:
    """Words of the collection's lexicons; of damaged ones, and of those of another width, none, as on pages."""
    import torch

    from concepts.lexicon import load_lexicon

    vectors = [torch.zeros(0, collection.n_channels)]
    for folder in collection.lexicons():
        try:
            lexicon = load_lexicon(folder)
        except (ValueError, OSError):
            continue
        vectors += [lexicon.vectors.float()] if lexicon.n_channels == collection.n_channels else []
    each = torch.cat(vectors)
    drawn = each[random_sample(len(each), QUERIES, seed=seed)]
    return _Asked(drawn, np.full(len(drawn), NO_PHOTO))


def _exact(collection: Collection, *asked: _Asked) -> list[Neighbours]:
    """The best photos to each query without its own, every place compared in one pass."""
    import torch

    queries, own = torch.cat([each.queries for each in asked]), np.concatenate([each.own for each in asked])
    top = min(TOP, len(collection) - 1)
    found = exact_items(tokens_of(collection), queries, top=top + 1).without(own)
    ends = np.cumsum([len(each.own) for each in asked])[:-1]
    parts = zip(np.split(found.rows, ends), np.split(found.cosines, ends), strict=True)
    return [Neighbours(rows, values) for rows, values in parts]


def _shares(collection: Collection, index: TokenIndex, effort: Effort, asked: _Asked, exact: Neighbours) -> np.ndarray:
    """(q,) in [0, 1]: for each query, the share of the exact photos that the index gives."""
    shares = []
    for query, own, rows, values in zip(asked.queries, asked.own, exact.rows, exact.cosines, strict=True):
        others = np.arange(len(collection)) != own
        found, _ = places_by_index(collection, index, query, top=TOP, asked=others, effort=effort)
        shares.append(_share(found, rows, float(values[-1])))
    return np.array(shares)


def _share(found: list[PlaceMatch], photos: np.ndarray, least: float) -> float:
    """The share of the exact photos (m,) that were found; one that is as similar as the last of them counts as well."""
    there = set(photos.tolist())
    n = sum(place.image in there or place.value >= least - TIE for place in found)
    return min(n, len(photos)) / len(photos)
