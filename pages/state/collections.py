"""Collections for the pages, cached until they change on disk."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from concepts.item_map import ItemMap
from concepts.lexicon import Lexicon, load_lexicon
from concepts.lexicon.collections import (
    Collection,
    MapPoints,
    PhotoIndex,
    TokenMatrix,
    build_map_of,
    index_of,
    map_of,
    mean_token,
)
from concepts.lexicon.collections.collection import FILE, read_collections
from concepts.lexicon.collections.indexed import INDEX, INDEX_FILES
from concepts.lexicon.collections.mapped import MAPS, PHOTOS
from concepts.models.encoders import TextEncoder, TextTokens
from concepts.report.request import short_model
from concepts.storage.listing import LeftOut, Listing, reason_of
from pages.state.asking import asking
from pages.state.computing import ASKING, OPENING, SEARCHING
from pages.state.reports import stamp
from pages.state.server_settings import server_settings

if TYPE_CHECKING:
    from torch import Tensor

MAPPED_AT_ONCE = 2_000  # points that are laid out while a visitor waits: a few seconds
PLACED_AT_ONCE = 200_000  # places that are placed among them: some seconds more


def collections() -> dict[str, Collection]:
    """Id → collection with stored tokens, newest first. Where there is none, the demo's is made now."""
    found = _listed().found
    if not found:
        _make_demo()
        _collections.clear()
        found = _listed().found
    return {each.id: each for each in found}


def left_out_collections() -> tuple[LeftOut, ...]:
    """The folders beside the collections that hold none that can be asked."""
    return _listed().left_out


def _make_demo() -> None:
    from concepts.demo.collection import demo_collection

    places = server_settings()
    with st.spinner("Drawing and reading the demo's pictures, once …"):
        demo_collection(places.collections[0], places.store)


def _listed() -> Listing[Collection]:
    """What is there now: read anew where tokens were dropped since."""
    places = server_settings()
    roots = tuple((str(root), stamp(root)) for root in places.collections)
    found = _collections(roots, str(places.store))
    if all(each.is_stored for each in found.found):
        return found
    _collections.clear()
    return _collections(roots, str(places.store))


# One listing for all visitors, not a copy each: names and labels of many photos, and what is checked of their tokens.
@st.cache_resource(max_entries=4, ttl=60, show_spinner=False)
def _collections(roots: tuple[tuple[str, int], ...], store: str) -> Listing[Collection]:
    return read_collections([Path(root) for root, _ in roots], Path(store), _loaded)


def _loaded(folder: Path, store: Path) -> Collection:
    found = replace(_read(str(folder), stamp(folder / FILE), str(store)))  # what it has checked is checked anew
    found.check_stored()
    return found


# Each is read once until its file changes: the list of 1.3 million photos took two seconds, and the listing is made
# anew every minute.
@st.cache_resource(max_entries=64, show_spinner=False)
def _read(folder: str, stamp: int, store: str) -> Collection:
    return Collection.load(Path(folder), Path(store))


def lexicons_of(collection: Collection) -> dict[str, Lexicon]:
    """Name → lexicon recorded with a collection; damaged ones are left out."""
    return _lexicons(str(collection.folder), stamp(collection.folder), collection)


@st.cache_resource(max_entries=8, show_spinner="Opening the lexicon …")
def _lexicons(folder: str, stamp: int, _collection: Collection) -> dict[str, Lexicon]:
    found = {}
    for place in _collection.lexicons():
        try:
            lexicon = load_lexicon(place)
        except (ValueError, OSError):
            continue
        found[lexicon.name] = lexicon
    return found


def is_of_classes(lexicon: Lexicon) -> bool:
    """True where the words of the lexicon are the classes of a classifier."""
    return lexicon.name.startswith("classes of ")


def kind_of_words(lexicons: Iterable[Lexicon]) -> str:
    """A label for the kind of words in these lexicons."""
    classes = [is_of_classes(lexicon) for lexicon in lexicons]
    return "Classes" if all(classes) else "Words or classes" if any(classes) else "Words"


def matrix_of(collection: Collection, *, centred: bool) -> TokenMatrix:
    """The unit tokens of a collection, cached between queries."""
    return _matrix(collection.tokens, centred, collection)


@st.cache_resource(max_entries=3, show_spinner=False)
def _matrix(tokens: str, centred: bool, _collection: Collection) -> TokenMatrix:
    return TokenMatrix(_collection, centre_of_collection(_collection) if centred else None)


@dataclass(frozen=True)
class TakenIndex:
    """The index of a collection as pages take it; None where there is none. unused: in one line, why one that is there
    is not used."""

    index: PhotoIndex | None = None
    unused: str = ""


def index_for(collection: Collection) -> TakenIndex:
    """The index of a collection's tokens, opened once until a file of it changes."""
    folder = collection.folder / INDEX
    stamps = (stamp(folder), *(stamp(folder / name) for name in INDEX_FILES))
    return _index(str(collection.folder), stamps, collection)


@st.cache_resource(max_entries=8, show_spinner=False)
def _index(folder: str, stamps: tuple[int, ...], _collection: Collection) -> TakenIndex:
    try:
        return TakenIndex(index_of(_collection))
    except (ValueError, OSError) as error:
        return TakenIndex(unused=reason_of(error, _collection.folder))


def map_for(points: MapPoints) -> ItemMap | None:
    """The map of these points: of at most 2,000 photos, or 200,000 places, it is made now where there is none, or a
    damaged one; of more, None without one. Raises ValueError where it cannot be read, or made."""
    folder = points.collection.folder
    return _map(str(folder), points.of, stamp(folder / MAPS[points.of]), points)


@st.cache_resource(max_entries=8, show_spinner="Laying out what the model finds alike, once …")
def _map(folder: str, of: str, stamp: int, _points: MapPoints) -> ItemMap | None:
    if len(_points) > (MAPPED_AT_ONCE if of == PHOTOS else PLACED_AT_ONCE):
        return map_of(_points.collection, of)
    with suppress(ValueError):
        if (found := map_of(_points.collection, of)) is not None:
            return found
    with SEARCHING.turn():
        return build_map_of(_points.collection, of, landmarks=MAPPED_AT_ONCE)


def centre_of_collection(collection: Collection) -> "Tensor":
    """(p,): the mean token of the first photos, which is common to all places."""
    return _centre(collection.tokens, collection)


@st.cache_resource(max_entries=8, show_spinner=False)
def _centre(tokens: str, _collection: Collection) -> "Tensor":
    return mean_token(_collection)


@st.cache_resource(max_entries=2, show_spinner="Opening the text encoder …")
def text_encoder(name: str) -> TextEncoder:
    """The text encoder of that name. Raises ValueError where it cannot be opened."""
    from concepts.models.encoders import open_text_encoder

    with OPENING.turn():
        return open_text_encoder(name)


def encoded(name: str, text: str) -> TextTokens:
    """The tokens of a text by the encoder of that name.

    Raises ValueError for a text that it does not accept, and for a visitor who may not ask a model.
    """
    with asking(f"text: {short_model(name)}", text):
        return _encoded(name, text)


@st.cache_resource(max_entries=64, show_spinner=False)
def _encoded(name: str, text: str) -> TextTokens:
    encoder = text_encoder(name)
    with ASKING.turn():
        return encoder.encode([text])[0]
