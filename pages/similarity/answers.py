"""Results of a similarity query: maps on one or two photos, points and boxes, the best places of all photos."""

import json
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st
from markupsafe import Markup

from attribution.points import box_of, mask_of, prompts_of, similarity_points
from attribution.similarity import (
    conditional_map,
    map_agreement,
    on_scale,
    place_similarities,
    segmentation,
    similarity_maps,
    stack_queries,
    unit_range,
    value_range,
)
from concepts.lexicon.collections import (
    Collection,
    PhotoIndex,
    RetrievedPhotos,
    reach_of_photos,
    reach_of_places,
    reach_of_words,
    retrieve_by_index,
    retrieve_photos,
)
from concepts.lexicon.collections.photo_recall import TOP
from concepts.numerics.written import two_decimals
from concepts.rendering.pictures import Picture
from concepts.report.rendering.overlay import overlay_bytes
from concepts.storage.typed_json import to_json
from pages.components.pictures import picture_grid
from pages.figures.places import PhotoPlaces
from pages.similarity.directions import Query
from pages.similarity.only import asked_items
from pages.similarity.photo_choice import photo_name
from pages.state.address import PhotoQuestion
from pages.state.collections import TakenIndex, centre_of_collection, index_for, lexicons_of, matrix_of
from pages.state.computing import SEARCHING
from pages.state.reports import stamp

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

SMALL = 200  # pixels of a picture in a grid
ALIKE = 0.5  # cosine from which a photo counts as similar
WEAK = "weak"  # on a match that is below what random queries reach
Scale = tuple[float, float]  # the cosines at the two ends of the colours


def centre_for(collection: Collection, asked: PhotoQuestion) -> "Tensor | None":
    """The mean token where it is to be subtracted; else None."""
    return centre_of_collection(collection) if asked.centred else None


def map_of(collection: Collection, image: int, query: Query, asked: PhotoQuestion, condition: list[Query]) -> "Tensor":
    """(h, w) in [-1, 1]: the similarity map of one query on one photo, with the options in the address."""
    tokens, centre = collection.patches(image), centre_for(collection, asked)
    if condition:
        return conditional_map(tokens, query.vector, directions(condition), centre=centre)
    return similarity_maps(tokens, query.vector[None], centre=centre)[..., 0]


def directions(queries: Sequence[Query]) -> "Tensor":
    """(q, p): the directions of several queries, stacked."""
    return stack_queries([query.vector for query in queries])


def self_similarity(collection: Collection, image: int, others: Sequence[int], asked: PhotoQuestion) -> "Tensor":
    """(T, ΣT) in [-1, 1]: cosine of each place of a photo with each place of it and of the others."""
    return _self_similarity(collection.tokens, image, tuple(others), bool(asked.centred), collection, asked)


@st.cache_data(max_entries=32, show_spinner=False)
def _self_similarity(
    tokens: str, image: int, others: tuple[int, ...], centred: bool, _collection: Collection, _asked: PhotoQuestion
) -> "Tensor":
    photos = [_collection.patches(i) for i in (image, *others)]
    return place_similarities(photos, centre=centre_for(_collection, _asked))


def placed(
    collection: Collection,
    image: int,
    similarity: "Tensor | None",
    asked: PhotoQuestion,
    caption: str,
    scale: Scale | None = None,
) -> PhotoPlaces:
    """A photo with or without a map (h, w); with points, or the box around the best region, where requested.

    scale: that of all photos of an answer; None: the map's own smallest and largest value.
    """
    photo, grid = collection.thumbnail(image), collection.grid
    if similarity is None:
        return PhotoPlaces(photo, f"photo {collection.names[image]}", caption, grid)
    points, box = [], None
    if asked.show == "points":
        found = similarity_points(similarity)
        points = [(*xy, label) for xy, label in zip(found.xy.tolist(), found.labels.tolist(), strict=True)]
    if asked.show == "box":
        box = box_of(mask_of(similarity))
    alt = f"photo {collection.names[image]}, {caption}"
    values = unit_range(similarity) if scale is None else on_scale(similarity, *scale)
    return PhotoPlaces(photo, alt, caption, grid, values, points, [box] if box else [])


def caption_of(collection: Collection, image: int, similarity: "Tensor | None", condition: Sequence[Query] = ()) -> str:
    """The photo's name and the range of its map."""
    if similarity is None:
        return photo_name(collection, image)
    low, high = map(two_decimals, value_range(similarity))
    return f"{photo_name(collection, image)}: {'likeness' if condition else 'cosine'} {low} to {high}"


def segmented(
    collection: Collection, image: int, queries: list[Query], asked: PhotoQuestion
) -> tuple[PhotoPlaces, list[float]]:
    """A photo in which each place has the colour of its most similar query, and each query's share."""
    tokens, centre = collection.patches(image), centre_for(collection, asked)
    found, shares = segmentation(tokens, directions(queries), centre=centre)
    alt = f"photo {collection.names[image]} in segments"
    return PhotoPlaces(collection.thumbnail(image), alt, photo_name(collection, image), collection.grid, found), shares


def points_json(collection: Collection, image: int, similarity: "Tensor", query: Query) -> str:
    """Points, box and mask of a map as JSON; xy in shares of the photo's width and height."""
    encoder = {name: value for name, value in to_json(collection.encoder).items() if value is not None}
    value = {
        "photo": collection.names[image], "query": query.name,
        "labels": {"1": "positive", "0": "negative", "-1": "neutral"},
        **to_json(prompts_of(similarity)), "encoder": encoder,
    }  # fmt: skip
    return json.dumps(value, ensure_ascii=False, indent=1)


@st.cache_data(max_entries=64, show_spinner=False)
def _everywhere(
    tokens: str, key: tuple[tuple[float, ...], ...], centred: bool, but: int, items: bytes, indexed: str,
    _collection: Collection, _query: Query, _condition: Sequence[Query], _items: "np.ndarray | None",
    _index: PhotoIndex | None,
) -> RetrievedPhotos:  # fmt: skip
    with SEARCHING.turn():
        if _index is not None:
            return retrieve_by_index(_collection, _index, _query.vector, top=TOP, alike=ALIKE, but=but, items=_items)
        matrix = matrix_of(_collection, centred=centred)
        compare = partial(conditional_map, condition=directions(_condition)) if _condition else None
        return retrieve_photos(matrix, _query.vector, top=TOP, alike=ALIKE, but=but, compare=compare, items=_items)


def everywhere(
    collection: Collection, query: Query, condition: Sequence[Query], asked: PhotoQuestion, image: int
) -> RetrievedPhotos:
    """The photos that are most like a query, without the one shown; by the index where there is one for the question.

    Raises ValueError where no photo is left that may be asked.
    """
    items, index = asked_items(collection, asked), index_of_question(collection, condition, asked).index
    key = tuple(tuple(each.vector.tolist()) for each in (query, *condition))
    return _everywhere(
        collection.tokens, key, bool(asked.centred), image, b"" if items is None else items.tobytes(),
        "" if index is None else str(index.effort), collection, query, condition, items, index,
    )  # fmt: skip


def index_of_question(collection: Collection, condition: Sequence[Query], asked: PhotoQuestion) -> TakenIndex:
    """The index that answers a question: of the plain cosine alone; none where every place is compared."""
    return TakenIndex() if condition or asked.centred else index_for(collection)


def scale_of(found: RetrievedPhotos) -> Scale:
    """The scale of all photos of an answer: from the cosine that is usual in all photos to the largest one."""
    return found.usual, max(found.highest, found.usual + 1e-6)


def random_reach(collection: Collection, way: str, asked: PhotoQuestion) -> float | None:
    """The cosine that a random query of this kind reaches in half of the other photos; None for one photo."""
    return _random_reach(collection.tokens, stamp(collection.folder), way, bool(asked.centred), collection, asked)


@st.cache_data(max_entries=32, show_spinner=False)
def _random_reach(
    tokens: str, stamp: int, way: str, centred: bool, _collection: Collection, _asked: PhotoQuestion
) -> float | None:
    centre, lexicons = centre_for(_collection, _asked), list(lexicons_of(_collection).values())
    with SEARCHING.turn():
        if way in ("words", "text") and lexicons:
            return reach_of_words(_collection, lexicons[0].vectors, centre=centre)
        if way == "photo":
            return reach_of_photos(_collection, centre=centre)
        return reach_of_places(_collection, centre=centre)


def everywhere_html(
    collection: Collection, found: RetrievedPhotos, asked: PhotoQuestion, *, reach: float | None, conditional: bool
) -> Markup:
    """A grid of the best photos under their maps, each linked to its own view; weak matches are marked.

    The condition and what is taken out go along with a link. reach: the cosine below which a match is weak.
    """
    low, high = scale_of(found)
    pictures = []
    for place, heat in zip(found.places, found.maps, strict=True):
        content = overlay_bytes(collection.thumbnail(place.image), heat, top=high - low, side=SMALL)
        name, index = collection.names[place.image], place.row * collection.grid[1] + place.column
        weak = WEAK if reach is not None and place.value < reach else ""
        alt = f"photo {name}, most alike at row {place.row + 1}, column {place.column + 1}"
        href = PhotoQuestion(
            collection=collection.id, image=place.image, ask="place", places=str(index), centred=asked.centred,
            condition=asked.condition if conditional else None, only=asked.only,
        ).href("similarity")  # fmt: skip
        alt += ", a weak match" if weak else ""
        pictures.append(Picture.of(content, alt, f"{two_decimals(place.value)} · {name}", href, weak))
    return picture_grid(pictures, columns=4)


def agreement(first: "Tensor", second: "Tensor") -> str:
    """A sentence on the rank correlation of two maps of one photo."""
    rho = map_agreement(first, second)
    if rho != rho:
        return "One of the maps is the same everywhere: there is nothing to compare."
    word = "agree" if rho >= 0.7 else "agree in part" if rho >= 0.3 else "do not agree" if rho > -0.3 else "contradict"
    return (
        f"The two maps {word}: rank correlation {two_decimals(rho)} over the places (1: the same order, 0: none). READ "
        "finds that maps of neighbouring layers agree; two models need not."
    )
