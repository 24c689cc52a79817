"""What is read in a lexicon: places, photos, all photos; cached."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st

from concepts.collection import Collection, WordsRead, read_words, stored_words
from concepts.lexicon import Lexicon, Overuse, keep_top, lexical_activations, word_map
from concepts.report.overlay import overlay_bytes
from concepts.search import Found
from pages.lexical.vocabulary import Vocabulary
from pages.similarity.answers import SMALL
from pages.ui.places import Placed
from pages.ui.reports import stamp

TOP = 15
FOUND = 12  # photos that say a word
WAIT = "Reading the words of all photos, once …"
SAID = 4  # words that a place is read with at once


@dataclass(frozen=True)
class AllRead:
    """What all photos say in the words of a vocabulary: in those that were recorded, and in those that were added."""

    vocabulary: Vocabulary
    recorded: WordsRead
    added: WordsRead | None = None

    @cached_property
    def overuse(self) -> Overuse:
        """How much each word of the vocabulary is said."""
        used = self.recorded.overuse
        return used if self.added is None else used.and_of(self.added.overuse)

    def photos(self, word: str, top: int) -> Found:
        """The photos that say a word among their first words, most first."""
        name = self.vocabulary.in_recorded(word)
        if name is None and self.added is not None:
            return self.added.index.photos(word, top)
        return self.recorded.index.photos(name or word, top)


def recorded_words(collection: Collection, lexicon: Lexicon) -> WordsRead:
    """The words of all photos in a lexicon that was recorded with them: read once, and stored."""
    return _recorded(collection.tokens, lexicon.name, stamp(collection.folder), collection, lexicon)


def read_all(collection: Collection, vocabulary: Vocabulary) -> AllRead:
    """The words of all photos. Those that were recorded are read once and stored; those that were added are few."""
    recorded, added = vocabulary.recorded, vocabulary.added
    read = recorded_words(collection, recorded)
    if added is None:
        return AllRead(vocabulary, read)
    return AllRead(vocabulary, read, _added(collection.tokens, added.words, added.vectors.tolist(), collection, added))


@st.cache_resource(max_entries=4, show_spinner=False)
def _recorded(tokens: str, name: str, stamp: int, _collection: Collection, _lexicon: Lexicon) -> WordsRead:
    bar = st.progress(0.0, WAIT)

    def show(share: float) -> None:
        bar.progress(min(share, 1.0), WAIT)

    try:
        return stored_words(_collection, _lexicon, progress=show)
    finally:
        bar.empty()


@st.cache_resource(max_entries=8, show_spinner="Reading the added words …")
def _added(
    tokens: str, words: tuple[str, ...], vectors: list[list[float]], _collection: Collection, _lexicon: Lexicon
) -> WordsRead:
    return read_words(_collection, _lexicon)


def said_at(collection: Collection, lexicon: Lexicon, image: int, read: AllRead | None):
    """(T, L) ≥ 0: activations of a photo's places, less what words say everywhere where `read` is given."""
    said = lexical_activations(collection.patches(image).flatten(0, 1), lexicon)
    return said if read is None else read.overuse.discounted(said).clamp(min=0)


def words_of(said, lexicon: Lexicon, places: list[int], top: int = TOP) -> list[tuple[str, float]]:
    """Words and activations, largest first: the max over the places (over all where none is given), LexLIP."""
    chosen = said[[place for place in places if place < len(said)] or slice(None)].amax(dim=0)
    order = chosen.argsort(descending=True, stable=True)[:top].tolist()
    return [(lexicon.words[w], float(chosen[w])) for w in order if chosen[w] > 0]


def lines_of(said, lexicon: Lexicon) -> list[str]:
    """For each place its first words, in one line."""
    kept = keep_top(said, SAID)
    lines = []
    for row in kept:
        order = [w for w in row.argsort(descending=True, stable=True)[:SAID].tolist() if row[w] > 0]
        lines.append(", ".join(lexicon.words[w] for w in order) or "no word")
    return lines


def heat_of(collection: Collection, lexicon: Lexicon, image: int, word: str, *, shared: bool) -> np.ndarray:
    """(h, w) ≥ 0: how much each place says a word. shared: leave in what all words share at a place."""
    found = word_map(collection.patches(image), lexicon, word, contrast="none" if shared else "mean")
    return np.maximum(found.numpy(), 0)


def photos_that_say(collection: Collection, read: AllRead, word: str) -> list[tuple[int, float, bytes]]:
    """The photos that say a word most: row, score, and a picture of where."""
    added, words = read.vocabulary.added, read.vocabulary.lexicon.words
    key = (collection.tokens, stamp(collection.folder), read.vocabulary.lexicon.name)
    return _photos(key, words, added.vectors.tolist() if added else [], word, collection, read)


@st.cache_data(max_entries=32, show_spinner=False)
def _photos(
    key: tuple[str, int, str], words: tuple[str, ...], added: list[list[float]], word: str,
    _collection: Collection, _read: AllRead,
) -> list[tuple[int, float, bytes]]:  # fmt: skip
    found, pictures = _read.photos(word, FOUND), []
    for row, score in zip(found.rows.tolist(), found.scores.tolist(), strict=True):
        heat = heat_of(_collection, _read.vocabulary.lexicon, row, word, shared=False)
        top = max(float(heat.max()), 1e-6)
        pictures.append((row, score, overlay_bytes(_collection.thumbnail(row), heat, top=top, side=SMALL)))
    return pictures


def lit(collection: Collection, lexicon: Lexicon, image: int, word: str, *, shared: bool) -> Placed:
    """A photo under the map of a word."""
    heat = heat_of(collection, lexicon, image, word, shared=shared)
    top = float(heat.max())
    caption = (
        f"{collection.names[image]}: “{word}” up to {top:.2f}" if top else f"{collection.names[image]}: no “{word}”"
    )
    values = heat / top if top else heat
    return Placed(collection.thumbnail(image), f"photo {caption}", caption, collection.grid, values)


def plain_photo(collection: Collection, image: int) -> Placed:
    """A photo without a map."""
    name = collection.names[image]
    return Placed(collection.thumbnail(image), f"photo {name}", name, collection.grid)
