"""All files below a folder, each once; links are followed as far as they may be."""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from concepts.data.dataset import Skipped
from concepts.data.images.decoding import file_reason
from concepts.data.images.names import is_hidden, valid_text

Fence = tuple[str, ...]  # folders that links may lead to, without links in their paths


def walk(root: Path, skipped: list[Skipped], within: Sequence[Path] | None) -> Iterator[tuple[str, Path]]:
    """All files below `root` that are not hidden, as (relative name, path), in no order.

    Links are followed, but no folder is read twice: linked folders are visited last, so that a folder is listed under
    its own name if it lies below the root. within: folders that links may lead to, besides `root`; None for anywhere.
    What is left out is added to `skipped`.
    """
    fence = None if within is None else tuple(os.path.realpath(folder) for folder in (root, *within))
    seen: set[tuple[int, int]] = set()
    waiting = deque([("", root)])
    while waiting:
        prefix, folder = waiting.popleft()
        for entry in _entries(folder, prefix, seen, skipped):
            name, path = prefix + valid_text(entry.name), Path(entry.path)
            if fence is not None and entry.is_symlink():
                path = Path(os.path.realpath(path))  # read there: a link may be turned between look and reading
                if not any(path.is_relative_to(folder) for folder in fence):
                    skipped.append(Skipped(name, "a link out of the folders that may be read"))
                    continue
            if not _is_folder(entry):
                yield name, path
            elif entry.is_symlink():
                waiting.append((name + "/", path))
            else:
                waiting.appendleft((name + "/", path))


def _entries(folder: Path, prefix: str, seen: set[tuple[int, int]], skipped: list[Skipped]) -> list[os.DirEntry[str]]:
    """The folder's entries without hidden names; empty when it was read before or cannot be read."""
    try:
        status = folder.stat()
        if (status.st_dev, status.st_ino) in seen:
            skipped.append(Skipped(prefix.rstrip("/"), "a link to a folder that is read already"))
            return []
        seen.add((status.st_dev, status.st_ino))
        with os.scandir(folder) as entries:
            return [entry for entry in entries if not is_hidden(entry.name)]
    except OSError as error:
        skipped.append(Skipped(prefix.rstrip("/") or str(folder), f"folder cannot be read: {file_reason(error)}"))
        return []


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether the entry is a folder; False, not an error, for a broken or circular link."""
    return os.path.isdir(entry.path) if entry.is_symlink() else entry.is_dir()
