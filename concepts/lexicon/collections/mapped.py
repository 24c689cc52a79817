"""The map of a collection's photos: built, kept with the collection, opened again."""

from collections.abc import Callable
from pathlib import Path

from concepts.item_map import ItemMap, build_map
from concepts.lexicon.collections.collection import Collection
from concepts.lexicon.collections.indexed import tokens_of

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


def _folder(collection: Collection) -> Path:
    return collection.folder / MAP
