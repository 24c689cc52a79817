"""Queries as directions in the tokens' space."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from attribution.similarity import centre_of, mean_query
from concepts.lexicon.collections import Collection, concept_direction, distinct_place, is_space_of
from concepts.report import ClassReport
from pages.components.safe_text import shortened
from pages.state.address import PhotoQuestion
from pages.state.collections import centre_of_collection, kind_of_words, lexicons_of
from pages.state.reports import cards, load

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.models.encoders import TextTokens

KINDS = {"place": "A place", "text": "A text", "concept": "A concept", "photo": "A whole photo"}


@dataclass(frozen=True)
class Query:
    """A direction (p,) and its name on figures."""

    name: str
    vector: "Tensor"


def label_of(way: str, collection: Collection) -> str:
    """The label of a kind of query."""
    return kind_of_words(lexicons_of(collection).values()) if way == "words" else KINDS.get(way, f"The {way}")


def ways(collection: Collection) -> list[str]:
    """The kinds of query that this collection supports."""
    found = ["place"]
    found += ["words"] if lexicons_of(collection) else []
    found += ["text"] if collection.encoder.text else []
    found += ["concept"] if reports_of(collection) else []
    return [*found, "photo", *collection.named]


def reports_of(collection: Collection) -> dict[str, ClassReport]:
    """Id → report whose concepts are in this collection's space; damaged ones are left out."""
    found = {}
    for card in cards():
        if (card.model, card.layer) != (collection.encoder.name, collection.encoder.layer):
            continue
        try:
            report = load(card)
        except ValueError:
            continue
        if is_space_of(collection, report):
            found[card.id] = report
    return found


def places_asked(collection: Collection, image: int, asked: PhotoQuestion) -> list[int]:
    """The places in the address that are on the photos' grid; where it names none, the one that stands out most.

    An address with an empty list of places asks for none.
    """
    rows, columns = collection.grid
    if asked.places is None:
        return [_distinct_place(collection.tokens, image, collection)]
    return [place for place in asked.place_list if place < rows * columns]


@st.cache_data(max_entries=256, show_spinner=False)
def _distinct_place(tokens: str, image: int, _collection: Collection) -> int:
    return distinct_place(_collection.patches(image), centre_of_collection(_collection))


def place_query(collection: Collection, image: int, places: list[int]) -> Query | None:
    """The mean direction of places on a photo; None where none is picked, or none of them is on the grid."""
    columns, tokens = collection.grid[1], collection.patches(image)
    inside = [place for place in places if place < tokens.shape[0] * columns]
    if not inside:
        return None
    vector = mean_query(tokens, [divmod(place, columns) for place in inside])
    where = ", ".join(f"row {p // columns + 1}, column {p % columns + 1}" for p in inside[:2])
    return Query(f"{len(inside)} places" if len(inside) > 2 else f"place {where}", vector)


def word_queries(collection: Collection, words: list[str]) -> list[Query]:
    """The directions of words in the collection's lexicons."""
    found: dict[str, Tensor] = {}
    for lexicon in lexicons_of(collection).values():
        for word in words:
            if word.casefold() in lexicon.places:
                found.setdefault(word, lexicon.vector(word))
    return [Query(word, found[word]) for word in words if word in found]


def text_query(collection: Collection, tokens: "TextTokens", token: int | None) -> Query:
    """The direction of a text, or of one of its tokens. Raises ValueError where it is in another space."""
    vector = tokens.pooled if token is None else tokens.vectors[token]
    if len(vector) != collection.n_channels:
        raise ValueError(
            f"the text encoder {collection.encoder.text} gives {len(vector)} channels, the photos' tokens have "
            f"{collection.n_channels}: record the photos with a text encoder of the same space"
        )
    return Query(f"“{shortened(tokens.text) if token is None else tokens.pieces[token]}”", vector)


def concept_query(report: ClassReport, concept: int) -> Query:
    """The direction of a report's concept."""
    return Query(f"{report.names.concept(concept)} of {report.data.title}", concept_direction(report, concept))


def photo_query(collection: Collection, image: int) -> Query:
    """The mean token of a photo."""
    return Query(f"all of {collection.names[image]}", centre_of(collection.patches(image)))


def named_query(collection: Collection, image: int, name: str) -> Query:
    """A photo's token without a place."""
    return Query(f"{name} of {collection.names[image]}", collection.named_token(image, name))
