"""Retrieval of photos by an index of a collection's tokens, where they are too many to compare each with a question."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from concepts.lexicon.collections.collection import Collection
from concepts.lexicon.collections.place_search import PlaceMatch
from concepts.lexicon.collections.retrieval import RetrievedPhotos
from concepts.numerics.samples import even_sample
from concepts.token_search import TokenFile, TokenIndex, build_index, token_file_of

if TYPE_CHECKING:
    from torch import Tensor

INDEX = "index"  # in the folder of a collection
SAMPLED = 256  # photos that tell what is usual
A_PHOTO = 8  # places asked for, for each photo that is wanted: the best ones of a photo lie together


def tokens_of(collection: Collection) -> TokenFile:
    """The tokens of a collection that have a place, read where they lie."""
    return token_file_of(collection.activations)


def index_of(collection: Collection) -> TokenIndex | None:
    """The index of a collection; None without one. Raises ValueError where it is damaged, or of other tokens."""
    folder = _folder(collection)
    return TokenIndex.load(folder, tokens_of(collection)) if folder.is_dir() else None


def build_index_of(collection: Collection, *, seed: int = 0) -> TokenIndex:
    """Builds the collection's index, beside what the collection holds; errors are those of `build_index`."""
    return build_index(tokens_of(collection), _folder(collection), seed=seed)


def retrieve_by_index(
    collection: Collection,
    index: TokenIndex,
    query: "Tensor",
    *,
    top: int,
    alike: float,
    but: int | None = None,
    items: np.ndarray | None = None,
) -> RetrievedPhotos:
    """As `retrieve_photos` without another measure; what is usual, and the share, are those of at most 256 photos.

    items: (n,) bool, the photos that are asked; None: all. Where they have few places, each is compared, and none is
    missed: the answer says so.
    """
    asked = np.ones(len(collection), bool) if items is None else items.copy()
    every = np.flatnonzero(asked)
    sample = np.stack([_map(collection, int(every[i]), query) for i in even_sample(len(every), SAMPLED)])
    usual, share = float(sample.mean()), float((sample.reshape(len(sample), -1).max(axis=1) >= alike).mean())
    if but is not None:
        asked[but] = False
    found, scanned = _places(collection, index, query, top, asked) if asked.any() else ([], True)
    maps = [_map(collection, place.image, query) for place in found]
    shown = [np.maximum(each - usual, 0) for each in maps]
    highest = max(float(each.max()) for each in (*maps, sample))
    return RetrievedPhotos(found, shown, usual, highest, share, len(every), scanned)


def _places(
    collection: Collection, index: TokenIndex, query: "Tensor", top: int, asked: np.ndarray
) -> tuple[list[PlaceMatch], bool]:
    """The best place of each of the `top` best photos, and whether all were compared: more places are asked for until
    so many photos are there."""
    tokens, columns = tokens_of(collection), collection.grid[1]
    n, all_asked = A_PHOTO * top, int(asked.sum()) * tokens.places
    items = None if asked.all() else asked
    while True:
        found = index.search(tokens, query[None], top=n, items=items)
        photos, first = np.unique(found.rows[0] // tokens.places, return_index=True)
        if len(photos) >= min(top, int(asked.sum())) or n >= all_asked:
            break
        n = min(4 * n, all_asked)
    best = np.sort(first)[:top]
    places = [(int(row) // tokens.places, *divmod(int(row) % tokens.places, columns)) for row in found.rows[0][best]]
    values = found.cosines[0][best]
    return [PlaceMatch(*each, float(value)) for each, value in zip(places, values, strict=True)], found.scanned


def _map(collection: Collection, image: int, query: "Tensor") -> np.ndarray:
    """(h, w): the cosine of each place of a photo with the query (p,)."""
    from torch.nn.functional import cosine_similarity

    return cosine_similarity(collection.patches(image), query.float(), dim=-1).numpy()


def _folder(collection: Collection) -> Path:
    return collection.folder / INDEX
