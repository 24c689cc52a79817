"""Results on disk that are never visible half-written: a folder is filled under another name and moved into place."""

import glob
import json
import os
import re
import shutil
import time
import unicodedata
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path

STORE_BYTES = 50 * 2**30  # of stages kept for reuse; the longest unused are removed first
ABANDONED = 24 * 3600  # seconds without a change after which an unfinished entry counts as abandoned
IN_USE = 6 * 3600  # seconds after its last use in which an entry may still be read
ENTRY = re.compile(r"[a-z]+-[0-9a-f]{24}(\.safetensors)?")  # a stage and its key: nothing else is pruned


def key_of(**parts: object) -> str:
    """A hash of these JSON-able parts, as a name for what they determine: equal parts have equal keys."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return blake2b(text.encode(), digest_size=12).hexdigest()


def slug(text: str, longest: int = 60) -> str:
    """The text reduced to characters that are safe in a file name and in a URL: a to z, digits, single hyphens.

    Different texts can have the same slug, or an empty one: a caller that names a file by it must add a hash.
    """
    words = unicodedata.normalize("NFKD", text[: 4 * longest]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", words).strip("-")[:longest].rstrip("-")


def write_bytes(path: Path, content: bytes) -> None:
    """Writes a file so that a reader sees either the old content or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    unfinished.write_bytes(content)
    os.replace(unfinished, path)


def write_text(path: Path, text: str) -> None:
    """`write_bytes` of a text in UTF-8."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: object) -> None:
    """`write_text` of a JSON value. Raises ValueError for NaN."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False))


def read_json(path: Path) -> object:
    """The JSON value in a file. Raises ValueError with the path if it is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not a readable JSON file: {error}") from error


@contextmanager
def new_folder(final: Path, *, keep: bool = False) -> Iterator[Path]:
    """Yields a folder to fill; it is moved to `final` if the block succeeds, and removed if it fails.

    Earlier content of `final` is replaced, not mixed. keep: for entries that are named by their content; an entry that
    another process has finished in the meantime stays, since it may be in use, and this one is dropped.
    """
    final.parent.mkdir(parents=True, exist_ok=True)
    sweep(final.parent, final.name)
    unfinished = _beside(final, "part")
    unfinished.mkdir()
    try:
        yield unfinished
        _move_into_place(unfinished, final, keep)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _move_into_place(folder: Path, final: Path, keep: bool) -> None:
    try:
        os.replace(folder, final)  # the system moves no folder over a full one
        return
    except OSError:
        if not final.exists():
            raise
    if keep:
        return
    old = _beside(final, "old")
    os.replace(final, old)
    try:
        os.replace(folder, final)
    except BaseException:
        os.replace(old, final)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _beside(final: Path, kind: str) -> Path:
    """A hidden path beside the final one, for an entry that is unfinished (`part`) or being removed (`old`)."""
    return final.parent / f".{final.name}.{uuid.uuid4().hex[:8]}.{kind}"


def sweep(folder: Path, name: str | None = None) -> None:
    """Removes what dead processes left in the folder: unfinished or replaced entries that have not changed for a day.

    name: of one entry; None for all.
    """
    start = "*" if name is None else glob.escape(name)
    for kind in ("part", "old"):
        for leftover in folder.glob(f".{start}.{'[0-9a-f]' * 8}.{kind}"):
            if time.time() - _last_change(leftover) > ABANDONED:
                discard(leftover)


def prune(store: Path, max_bytes: int = STORE_BYTES) -> int:
    """Removes the least recently used entries until the store holds at most `max_bytes`; returns the bytes removed.

    Entries used in the last six hours stay, whatever the size: a running analysis may be reading them. Only entries
    that the store has named are removed. Other processes may prune at the same time: missing entries are no error.
    """
    sweep(store)
    entries = sorted((entry for entry in store.glob("*") if ENTRY.fullmatch(entry.name)), key=_used)
    sizes = [_size(entry) for entry in entries]
    excess, removed = sum(sizes) - max_bytes, 0
    for entry, size in zip(entries, sizes, strict=True):
        if removed >= excess or time.time() - _used(entry) < IN_USE:
            break
        removed += size if discard(entry) else 0
    return removed


def discard(entry: Path) -> bool:
    """Removes a file or folder; True if this call removed it. It vanishes as a whole: first its name, then its content.

    False where it is gone already, or may not be removed.
    """
    gone = _beside(entry, "old") if not entry.name.startswith(".") else entry
    try:
        os.replace(entry, gone)
    except OSError:  # another process removed it, or it may not be removed
        return False
    if gone.is_dir():
        shutil.rmtree(gone, ignore_errors=True)
    else:
        gone.unlink(missing_ok=True)
    return True


def _used(entry: Path) -> float:
    """The time of the entry's last use, in seconds since 1970; the current time if it is gone."""
    try:
        return entry.stat().st_mtime
    except OSError:
        return time.time()


def _last_change(entry: Path) -> float:
    """The time of the last change of the entry, or of anything directly in it."""
    inside: list[Path] = []
    with suppress(OSError):  # another process removed it, or it is a file
        inside = list(entry.iterdir())
    return max(_used(each) for each in (entry, *inside))


def _size(entry: Path) -> int:
    """Bytes of a file, or of all files in a folder; files that vanish in the meantime count 0."""
    files = [Path(folder) / name for folder, _, names in os.walk(entry) for name in names] or [entry]
    total = 0
    for file in files:
        with suppress(OSError):
            total += file.stat().st_size
    return total
