"""What is like that: maps on the photo and on a second one, points and boxes, and the best places of all photos."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from markupsafe import Markup

from attribution.points import box_of, mask_of, similarity_points
from attribution.similarity import conditional_map, map_agreement, query_weights, segments, similarity_maps, unit_range
from concepts.collection import Collection, Found, best_places
from concepts.rendering.pictures import Picture
from concepts.report.overlay import colours_of, overlay_bytes
from concepts.typed_json import to_json
from pages.components.pictures import picture_grid
from pages.similarity.asking import Query
from pages.similarity.choosing import photo_name
from pages.ui.address import Question
from pages.ui.collections import centre_of_collection, matrix_of
from pages.ui.places import Placed

TOP = 12
SMALL = 200  # pixels of a picture in a grid
ALIKE = 0.5  # cosine from which a photo counts as having it
SEGMENT = 0.35  # of the largest similarity of a query: below, a place belongs to none


def centre_for(collection: Collection, asked: Question):
    """The mean token, where it is to be taken out; else None."""
    return centre_of_collection(collection) if asked.centred else None


def map_of(collection: Collection, image: int, query: Query, asked: Question, condition: list[Query]):
    """(h, w) in [-1, 1]: one query on one photo, as the options say."""
    tokens, centre = collection.patches(image), centre_for(collection, asked)
    if condition:
        return conditional_map(tokens, query.vector, stacked(condition))
    return similarity_maps(tokens, query.vector[None], centre=centre)[..., 0]


def stacked(queries: list[Query]):
    """(q, p): the directions of several queries."""
    return queries[0].vector.new_tensor([query.vector.tolist() for query in queries])


def self_similarity(collection: Collection, image: int, others: Sequence[int], asked: Question) -> np.ndarray:
    """(T, ΣT) in [-1, 1]: every place of a photo against every place of it and of others."""
    return _self_similarity(collection.tokens, image, tuple(others), bool(asked.centred), collection, asked)


@st.cache_data(max_entries=32, show_spinner=False)
def _self_similarity(
    tokens: str, image: int, others: tuple[int, ...], centred: bool, _collection: Collection, _asked: Question
) -> np.ndarray:
    centre, first = centre_for(_collection, _asked), _collection.patches(image)
    queries = first.reshape(-1, first.shape[-1])
    queries = queries + (queries == 0).all(dim=1, keepdim=True) * 1e-6  # an empty place is like nothing, not an error
    parts = [similarity_maps(_collection.patches(i), queries, centre=centre).flatten(0, 1).T for i in (image, *others)]
    return np.concatenate([part.numpy() for part in parts], axis=1)


def placed(collection: Collection, image: int, similarity, asked: Question, caption: str) -> Placed:
    """A photo under a map (h, w), or without one; with points, or the box around the best region, where asked for."""
    points, boxes, values = [], [], None
    if similarity is not None:
        values = unit_range(similarity).numpy()
        if asked.show == "points":
            found = similarity_points(similarity)
            points = [(*xy, label) for xy, label in zip(found.xy.tolist(), found.labels.tolist(), strict=True)]
        if asked.show == "box":
            box = box_of(mask_of(similarity))
            boxes = [box] if box else []
    alt = f"photo {collection.names[image]}" + ("" if values is None else f", {caption}")
    return Placed(collection.thumbnail(image), alt, caption, collection.grid, values, points, boxes)


def caption_of(collection: Collection, image: int, similarity) -> str:
    """The photo's name and the ends of its map."""
    if similarity is None:
        return photo_name(collection, image)
    return f"{photo_name(collection, image)}: cosine {float(similarity.min()):.2f} to {float(similarity.max()):.2f}"


def segmented(collection: Collection, image: int, queries: list[Query], asked: Question) -> tuple[Placed, np.ndarray]:
    """A photo in which each place bears the colour of the query that it is most like, and each query's share.

    What all queries share is removed first (CLIP Surgery).
    """
    tokens, centre = collection.patches(image), centre_for(collection, asked)
    vectors = stacked(queries)
    maps = similarity_maps(tokens, vectors, centre=centre, weights=query_weights(tokens, vectors))
    found = segments(maps, SEGMENT * float(maps.max())).numpy()
    shares = np.array([(found == i).mean() for i in range(len(queries))])
    alt = f"photo {collection.names[image]} in segments"
    return Placed(collection.thumbnail(image), alt, photo_name(collection, image), collection.grid, found), shares


def points_json(collection: Collection, image: int, similarity, query: Query) -> str:
    """Points, box and mask of a map as JSON; xy in shares of the photo's width and height."""
    found, mask = similarity_points(similarity), mask_of(similarity)
    h, w = collection.grid
    points = [
        {"x": round((x + 0.5) / w, 4), "y": round((y + 0.5) / h, 4), "label": label, "value": round(value, 4)}
        for (x, y), label, value in zip(found.xy.tolist(), found.labels.tolist(), found.values.tolist(), strict=True)
    ]
    box = box_of(mask)
    shares = None if box is None else [round(side / size, 4) for side, size in zip(box, (w, h, w, h), strict=True)]
    encoder = {name: value for name, value in to_json(collection.encoder).items() if value is not None}
    value = {
        "photo": collection.names[image], "query": query.name,
        "labels": {"1": "positive", "0": "negative", "-1": "neutral"},
        "points": points, "box": shares, "mask": mask.int().tolist(), "encoder": encoder,
    }  # fmt: skip
    return json.dumps(value, ensure_ascii=False, indent=1)


@dataclass(frozen=True)
class Everywhere:
    """The best places of all photos, each photo's map, the mean of all maps, the share of photos that reach ALIKE."""

    places: list[Found]
    maps: list[np.ndarray]
    usual: float
    share: float


@st.cache_data(max_entries=64, show_spinner=False)
def _everywhere(
    tokens: str, key: tuple[float, ...], centred: bool, but: int, _collection: Collection, _query: Query
) -> Everywhere:
    maps = matrix_of(_collection, centred=centred).similarity(_query.vector)
    found = best_places(maps, TOP, but=but)
    share = float((maps.reshape(len(maps), -1).max(axis=1) >= ALIKE).mean())
    return Everywhere(found, [maps[place.image] for place in found], float(maps.mean()), share)


def everywhere_html(collection: Collection, query: Query, asked: Question, image: int) -> tuple[Markup, float]:
    """A grid of the best photos under their maps, each a link that looks at it; and the share of photos like that.

    A map's colours begin at what is usual in all photos.
    """
    key = tuple(query.vector.tolist())
    found = _everywhere(collection.tokens, key, bool(asked.centred), image, collection, query)
    pictures = []
    for place, heat in zip(found.places, found.maps, strict=True):
        top = max(found.places[0].value - found.usual, 1e-6)
        content = overlay_bytes(
            collection.thumbnail(place.image), np.maximum(heat - found.usual, 0), top=top, side=SMALL
        )
        name, index = collection.names[place.image], place.row * collection.grid[1] + place.column
        alt = f"photo {name}, most alike at row {place.row + 1}, column {place.column + 1}"
        href = Question(collection=collection.id, image=place.image, ask="place", places=str(index)).href("similarity")
        pictures.append(Picture.of(content, alt, f"{place.value:.2f} · {name}", href))
    return picture_grid(pictures, columns=4), found.share


def scale() -> list[list[int]]:
    """The colours of a map, from least to most."""
    return colours_of(np.linspace(0.15, 1, 8)).tolist()


def agreement(first, second) -> str:
    """One sentence on two maps of one photo."""
    rho = map_agreement(first, second)
    if rho != rho:
        return "One of the maps is the same everywhere: there is nothing to compare."
    word = "agree" if rho >= 0.7 else "agree in part" if rho >= 0.3 else "do not agree" if rho > -0.3 else "contradict"
    return (
        f"The two maps {word}: rank correlation {rho:.2f} over the places (1: the same order, 0: none). READ finds "
        "that maps of neighbouring layers agree; two models need not."
    )
