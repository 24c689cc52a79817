"""Writing of a site's files: a file is rewritten when its inputs change, and always atomically."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Annotated

from concepts.storage.output_folder import names_in
from concepts.storage.store import write_bytes
from concepts.storage.typed_json import exactly, read_typed, write_typed

MANIFEST, FORMAT = "site.json", 1
OURS = re.compile(r"(index|map)\.html|(classes|concepts)/[a-z0-9-]+\.html|pictures/[a-z0-9-]+/[a-z0-9-]+\.jpg")
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Item:
    """A file of the site: its path, a hash of its inputs, and the function that makes its content."""

    path: str
    key: str
    make: Callable[[], bytes]


@dataclass(frozen=True)
class ManifestEntry:
    """A file's entry in the manifest: the hash of its inputs, and the hash of its content."""

    key: str
    hash: str


Files = Mapping[str, ManifestEntry]  # by path
PLANNED = ManifestEntry("", "")  # of a file not yet written


@dataclass(frozen=True)
class Manifest:
    """The files written by a build. files: path → entry."""

    format: Annotated[int, exactly(FORMAT)]
    files: dict[str, ManifestEntry]


@dataclass(frozen=True)
class WriteCounts:
    """Numbers of files that are new, changed, unchanged, and removed."""

    new: int
    changed: int
    unchanged: int
    removed: int


def checked_out(out: Path) -> Path:
    """The folder as an absolute path: missing, empty, or an earlier site. Raises ValueError for anything else."""
    place = out.expanduser().resolve()
    if place.exists() and not place.is_dir():
        raise ValueError(f"{out} is a file, and a site is a folder: choose another name")
    there = names_in(place)
    if there and read_manifest(place) is None:
        shown = ", ".join(there[:3])
        raise ValueError(
            f"{out} holds files that are no site of ours ({shown}): choose a new or an empty folder, or an earlier site"
        )
    return place


def read_manifest(place: Path) -> Manifest | None:
    """The manifest of an earlier build; None if there is none, or it is damaged."""
    try:
        return read_typed(Manifest, place / MANIFEST)
    except (OSError, ValueError):
        return None


def begin_site(out: Path) -> None:
    """Makes the folder a site without pages, unless it is a site. Raises ValueError where it holds anything else."""
    place = checked_out(out)
    if read_manifest(place) is None:
        _note(place, {})


def write_site(place: Path, items: Sequence[Item], ahead: Files, progress: Progress) -> WriteCounts:
    """Writes changed files, then the manifest, then removes files of an earlier build that this one did not write.

    ahead: files that were written before the build. All paths are in the manifest before the first file is written, so
    that the files of an interrupted build are known to be ours. A file whose content equals the one on disk is not
    touched.
    """
    ahead, before = _ours(ahead), _ours(_files_of(read_manifest(place)))
    _note(place, dict.fromkeys([item.path for item in items], PLANNED) | ahead | before)
    files: dict[str, ManifestEntry] = {}
    counts = Counter[str]()
    for done, item in enumerate(items):
        known = [found for each in (before, ahead) if (found := each.get(item.path))]
        files[item.path], how = _settle(place, item, known)
        counts[how] += 1
        progress("pages", (done + 1) / len(items))
    gone = [path for path in (ahead | before) if path not in files]
    for path in gone:
        _remove(place, path)
    _note(place, files)
    return WriteCounts(counts["new"], counts["changed"], counts["unchanged"], removed=len(gone))


def write_ahead(out: Path, items: Sequence[Item]) -> Manifest:
    """Writes files of a site that was begun, beside others who write there; returns their manifest for a build.

    Where the site has been removed meanwhile, nothing is written: the build makes it whole.
    """
    there = items if (out / MANIFEST).is_file() else []
    return Manifest(FORMAT, {item.path: _settle(out, item, [])[0] for item in there})


def _files_of(manifest: Manifest | None) -> Files:
    return manifest.files if manifest else {}


def _ours(files: Files) -> dict[str, ManifestEntry]:
    """The files whose paths a site can contain: no others are ever removed."""
    return {path: entry for path, entry in files.items() if OURS.fullmatch(path)}


def _settle(place: Path, item: Item, known: Collection[ManifestEntry]) -> tuple[ManifestEntry, str]:
    """The item's entry in the manifest, and whether its file is new, changed or unchanged. known: what it may be."""
    file = place / item.path
    there = hash_of(file.read_bytes()) if file.is_file() else None
    if there is not None and (found := ManifestEntry(item.key, there)) in known:
        return found, "unchanged"
    content = item.make()
    entry = ManifestEntry(item.key, hash_of(content))
    if there == entry.hash:
        return entry, "unchanged"
    write_bytes(file, content, durable=False)  # the next build compares its content
    return entry, "new" if there is None else "changed"


def _note(place: Path, files: Files) -> None:
    """Writes the manifest if it differs from the one on disk."""
    manifest = Manifest(FORMAT, dict(sorted(files.items())))
    if read_manifest(place) != manifest:
        write_typed(place / MANIFEST, manifest)


def _remove(place: Path, path: str) -> None:
    """Removes a file that an earlier build wrote, and its folder once it is empty."""
    file = place / path
    file.unlink(missing_ok=True)
    with suppress(OSError):
        file.parent.rmdir()


def hash_of(content: bytes) -> str:
    """BLAKE2b of a content, in hex."""
    return blake2b(content, digest_size=16).hexdigest()
