"""The maps of a collection, of its photos and of their places: built, kept with the collection, opened again."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from concepts.item_map import ItemMap, build_map
from concepts.item_map.building import LANDMARKS
from concepts.lexicon.collections.collection import Collection
from concepts.lexicon.collections.stored_tokens import tokens_of
from concepts.token_search import exact_search
from concepts.token_search.item_vectors import ItemVectors
from concepts.token_search.place_vectors import PlaceVectors

PHOTOS, PLACES = "photos", "places"
MAPS = {PHOTOS: "map", PLACES: "map_of_places"}  # in the folder of a collection


def map_of(collection: Collection, of: str = PHOTOS) -> ItemMap | None:
    """The map of a collection's photos, or of their places; None without one.

    Raises ValueError where it is damaged, or of other tokens, and for another kind of map.
    """
    folder, tokens = _folder(collection, of), tokens_of(collection)
    n = tokens.n_items if of == PHOTOS else len(tokens)
    return ItemMap.load(folder, tokens, n) if folder.is_dir() else None


def build_map_of(
    collection: Collection,
    of: str = PHOTOS,
    *,
    landmarks: int = LANDMARKS,
    seed: int = 0,
    progress: Callable[[float], None] = lambda share: None,
) -> ItemMap:
    """Builds the map of the collection's photos, or of their places, beside what the collection holds.

    Raises ValueError for another kind of map, for places of photos that have one each, and as `build_map`.
    """
    folder = _folder(collection, of)
    if of == PLACES and tokens_of(collection).places == 1:
        raise ValueError("each photo has one place: the map of photos is the same")
    vectors = (ItemVectors if of == PHOTOS else PlaceVectors).of(tokens_of(collection), seed=seed)
    return build_map(vectors, folder, landmarks=landmarks, seed=seed, progress=progress)


def nearest_photos(collection: Collection, image: int, *, top: int, items: np.ndarray | None = None) -> list[int]:
    """The `top` photos that are most like one as a whole, without it, best first: all are compared, in chunks.

    Like as on the map: by the mean of a photo's places, less that of many photos. items: (n,) bool, the photos that are
    compared; None: all. Raises ValueError outside 0 … n − 1.
    """
    found = ItemVectors.of(tokens_of(collection)).nearest(image, top=top, items=items)
    return [int(row) for row in found.rows[0]]


def nearest_places(collection: Collection, place: int, *, top: int, items: np.ndarray | None = None) -> list[int]:
    """The `top` places that are most like one, without it, best first: all are compared, in chunks.

    place: photo · P + place in it. Like as on the map of places: by the token, less the mean of many. items: (n,) bool,
    the photos whose places are compared; None: all. Raises ValueError outside 0 … n · P − 1, and for a place that is
    the mean itself.
    """
    tokens = tokens_of(collection)
    if not 0 <= place < len(tokens):
        raise ValueError(f"place {place} was asked for, there are 0 to {len(tokens) - 1}")
    own, centre = np.array([place]), PlaceVectors.of(tokens).centre
    found = exact_search(tokens, tokens.take(own), top=top + 1, items=items, centre=centre).without(own)
    return [int(row) for row in found.rows[0]]


def _folder(collection: Collection, of: str) -> Path:
    if of not in MAPS:
        raise ValueError(f"a map of {of!r}: choose {' or '.join(MAPS)}")
    return collection.folder / MAPS[of]
