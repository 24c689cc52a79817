"""Results on disk that are never seen half-written: a folder is filled under another name and moved into place."""

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any


def key_of(**parts: Any) -> str:
    """A name for what these JSON-able parts determine: equal parts, equal key."""
    text = json.dumps(parts, sort_keys=True, default=str)
    return blake2b(text.encode(), digest_size=12).hexdigest()


def write_text(path: Path, text: str) -> None:
    """Writes a file so that a reader sees the old text or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    unfinished.write_text(text, encoding="utf-8")
    os.replace(unfinished, path)


def write_json(path: Path, value: Any) -> None:
    """`write_text` of a JSON value; NaN is refused."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False))


def read_json(path: Path) -> Any:
    """The JSON value in a file. Raises ValueError with the path when it is not JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not a readable JSON file: {error}") from error


@contextmanager
def new_folder(final: Path) -> Iterator[Path]:
    """A folder to fill; it appears at `final` when the block ends well, and is removed when it does not.

    What stood at `final` before is replaced, not mixed.
    """
    final.parent.mkdir(parents=True, exist_ok=True)
    unfinished = final.parent / f".{final.name}.{uuid.uuid4().hex[:8]}.part"
    unfinished.mkdir()
    try:
        yield unfinished
        _move_into_place(unfinished, final)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _move_into_place(folder: Path, final: Path) -> None:
    if final.exists():
        old = final.parent / f".{final.name}.{uuid.uuid4().hex[:8]}.old"
        os.replace(final, old)
        os.replace(folder, final)
        shutil.rmtree(old, ignore_errors=True)
    else:
        os.replace(folder, final)


def prune(store: Path, max_bytes: int) -> int:
    """Removes the entries that were used longest ago until the store holds at most `max_bytes`; bytes removed."""
    entries = sorted((entry for entry in store.glob("[!.]*")), key=lambda entry: entry.stat().st_mtime)
    sizes = [_size(entry) for entry in entries]
    excess, removed = sum(sizes) - max_bytes, 0
    for entry, size in zip(entries, sizes, strict=True):
        if removed >= excess:
            break
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink(missing_ok=True)
        removed += size
    return removed


def _size(entry: Path) -> int:
    files = [entry] if entry.is_file() else [file for file in entry.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files)
