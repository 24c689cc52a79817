"""Index, map and near-duplicates of a collection, as `tokens` adds them: what was made of one that exists is said."""

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.numerics.counted import counted, listed
from concepts.storage.listing import folders_in
from concepts.storage.store import NoRoomError

if TYPE_CHECKING:
    from concepts.lexicon.collections import Collection, PhotoIndex

STORE, COLLECTIONS = "store", "collections"
SHOWN = 5  # collections that an error names
Progress = Callable[[str, float], None]


def existing_collection(id: str, workspace: Path) -> "Collection":
    """The collection of that id in a workspace. Raises ValueError, with those there are, for an unknown one."""
    from concepts.lexicon.collections import Collection

    folders = {folder.name: folder for folder in folders_in(workspace / COLLECTIONS)}
    if id not in folders:
        there = f"there are {listed(sorted(folders), SHOWN)}" if folders else "there are none"
        raise ValueError(f"--collection {id[:60]!r}: no such collection in {workspace / COLLECTIONS}; {there}")
    return Collection.load(folders[id], workspace / STORE)


def add_parts(found: "Collection", options: argparse.Namespace, progress: Progress) -> list[ValueError | OSError]:
    """Adds index, maps and near-duplicates where they are asked for, and says what they can be used for.

    Returns why one could not be made: the collection, and the others, are of use without.
    """
    wanted = [("an index", lambda: _index(found))] if options.index else []
    maps = () if options.map is None else dict.fromkeys(options.map or ["photos"])
    wanted += [(f"a map of {of}", partial(_map, found, of, progress)) for of in maps]
    wanted += [("near-duplicates", lambda: _duplicates(found, progress))] if options.duplicates else []
    return [error for name, make in wanted if (error := _made(name, make)) is not None]


def is_trouble(error: ValueError | OSError) -> bool:
    """Whether something has failed that would be possible: not what this collection is too small for."""
    return isinstance(error, NoRoomError | OSError)


def _made(name: str, make: Callable[[], str]) -> ValueError | OSError | None:
    """Makes a part and prints the line about it; returns why it could not be made."""
    try:
        print(f"  {make()}")
    except (ValueError, OSError) as error:
        print(f"  without {name}: {' '.join(str(error).split())}")
        return error
    return None


def _index(found: "Collection") -> str:
    from concepts.lexicon.collections import build_index_of

    index = build_index_of(found)
    said = f"index: {index.tokens.nbytes / 1e6:.1f} MB"
    if index.photos is not None and index.photos.scanned:
        return f"{said}, not needed: of so few places ({index.tokens.rows:,}) pages compare each, and miss none"
    return f"{said}, {'; '.join(_recalls(index))}"


def _recalls(index: "PhotoIndex") -> Iterator[str]:
    """What was measured: of places, and of photos."""
    if (of_places := index.tokens.recall) is not None:
        yield f"recall at {of_places.top} places {of_places.value:.3f}"
    if index.photos is not None:
        found = {"places": index.photos.places, "words": index.photos.words}
        said = [f"{recall.value:.3f} for {name}" for name, recall in found.items() if recall is not None]
        yield f"at {index.photos.places.top} photos {' and '.join(said)}"


def _map(found: "Collection", of: str, progress: Progress) -> str:
    from concepts.item_map.sentences import kept_sentence, made_sentence
    from concepts.lexicon.collections import MapPoints, build_map_of

    item = MapPoints(found, of).noun
    mapped = build_map_of(found, of, progress=lambda share: progress(f"map of {of}", share))
    return f"map of {of}: {made_sentence(mapped, item=item)} {kept_sentence(mapped.kept, item=item)}"


def _duplicates(found: "Collection", progress: Progress) -> str:
    from concepts.lexicon.collections import build_duplicates_of

    kept = build_duplicates_of(found, progress=lambda share: progress("near-duplicates", share))
    groups = counted(kept.groups, "group")
    return f"near-duplicates: {counted(kept.members, 'photo')} in {groups}, at a cosine of {kept.threshold:g} or more"
