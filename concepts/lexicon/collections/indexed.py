"""Retrieval of photos by an index of a collection's tokens, where they are too many to compare each with a question."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from concepts.lexicon.collections.collection import Collection
from concepts.lexicon.collections.photo_places import places_by_index
from concepts.lexicon.collections.photo_recall import FILE, PhotoRecall, measured_on_photos
from concepts.lexicon.collections.place_search import PlaceMatch
from concepts.lexicon.collections.retrieval import RetrievedPhotos, share_alike
from concepts.lexicon.collections.stored_tokens import tokens_of
from concepts.numerics.samples import even_sample
from concepts.storage.typed_json import write_typed
from concepts.token_search import Effort, TokenIndex, build_index
from concepts.token_search.index import ABOUT
from concepts.token_search.index import FILE as TOKENS

if TYPE_CHECKING:
    from torch import Tensor

INDEX = "index"  # in the folder of a collection
INDEX_FILES = (ABOUT, TOKENS, FILE)
SAMPLED = 256  # photos that tell what is usual


@dataclass(frozen=True)
class PhotoIndex:
    """The index of a collection. photos: what it gives of the best photos; None for one from before that was measured,
    whose recall is that of places alone."""

    tokens: TokenIndex
    photos: PhotoRecall | None

    @property
    def effort(self) -> Effort:
        """How much a question looks at."""
        return self.tokens.effort if self.photos is None else self.photos.effort


def index_of(collection: Collection) -> PhotoIndex | None:
    """The index of a collection, opened once to see that it can be; None without one.

    Raises ValueError without FAISS, and where the index is damaged, or of other tokens.
    """
    folder = _folder(collection)
    return _opened(collection, folder) if folder.is_dir() else None


def build_index_of(collection: Collection, *, seed: int = 0) -> PhotoIndex:
    """Builds the collection's index, beside what the collection holds, and measures what it gives of photos.

    Errors are those of `build_index`.
    """

    def measure(index: TokenIndex) -> None:
        if (found := measured_on_photos(collection, index, seed=seed)) is not None:
            write_typed(index.folder / FILE, found)

    build_index(tokens_of(collection), _folder(collection), seed=seed, beside=measure)
    return _opened(collection, _folder(collection))


def retrieve_by_index(
    collection: Collection,
    index: PhotoIndex,
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
    usual, share = float(sample.mean()), share_alike(sample, alike)
    if but is not None:
        asked[but] = False
    found: list[PlaceMatch] = []
    scanned = True
    if asked.any():
        found, scanned = places_by_index(collection, index.tokens, query, top=top, asked=asked, effort=index.effort)
    maps = [_map(collection, place.image, query) for place in found]
    shown = [np.maximum(each - usual, 0) for each in maps]
    highest = max(float(each.max()) for each in (*maps, sample))
    return RetrievedPhotos(found, shown, usual, highest, share, len(every), len(sample), scanned)


def _map(collection: Collection, image: int, query: "Tensor") -> np.ndarray:
    """(h, w): the cosine of each place of a photo with the query (p,)."""
    from torch.nn.functional import cosine_similarity

    return cosine_similarity(collection.patches(image), query.float(), dim=-1).numpy()


def _opened(collection: Collection, folder: Path) -> PhotoIndex:
    tokens = TokenIndex.load(folder, tokens_of(collection))
    tokens.opened()
    return PhotoIndex(tokens, PhotoRecall.load(folder))


def _folder(collection: Collection) -> Path:
    return collection.folder / INDEX
