"""Results on disk that are never seen half-written: a folder is filled under another name and moved into place."""

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

STORE_BYTES = 50 * 2**30  # of stages kept for reuse; the longest unused go first
ABANDONED = 24 * 3600  # seconds without a change after which an unfinished entry has nobody left who fills it
IN_USE = 6 * 3600  # seconds after its last use in which an entry may still be read
ENTRY = re.compile(r"[a-z]+-[0-9a-f]{24}(\.safetensors)?")  # a stage and its key: nothing else in a folder is pruned


def key_of(**parts: object) -> str:
    """A name for what these JSON-able parts determine: equal parts, equal key."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return blake2b(text.encode(), digest_size=12).hexdigest()


def slug(text: str, longest: int = 60) -> str:
    """What is left of a text that is safe in a file's name and in an address: a to z, digits, single hyphens.

    Other texts can give the same, or nothing: whoever names a file by it adds a hash.
    """
    words = unicodedata.normalize("NFKD", text[: 4 * longest]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", words).strip("-")[:longest].rstrip("-")


def write_bytes(path: Path, content: bytes) -> None:
    """Writes a file so that a reader sees the old content or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    unfinished.write_bytes(content)
    os.replace(unfinished, path)


def write_text(path: Path, text: str) -> None:
    """`write_bytes` of a text in UTF-8."""
    write_bytes(path, text.encode("utf-8"))


def write_json(path: Path, value: object) -> None:
    """`write_text` of a JSON value; NaN is refused."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False))


def read_json(path: Path) -> object:
    """The JSON value in a file. Raises ValueError with the path when it is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not a readable JSON file: {error}") from error


@contextmanager
def new_folder(final: Path, *, keep: bool = False) -> Iterator[Path]:
    """A folder to fill; it appears at `final` when the block ends well, and is removed when it does not.

    What stood at `final` before is replaced, not mixed. keep: for entries that are named by their content, what another
    process has finished in the meantime stays, since somebody may be reading it, and this one is dropped.
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
    """A hidden name beside the final one, for what is unfinished (`part`) or on its way out (`old`)."""
    return final.parent / f".{final.name}.{uuid.uuid4().hex[:8]}.{kind}"


def sweep(folder: Path, name: str | None = None) -> None:
    """Removes what dead processes left in the folder: unfinished or replaced entries in which nothing has changed for
    a day; those of one entry, or of all."""
    start = "*" if name is None else glob.escape(name)
    for kind in ("part", "old"):
        for leftover in folder.glob(f".{start}.{'[0-9a-f]' * 8}.{kind}"):
            if time.time() - _last_change(leftover) > ABANDONED:
                _remove(leftover)


def prune(store: Path, max_bytes: int = STORE_BYTES) -> int:
    """Removes the entries that were used longest ago until the store holds at most `max_bytes`; bytes removed.

    Entries used in the last hours stay, whatever the size: a running analysis may be reading them. Only what the store
    itself has named is touched. Other processes may prune at the same time: what is gone already does not matter.
    """
    sweep(store)
    entries = sorted((entry for entry in store.glob("*") if ENTRY.fullmatch(entry.name)), key=_used)
    sizes = [_size(entry) for entry in entries]
    excess, removed = sum(sizes) - max_bytes, 0
    for entry, size in zip(entries, sizes, strict=True):
        if removed >= excess or time.time() - _used(entry) < IN_USE:
            break
        removed += size if _remove(entry) else 0
    return removed


def _remove(entry: Path) -> bool:
    """Did this call take the entry away? It vanishes as a whole: first its name, then its content."""
    gone = _beside(entry, "old") if not entry.name.startswith(".") else entry
    try:
        os.replace(entry, gone)
    except OSError:  # another process took it, or it is not ours to take
        return False
    if gone.is_dir():
        shutil.rmtree(gone, ignore_errors=True)
    else:
        gone.unlink(missing_ok=True)
    return True


def _used(entry: Path) -> float:
    """When the entry was last used, in seconds since 1970; now, when it is gone."""
    try:
        return entry.stat().st_mtime
    except OSError:
        return time.time()


def _last_change(entry: Path) -> float:
    """When the entry, or anything directly in it, last changed."""
    inside = list(entry.iterdir()) if entry.is_dir() else []
    return max(_used(each) for each in (entry, *inside))


def _size(entry: Path) -> int:
    """Bytes of a file, or of all files in a folder; what vanishes in the meantime counts 0."""
    files = [Path(folder) / name for folder, _, names in os.walk(entry) for name in names] or [entry]
    total = 0
    for file in files:
        with suppress(OSError):
            total += file.stat().st_size
    return total
