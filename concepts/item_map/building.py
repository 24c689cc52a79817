"""Building a map: landmarks are laid out, all other items placed among them, and what the map keeps is measured."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from concepts.item_map.item_map import ABOUT, FILE, FORMAT, ItemMap
from concepts.item_map.kept import neighbours_kept
from concepts.item_map.landmarks import Landmarks
from concepts.numerics.samples import random_sample
from concepts.storage.array_files import write_values
from concepts.storage.store import new_folder
from concepts.storage.typed_json import write_typed
from concepts.token_search.directions import Directions
from concepts.token_search.index import fingerprint

LANDMARKS = 20_000  # laid out in a minute or two; more take longer by more than their number
FEWEST = 3  # items
LAID_OUT, PLACED = 0.2, 0.9  # shares of the work that are then done


def build_map(
    vectors: Directions,
    folder: Path,
    *,
    landmarks: int = LANDMARKS,
    seed: int = 0,
    progress: Callable[[float], None] = lambda share: None,
) -> ItemMap:
    """The map of all items with these directions, written to `folder`, with the share of neighbours that it keeps.

    landmarks: drawn with the seed and laid out by UMAP; all others are placed among their nearest ones, a chunk of the
    file at a time: memory does not grow with the number of items. Where there are no more items than landmarks, all of
    them are laid out. Raises ValueError for fewer than three items or landmarks.
    """
    if min(len(vectors), landmarks) < FEWEST:
        raise ValueError(f"{len(vectors)} items, {landmarks} landmarks: a map needs {FEWEST} of each or more")
    found, method = laid_out(vectors, landmarks, seed)
    progress(LAID_OUT)
    with new_folder(folder) as part:
        _write_places(part / FILE, vectors, found, progress)
        places = np.memmap(part / FILE, dtype=np.float32, mode="r", shape=(len(vectors), 2))
        kept = neighbours_kept(vectors, places, seed=seed)
        about = ItemMap(FORMAT, len(vectors), len(found.items), seed, method, fingerprint(vectors.tokens), kept)
        write_typed(part / ABOUT, about)
    progress(1.0)
    return ItemMap.load(folder, vectors.tokens, len(vectors))


def laid_out(vectors: Directions, landmarks: int, seed: int) -> tuple[Landmarks, str]:
    """At most so many items, drawn with the seed, with their places by UMAP; and the method used, in words."""
    import torch

    from concepts.strategies.layout import lay_out, nearest_neighbours

    items = np.array(random_sample(len(vectors), landmarks, seed=seed))
    x = vectors.take(items)
    places, method = lay_out(x.numpy(), *nearest_neighbours(x.numpy()), seed)
    return Landmarks(items, x, torch.from_numpy(places).float()), method


def _write_places(file: Path, vectors: Directions, landmarks: Landmarks, progress: Callable[[float], None]) -> None:
    """Writes the place of each item, in order; a landmark is mixed from itself alone, and keeps its own."""
    with file.open("wb") as out:
        for numbers, x in vectors.chunks():
            write_values(out, landmarks.placed(x).numpy())
            progress(LAID_OUT + (PLACED - LAID_OUT) * (int(numbers[-1]) + 1) / len(vectors))
