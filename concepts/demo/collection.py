"""The demo's own collection: pictures of its world, encoded by the pair of encoders trained on their captions."""

from collections.abc import Callable
from pathlib import Path

from concepts.lexicon.collections import Collection, record_collection

ID = "demo-world"
PER_CLASS = 30


def demo_collection(
    collections: Path, store: Path, *, progress: Callable[[float], None] | None = None, n: int = PER_CLASS
) -> Collection:
    """The collection with n held-out pictures per class; drawn, encoded and recorded now if it does not exist."""
    from concepts.data.images import open_photos
    from concepts.demo.names import SHAPES
    from concepts.demo.pair import load_pair
    from concepts.demo.pictures import demo_pictures

    folder = collections / ID
    try:
        return Collection.load(folder, store)
    except (OSError, ValueError):  # it does not exist yet, or its tokens are gone
        pass
    pair, photos = load_pair(), open_photos(demo_pictures(SHAPES, store, n=n))
    return record_collection(
        pair.images,
        photos,
        folder,
        store=store,
        title="The demo's picture world",
        text="demo/pair",
        lexicons=[pair.lexicon],
        progress=progress,
    )
