"""The share of the best photos that an index gives, measured through the search that pages use."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from concepts.lexicon.collections.collection import Collection
from concepts.lexicon.collections.page_questions import PageQuestions, own_places, own_words
from concepts.lexicon.collections.photo_places import places_by_index
from concepts.lexicon.collections.place_search import PlaceMatch
from concepts.lexicon.collections.stored_tokens import tokens_of
from concepts.storage.reading import file_inside
from concepts.storage.typed_json import NO_OTHERS, read_typed
from concepts.token_search import Effort, MeasuredRecall, Neighbours, TokenIndex
from concepts.token_search.building import EFFORTS, ENOUGH
from concepts.token_search.exact import exact_items
from concepts.token_search.neighbours import TIE

FILE = "photos.json"  # in the folder of an index
TOP, QUERIES = 12, 100  # photos that a page shows; places, and words, that it is measured on


@dataclass(frozen=True)
class PhotoRecall:
    """What an index gives of the best photos with this effort: of `top` photos for places of the collection's own, each
    without its photo, and for words of its lexicons, each without a photo that was drawn; None where it has none.

    scanned: whether all these questions were answered by comparing every place, as in a small collection: nothing is
    missed then, and the index is not needed.
    """

    __pydantic_config__: ClassVar = NO_OTHERS

    effort: Effort
    places: MeasuredRecall
    words: MeasuredRecall | None = None
    scanned: bool = False

    @classmethod
    def load(cls, folder: Path) -> Self | None:
        """That of the index in a folder; None for an index from before it was measured. Raises ValueError where it is
        damaged."""
        try:
            return read_typed(cls, file_inside(folder, FILE))
        except FileNotFoundError:
            return None


def measured_on_photos(
    collection: Collection, index: TokenIndex, *, seed: int = 0, enough: float = ENOUGH
) -> PhotoRecall | None:
    """The effort that suffices for photos, and the recall at 12 photos that the index has with it.

    Measured on 100 places and, where the collection has lexicons, on at most 100 of their words, drawn with the seed.
    Pages leave out the photo that is shown, and so does each of these. Of the efforts, the smallest is taken with which
    the recall of both is at least `enough`, else the largest. None where there is nothing to find: for one photo, and
    where all places that were drawn are zero.
    """
    places, words = own_places(collection, QUERIES, seed=seed), own_words(collection, QUERIES, seed=seed)
    if len(collection) < 2 or len(places.own) == 0:
        return None
    exact = _exact(collection, places, words)
    for effort in EFFORTS:
        given = [_given(collection, index, effort, *each) for each in zip((places, words), exact, strict=True)]
        if all(each.shares.mean() >= enough for each in given if len(each.shares)):
            break
    top = exact[0].rows.shape[1]
    of_words = MeasuredRecall.of(given[1].shares, top=top, seed=seed) if len(words.own) else None
    scanned = all(each.scanned for each in given)
    return PhotoRecall(effort, MeasuredRecall.of(given[0].shares, top=top, seed=seed), of_words, scanned)


def _exact(collection: Collection, *asked: PageQuestions) -> list[Neighbours]:
    """The best photos to each query without its own, every place compared in one pass."""
    import torch

    queries, own = torch.cat([each.queries for each in asked]), np.concatenate([each.own for each in asked])
    top = min(TOP, len(collection) - 1)
    found = exact_items(tokens_of(collection), queries, top=top + 1).without(own)
    ends = np.cumsum([len(each.own) for each in asked])[:-1]
    parts = zip(np.split(found.rows, ends), np.split(found.cosines, ends), strict=True)
    return [Neighbours(rows, values) for rows, values in parts]


@dataclass(frozen=True, eq=False)
class _Given:
    """(q,) in [0, 1]: for each query, the share of the exact photos that was given; and whether all were compared."""

    shares: np.ndarray
    scanned: bool


def _given(
    collection: Collection, index: TokenIndex, effort: Effort, asked: PageQuestions, exact: Neighbours
) -> _Given:
    """What the pages' search gives for each query."""
    shares, all_scanned = [], True
    for query, own, rows, values in zip(asked.queries, asked.own, exact.rows, exact.cosines, strict=True):
        others = np.arange(len(collection)) != own
        found, scanned = places_by_index(collection, index, query, top=TOP, asked=others, effort=effort)
        shares.append(_share(found, rows, float(values[-1])))
        all_scanned &= scanned
    return _Given(np.array(shares), all_scanned)


def _share(found: list[PlaceMatch], photos: np.ndarray, least: float) -> float:
    """The share of the exact photos (m,) that were found; one that is as similar as the last of them counts as well."""
    there = set(photos.tolist())
    n = sum(place.image in there or place.value >= least - TIE for place in found)
    return min(n, len(photos)) / len(photos)
