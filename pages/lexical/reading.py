"""What is read in a lexicon: places, photos, all photos; cached."""

import numpy as np
import streamlit as st

from concepts.collection import Collection, WordsRead, read_words
from concepts.lexicon import Lexicon, keep_top, lexical_activations, word_map
from pages.ui.places import Placed

TOP = 15
SAID = 4  # words that a place is read with at once


@st.cache_resource(max_entries=4, show_spinner=False)
def _read(tokens: str, name: str, _collection: Collection, _lexicon: Lexicon) -> WordsRead:
    bar = st.progress(0.0, "Reading the words of all photos, once …")

    def show(share: float) -> None:
        bar.progress(min(share, 1.0), "Reading the words of all photos, once …")

    try:
        return read_words(_collection, _lexicon, progress=show)
    finally:
        bar.empty()


def read_all(collection: Collection, lexicon: Lexicon) -> WordsRead:
    """Overuse and index of all photos, read once."""
    return _read(collection.tokens, lexicon.name, collection, lexicon)


def said_at(collection: Collection, lexicon: Lexicon, image: int, read: WordsRead | None):
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
