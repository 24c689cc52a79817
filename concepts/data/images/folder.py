"""Photos as files: in a folder and its subfolders, or in a list."""

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from concepts.data.dataset import Skipped
from concepts.data.images.decoding import file_reason
from concepts.data.images.labels import GivenLabels, LabelSource
from concepts.data.images.listing import Listed
from concepts.data.images.names import foreign_picture, is_picture, suffix, valid_text
from concepts.data.images.photo import Limits
from concepts.data.images.source import check_number, size_problem
from concepts.data.images.source_gone import unreadable_file
from concepts.data.images.walking import walk


class FileSource:
    """Photos that are separate files."""

    def __init__(
        self,
        title: str,
        root: Path,
        paths: dict[str, Path],
        skipped: list[Skipped],
        labels: GivenLabels | None = None,
    ) -> None:
        self.title = title
        self.labels = labels
        self.root_name = valid_text(root.name)
        self.names = tuple(paths)
        self.skipped = tuple(skipped)
        self._paths = tuple(paths.values())

    def path(self, position: int) -> Path:
        """The photo's file."""
        return self._paths[position]

    def read(self, position: int) -> bytes:
        try:
            return self._paths[position].read_bytes()
        except OSError as error:
            raise unreadable_file(error, self._paths[position], self.names[position]) from error


def from_folder(root: Path, limits: Limits, within: Sequence[Path] | None = None) -> FileSource:
    """The photos below `root`, sorted by name. Links are followed, but no folder is read twice.

    within: folders that links may lead to, besides `root`; None for anywhere. Raises ValueError for more than
    limits.max_photos.
    """
    paths: dict[str, Path] = {}
    skipped: list[Skipped] = []
    for name, path in walk(root, skipped, within):
        problem = _file_problem(path, limits) if is_picture(name) else foreign_picture(name)
        if problem is not None:
            skipped.append(Skipped(name, problem))
        elif is_picture(name):
            paths[name] = path
            check_number(len(paths), str(root), limits)
    return FileSource(str(root), root, dict(sorted(paths.items())), sorted(skipped, key=lambda s: s.name))


def from_list(listed: Sequence[Listed], title: str, limits: Limits) -> FileSource:
    """The photos of a list, in its order, named relative to their common folder, with the labels that it gives.

    Raises ValueError for more than limits.max_photos.
    """
    absolute = [Path(os.path.abspath(entry.file)) for entry in listed]
    root = Path(os.path.commonpath([file.parent for file in absolute]))
    paths: dict[str, Path] = {}
    labels: list[str | None] = []
    skipped: list[Skipped] = []
    for path, entry in zip(absolute, listed, strict=True):
        name = valid_text(path.relative_to(root).as_posix())
        problem = "listed twice" if name in paths else _listed_problem(path, limits)
        if problem is not None:
            skipped.append(Skipped(name, problem))
        else:
            paths[name] = path
            labels.append(entry.label)
    check_number(len(paths), title, limits)
    return FileSource(title, root, paths, skipped, _given(labels))


def _given(labels: list[str | None]) -> GivenLabels | None:
    """The labels of a list, None where no line has one."""
    if all(label is None for label in labels):
        return None
    names = tuple(label if label is None else valid_text(label) for label in labels)
    return GivenLabels(names, LabelSource.LIST, LabelSource.LIST_NUMBERS)


def _file_problem(path: Path, limits: Limits) -> str | None:
    """The reason why a file with a picture's extension is left out, None if it is kept."""
    try:
        status = path.stat()
    except OSError as error:
        return "a link that leads nowhere" if os.path.islink(path) else file_reason(error)
    except ValueError:  # a zero byte in a list
        return "no name of a file"
    if not stat.S_ISREG(status.st_mode):
        return "not a regular file"  # reading a pipe would block for ever
    return size_problem(status.st_size, limits)


def _listed_problem(path: Path, limits: Limits) -> str | None:
    """As _file_problem; a listed file must also have a picture's extension and must not be a folder."""
    if os.path.isdir(path):
        return "a folder: list its photos, or open the folder by itself"
    if not is_picture(path.name):
        return foreign_picture(path.name) or f"not a picture ({suffix(path.name)[:20] or 'no extension'})"
    return _file_problem(path, limits)
