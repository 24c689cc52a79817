"""The map of a collection's photos: built, kept with the collection, opened again."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from concepts.item_map import ItemMap, build_map
from concepts.lexicon.collections.collection import Collection
from concepts.lexicon.collections.stored_tokens import tokens_of
from concepts.token_search.item_vectors import ItemVectors

MAP = "map"  # in the folder of a collection


def map_of(collection: Collection) -> ItemMap | None:
    """The map of a collection; None without one. Raises ValueError where it is damaged, or of other tokens."""
    folder = _folder(collection)
    return ItemMap.load(folder, tokens_of(collection)) if folder.is_dir() else None


def build_map_of(
    collection: Collection, *, seed: int = 0, progress: Callable[[float], None] = lambda share: None
) -> ItemMap:
    """Builds the collection's map, beside what the collection holds; errors are those of `build_map`."""
    return build_map(tokens_of(collection), _folder(collection), seed=seed, progress=progress)


def nearest_photos(collection: Collection, image: int, *, top: int, items: np.ndarray | None = None) -> list[int]:
    """The `top` photos that are most like one as a whole, without it, best first: all are compared, in chunks.

    Like as on the map: by the mean of a photo's places, less that of many photos. items: (n,) bool, the photos that are
    compared; None: all. Raises ValueError outside 0 … n − 1.
    """
    found = ItemVectors.of(tokens_of(collection)).nearest(image, top=top, items=items)
    return [int(row) for row in found.rows[0]]


def _folder(collection: Collection) -> Path:
    return collection.folder / MAP
