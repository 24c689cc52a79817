"""Readings in a lexicon of places, of photos and of all photos, cached."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import streamlit as st

from concepts.lexicon import Lexicon, Overuse, token_activations, top_words_by_place, word_heat
from concepts.lexicon.collections import Collection, WordsRead, read_words, stored_words
from concepts.lexicon.search import SearchResult
from concepts.report.rendering.overlay import overlay_bytes
from pages.figures.places import PhotoPlaces
from pages.similarity.answers import SMALL
from pages.state.computing import SEARCHING
from pages.state.reports import stamp
from pages.words.vocabulary import Vocabulary

if TYPE_CHECKING:
    from torch import Tensor

TOP = 15
FOUND = 12  # photos found for a word, at most
WAIT = "Reading the words of all photos, once …"
SAID = 4  # words shown for a place, at most


@dataclass(frozen=True)
class PhotosRead:
    """The words of all photos in a vocabulary: in its recorded words and in its added ones."""

    vocabulary: Vocabulary
    recorded: WordsRead
    added: WordsRead | None = None

    @cached_property
    def overuse(self) -> Overuse:
        """Mean activation of each word of the vocabulary, and the share of photos on which it is active."""
        used = self.recorded.overuse
        return used if self.added is None else used.and_of(self.added.overuse)

    def photos(self, word: str, top: int) -> SearchResult:
        """The photos with a word among their first words, the highest score first."""
        name = self.vocabulary.in_recorded(word)
        if name is None and self.added is not None:
            return self.added.index.photos(word, top)
        return self.recorded.index.photos(name or word, top)


def recorded_words(collection: Collection, lexicon: Lexicon) -> WordsRead:
    """The words of all photos in a lexicon recorded with them: computed once, and stored."""
    return _recorded(collection.tokens, lexicon.name, stamp(collection.folder), collection, lexicon)


def read_all(collection: Collection, vocabulary: Vocabulary) -> PhotosRead:
    """The words of all photos. Recorded words are computed once and stored; added ones are few, and only cached."""
    recorded, added = vocabulary.recorded, vocabulary.added
    read = recorded_words(collection, recorded)
    if added is None:
        return PhotosRead(vocabulary, read)
    return PhotosRead(
        vocabulary, read, _added(collection.tokens, added.words, added.vectors.tolist(), collection, added)
    )


@st.cache_resource(max_entries=4, show_spinner=False)
def _recorded(tokens: str, name: str, stamp: int, _collection: Collection, _lexicon: Lexicon) -> WordsRead:
    bar = st.progress(0.0, WAIT)

    def show(share: float) -> None:
        bar.progress(min(share, 1.0), WAIT)

    try:
        with SEARCHING.turn():
            return stored_words(_collection, _lexicon, progress=show)
    finally:
        bar.empty()


@st.cache_resource(max_entries=8, show_spinner="Reading the added words …")
def _added(
    tokens: str, words: tuple[str, ...], vectors: list[list[float]], _collection: Collection, _lexicon: Lexicon
) -> WordsRead:
    with SEARCHING.turn():
        return read_words(_collection, _lexicon)


def said_on(collection: Collection, lexicon: Lexicon, image: int, read: PhotosRead | None) -> "Tensor":
    """(T, L) ≥ 0: activations of a photo's places, minus the words' means over all photos where `read` is given."""
    return token_activations(collection.patches(image), lexicon, None if read is None else read.overuse)


def lines_of(said: "Tensor", lexicon: Lexicon) -> list[str]:
    """The first words of each place, in one line."""
    return [", ".join(words) or "no word" for words in top_words_by_place(said, lexicon, SAID)]


def photos_that_say(collection: Collection, read: PhotosRead, word: str) -> list[tuple[int, float, bytes]]:
    """The photos with the highest scores of a word: row, score, and a picture of the word's map."""
    added, words = read.vocabulary.added, read.vocabulary.lexicon.words
    key = (collection.tokens, stamp(collection.folder), read.vocabulary.lexicon.name)
    return _photos(key, words, added.vectors.tolist() if added else [], word, collection, read)


@st.cache_data(max_entries=32, show_spinner=False)
def _photos(
    key: tuple[str, int, str], words: tuple[str, ...], added: list[list[float]], word: str,
    _collection: Collection, _read: PhotosRead,
) -> list[tuple[int, float, bytes]]:  # fmt: skip
    with SEARCHING.turn():
        found, pictures = _read.photos(word, FOUND), []
    for row, score in zip(found.rows.tolist(), found.scores.tolist(), strict=True):
        heat = word_heat(_collection.patches(row), _read.vocabulary.lexicon, word)
        content = overlay_bytes(_collection.thumbnail(row), heat.values, top=max(heat.top, 1e-6), side=SMALL)
        pictures.append((row, score, content))
    return pictures


def lit(collection: Collection, lexicon: Lexicon, image: int, word: str, *, shared: bool) -> PhotoPlaces:
    """A photo under the map of a word."""
    heat = word_heat(collection.patches(image), lexicon, word, shared=shared)
    said = f"“{word}” up to {heat.top:.2f}" if heat.top else f"no “{word}”"
    caption = f"{collection.names[image]}: {said}"
    return PhotoPlaces(collection.thumbnail(image), f"photo {caption}", caption, collection.grid, heat.unit)


def plain_photo(collection: Collection, image: int) -> PhotoPlaces:
    """A photo without a map."""
    name = collection.names[image]
    return PhotoPlaces(collection.thumbnail(image), f"photo {name}", name, collection.grid)
