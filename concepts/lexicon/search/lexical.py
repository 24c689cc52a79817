"""Search over photos by word activations: words to photos, words to places in photos, a photo to its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from torch import Tensor

from concepts.lexicon import Lexicon, keep_top
from concepts.lexicon.search.base import SearchResult
from concepts.lexicon.search.sparse import SparseIndex
from concepts.storage.store import key_of, new_folder
from concepts.storage.typed_json import Count, read_typed, write_typed

Query = str | Sequence[str] | Mapping[str, float]
ABOUT, PHOTOS, PLACES = "index.json", "photos.safetensors", "places.safetensors"


@dataclass(frozen=True)
class PlaceResults:
    """Places, best first: the photo of each, its row and column on the grid, its score; each (m,)."""

    photos: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    scores: np.ndarray

    def __len__(self) -> int:
        return len(self.photos)


@dataclass(frozen=True)
class AboutIndex:
    """Description of a stored index, beside its arrays. words: a hash of the words of the lexicon it was built with."""

    grid: tuple[Count, Count]
    per_photo: Count
    per_place: Count
    words: str


class LexicalIndex:
    """Photos and their places (h, w) = grid as sparse vectors over the words of a lexicon.

    A photo is the maximum over its places (LexLIP), cut to its `per_photo` largest words; a place to its `per_place`.
    """

    def __init__(self, lexicon: Lexicon, grid: tuple[int, int], *, per_photo: int = 32, per_place: int = 16) -> None:
        self.lexicon, self.grid = lexicon, grid
        self.per_photo, self.per_place = per_photo, per_place
        self._photos, self._places = SparseIndex(len(lexicon)), SparseIndex(len(lexicon))

    def __len__(self) -> int:
        return len(self._photos)

    @property
    def nbytes(self) -> int:
        """Memory of photos and places together in bytes."""
        return self._photos.nbytes + self._places.nbytes

    def add(self, activations: Tensor) -> None:
        """Adds photos by their lexical activations (n, h, w, L) ≥ 0, in batches of any size.

        Activations are those of `lexical_activations`, also minus the overuse. Raises ValueError for other shapes.
        """
        expected = (*self.grid, len(self.lexicon))
        if activations.ndim != 4 or activations.shape[1:] != expected:
            raise ValueError(f"activations {tuple(activations.shape)}, expected (n, {', '.join(map(str, expected))})")
        photos = keep_top(activations.amax(dim=(1, 2)), self.per_photo)
        self._photos.add(photos.cpu().numpy())
        self._places.add(keep_top(activations.flatten(0, 2), self.per_place).cpu().numpy())

    def photos(self, query: Query, top: int = 10) -> SearchResult:
        """The photos that activate a word, some words, or words with weights: score Σ q_w s_w, best first.

        Only photos that activate at least one of them. Raises ValueError, with the nearest words, for a word outside
        the lexicon, and for weights below 0 or top < 1.
        """
        return self._photos.search(self.vector(query), top)

    def places(self, query: Query, top: int = 10) -> PlaceResults:
        """The places that activate the words of a query, over all photos; as `photos`."""
        found = self._places.search(self.vector(query), top)
        photos, rows, columns = np.unravel_index(found.rows, (max(1, len(self)), *self.grid))
        return PlaceResults(photos, rows, columns, found.scores)

    def words(self, photo: int, top: int | None = None) -> list[tuple[str, float]]:
        """The words of a photo and their activations, largest first."""
        words, values = self._photos.row(photo)
        return [(self.lexicon.words[w], float(s)) for w, s in zip(words[:top], values[:top], strict=True)]

    def like(self, photo: int, top: int = 10) -> SearchResult:
        """The photos with the most similar words to this photo, which itself usually comes first."""
        words, values = self._photos.row(photo)
        query = np.zeros(len(self.lexicon), np.float32)
        query[words] = values
        return self._photos.search(query, top)

    def vector(self, query: Query) -> np.ndarray:
        """(L,): the weights of a query's words, 1 if none are given; a repeated word counts twice."""
        weights = query if isinstance(query, Mapping) else None
        words = [query] if isinstance(query, str) else list(query)
        vector = np.zeros(len(self.lexicon), np.float32)
        for word in words:
            vector[self.lexicon.row(word)] += weights[word] if weights else 1.0
        return vector

    def save(self, folder: str | Path) -> None:
        """Writes the index as a folder, atomically. The lexicon is not included."""
        about = AboutIndex(self.grid, self.per_photo, self.per_place, key_of(words=self.lexicon.words))
        with new_folder(Path(folder)) as unfinished:
            write_typed(unfinished / ABOUT, about)
            self._photos.save(unfinished / PHOTOS)
            self._places.save(unfinished / PLACES)

    @classmethod
    def load(cls, folder: str | Path, lexicon: Lexicon) -> Self:
        """The saved index. Raises ValueError when it was built with other words, is missing or damaged."""
        folder = Path(folder)
        try:
            about = read_typed(AboutIndex, folder / ABOUT)
        except (OSError, ValueError) as error:
            raise ValueError(f"{str(folder)!r} holds no index of photos ({error}): build it anew") from error
        if about.words != key_of(words=lexicon.words):
            raise ValueError(f"the index in {str(folder)!r} is of other words than {lexicon.name}: build it anew")
        index = cls(lexicon, about.grid, per_photo=about.per_photo, per_place=about.per_place)
        index._photos, index._places = SparseIndex.load(folder / PHOTOS), SparseIndex.load(folder / PLACES)
        return index
