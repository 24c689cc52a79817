"""Files of a site that are written when what they are made from has changed, and never seen half-written."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Annotated

from concepts.storage.output_folder import LEFT_BY_SYSTEMS
from concepts.storage.store import write_bytes
from concepts.storage.typed_json import exactly, read_typed, write_typed

MANIFEST, FORMAT = "site.json", 1
OURS = re.compile(r"(index|map)\.html|(classes|concepts)/[a-z0-9-]+\.html|pictures/[a-z0-9-]+/[a-z0-9-]+\.jpg")
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Item:
    """A file of the site: its path, a hash of all it is made from, and what makes it."""

    path: str
    key: str
    make: Callable[[], bytes]


@dataclass(frozen=True)
class ManifestEntry:
    """What the manifest says of a file: the hash of all it is made from, and that of its content."""

    key: str
    hash: str


PLANNED = ManifestEntry("", "")  # of a file that is not written yet


@dataclass(frozen=True)
class Manifest:
    """What a build wrote. files: path → entry."""

    format: Annotated[int, exactly(FORMAT)]
    files: dict[str, ManifestEntry]


@dataclass(frozen=True)
class WriteCounts:
    """How many files are new, changed, as they were, and gone."""

    new: int
    changed: int
    unchanged: int
    removed: int


def checked_out(out: Path) -> Path:
    """The folder as an absolute path: missing, empty, or a site of ours. Raises ValueError for anything else."""
    place = out.expanduser().resolve()
    if place.exists() and not place.is_dir():
        raise ValueError(f"{out} is a file, and a site is a folder: choose another name")
    there = {entry.name for entry in place.iterdir()} - LEFT_BY_SYSTEMS if place.is_dir() else set()
    if there and read_manifest(place) is None:
        shown = ", ".join(sorted(there)[:3])
        raise ValueError(
            f"{out} holds files that are no site of ours ({shown}): choose a new or an empty folder, or an earlier site"
        )
    return place


def read_manifest(place: Path) -> Manifest | None:
    """What an earlier build wrote; None where there was none, or where its manifest is damaged."""
    try:
        return read_typed(Manifest, place / MANIFEST)
    except (OSError, ValueError):
        return None


def write_site(place: Path, items: Sequence[Item], progress: Progress) -> WriteCounts:
    """Writes what has changed, then the manifest, then removes what an earlier build wrote and this one did not.

    All paths stand in the manifest before the first is written: what an interrupted build leaves is known to be ours.
    A file whose content comes out as it is on disk is not touched.
    """
    before = _ours(read_manifest(place))
    _note(place, dict.fromkeys([item.path for item in items], PLANNED) | before)
    files: dict[str, ManifestEntry] = {}
    counts = Counter[str]()
    for done, item in enumerate(items):
        files[item.path], how = _settle(place, item, before.get(item.path, PLANNED))
        counts[how] += 1
        progress("pages", (done + 1) / len(items))
    gone = [path for path in before if path not in files]
    for path in gone:
        _remove(place, path)
    _note(place, files)
    return WriteCounts(counts["new"], counts["changed"], counts["unchanged"], removed=len(gone))


def _ours(manifest: Manifest | None) -> dict[str, ManifestEntry]:
    """Its files whose paths a site of ours may have: no others are ever removed."""
    files = manifest.files if manifest else {}
    return {path: entry for path, entry in files.items() if OURS.fullmatch(path)}


def _settle(place: Path, item: Item, before: ManifestEntry) -> tuple[ManifestEntry, str]:
    """The item's entry in the manifest, and whether its file is new, changed or unchanged."""
    file = place / item.path
    there = hash_of(file.read_bytes()) if file.is_file() else None
    if there is not None and before == ManifestEntry(item.key, there):
        return before, "unchanged"
    content = item.make()
    entry = ManifestEntry(item.key, hash_of(content))
    if there == entry.hash:
        return entry, "unchanged"
    write_bytes(file, content)
    return entry, "new" if there is None else "changed"


def _note(place: Path, files: Mapping[str, ManifestEntry]) -> None:
    """The manifest, where it says something else."""
    manifest = Manifest(FORMAT, dict(sorted(files.items())))
    if read_manifest(place) != manifest:
        write_typed(place / MANIFEST, manifest)


def _remove(place: Path, path: str) -> None:
    """A file that an earlier build wrote, and its folder once it is empty."""
    file = place / path
    file.unlink(missing_ok=True)
    with suppress(OSError):
        file.parent.rmdir()


def hash_of(content: bytes) -> str:
    """BLAKE2b of a content, in hex."""
    return blake2b(content, digest_size=16).hexdigest()
