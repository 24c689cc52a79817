"""Results of a similarity query: maps on one or two photos, points and boxes, the best places of all photos."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st
from markupsafe import Markup

from attribution.points import box_of, mask_of, prompts_of, similarity_points
from attribution.similarity import (
    conditional_map,
    map_agreement,
    place_similarities,
    segmentation,
    similarity_maps,
    stack_queries,
    unit_range,
    value_range,
)
from concepts.lexicon.collections import Collection, RetrievedPhotos, retrieve_photos
from concepts.rendering.pictures import Picture
from concepts.report.rendering.overlay import overlay_bytes
from concepts.storage.typed_json import to_json
from pages.components.pictures import picture_grid
from pages.figures.places import PhotoPlaces
from pages.similarity.controls import photo_name
from pages.similarity.directions import Query
from pages.state.address import PhotoQuestion
from pages.state.collections import centre_of_collection, matrix_of

if TYPE_CHECKING:
    from torch import Tensor

TOP = 12
SMALL = 200  # pixels of a picture in a grid
ALIKE = 0.5  # cosine from which a photo counts as similar


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
    collection: Collection, image: int, similarity: "Tensor | None", asked: PhotoQuestion, caption: str
) -> PhotoPlaces:
    """A photo with or without a map (h, w); with points, or the box around the best region, where requested."""
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
    return PhotoPlaces(photo, alt, caption, grid, unit_range(similarity), points, [box] if box else [])


def caption_of(collection: Collection, image: int, similarity: "Tensor | None", condition: Sequence[Query] = ()) -> str:
    """The photo's name and the range of its map."""
    if similarity is None:
        return photo_name(collection, image)
    low, high = value_range(similarity)
    return f"{photo_name(collection, image)}: {'likeness' if condition else 'cosine'} {low:.2f} to {high:.2f}"


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
    tokens: str, key: tuple[tuple[float, ...], ...], centred: bool, but: int, _collection: Collection, _query: Query,
    _condition: Sequence[Query],
) -> RetrievedPhotos:  # fmt: skip
    matrix = matrix_of(_collection, centred=centred)
    condition = directions(_condition) if _condition else None
    return retrieve_photos(matrix, _query.vector, top=TOP, alike=ALIKE, but=but, condition=condition)


def everywhere_html(
    collection: Collection, query: Query, condition: Sequence[Query], asked: PhotoQuestion, image: int
) -> tuple[Markup, float]:
    """A grid of the best photos under their maps, each linked to its own view; and the share of similar photos.

    A map's colours begin at the value usual in all photos. The condition and what is taken out go along with a link.
    """
    key = tuple(tuple(each.vector.tolist()) for each in (query, *condition))
    found = _everywhere(collection.tokens, key, bool(asked.centred), image, collection, query, condition)
    pictures = []
    for place, heat in zip(found.places, found.maps, strict=True):
        content = overlay_bytes(collection.thumbnail(place.image), heat, top=found.top, side=SMALL)
        name, index = collection.names[place.image], place.row * collection.grid[1] + place.column
        alt = f"photo {name}, most alike at row {place.row + 1}, column {place.column + 1}"
        href = PhotoQuestion(
            collection=collection.id, image=place.image, ask="place", places=str(index), centred=asked.centred,
            condition=asked.condition if condition else None,
        ).href("similarity")  # fmt: skip
        pictures.append(Picture.of(content, alt, f"{place.value:.2f} · {name}", href))
    return picture_grid(pictures, columns=4), found.share


def agreement(first: "Tensor", second: "Tensor") -> str:
    """A sentence on the rank correlation of two maps of one photo."""
    rho = map_agreement(first, second)
    if rho != rho:
        return "One of the maps is the same everywhere: there is nothing to compare."
    word = "agree" if rho >= 0.7 else "agree in part" if rho >= 0.3 else "do not agree" if rho > -0.3 else "contradict"
    return (
        f"The two maps {word}: rank correlation {rho:.2f} over the places (1: the same order, 0: none). READ finds "
        "that maps of neighbouring layers agree; two models need not."
    )
