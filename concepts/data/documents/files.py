"""The files of a folder or a zip that hold texts: .txt files, and tables."""

import os
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from concepts.data.dataset import Skipped
from concepts.data.documents.limits import TextLimits, check_number, check_total
from concepts.data.images.decoding import file_reason
from concepts.data.images.names import ARCHIVE_SUFFIXES, is_hidden, safe_name, suffix, valid_text
from concepts.data.images.walking import walk
from concepts.data.images.zip_members import BROKEN_ZIP, member_name, unreadable_kind, visible_parts
from concepts.storage.reading import read_file

TEXT = ".txt"
TABLES = (".csv", ".tsv", ".parquet", ".jsonl", ".ndjson", ".json")
DOCUMENTS = frozenset(
    [".docx", ".doc", ".odt", ".rtf", ".pdf", ".epub", ".html", ".htm", ".md", ".xls", ".xlsx", ".ods"]
)
NOTICES = frozenset(
    ["readme", "read_me", "license", "licence", "licences", "notice", "note", "notes", "citation", "changelog"]
)


@dataclass(frozen=True)
class TextFiles:
    """The .txt files and the tables of a source, by their names relative to it, sorted; `read` gives the bytes of one.

    `read` raises ValueError, one line, where a file cannot be read.
    """

    title: str
    root_name: str
    texts: tuple[str, ...]
    tables: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    read: Callable[[str], bytes]


@contextmanager
def files_in_folder(root: Path, limits: TextLimits, within: Sequence[Path] | None) -> Iterator[TextFiles]:
    """The files below `root`. Links are followed, no folder is read twice; within: as in `walk`.

    Raises ValueError over the limits.
    """
    skipped: list[Skipped] = []
    paths: dict[str, Path] = {}
    sizes: dict[str, int] = {}
    for name, path in walk(root, skipped, within):
        size, problem = _size(path) if _is_wanted(name) else (0, _foreign(name))
        if problem is not None:
            skipped.append(Skipped(name, problem))
        elif _is_wanted(name):
            paths[name], sizes[name] = path, size
            check_number(len(paths), str(root), limits)

    def read(name: str) -> bytes:
        try:
            return read_file(paths[name], limits.max_bytes)
        except OSError as error:
            raise ValueError(file_reason(error)) from error

    check_total(sum(sizes.values()), str(root), limits)
    yield _sorted(str(root), valid_text(root.name), sizes, skipped, read)


@contextmanager
def files_in_zip(path: Path, limits: TextLimits) -> Iterator[TextFiles]:
    """The files in a zip, which is never extracted; of two members with one name the later is used.

    Raises ValueError for a file that is no zip, and over the limits: sizes are those that the zip states, beyond which
    nothing is unpacked.
    """
    skipped: list[Skipped] = []
    with _opened_zip(path) as archive:
        members = _members(archive, skipped)
        check_number(len(members), str(path), limits)
        check_total(sum(member.file_size for member in members.values()), str(path), limits)

        def read(name: str) -> bytes:
            try:
                return archive.read(members[name])
            except BROKEN_ZIP as error:
                raise ValueError(f"cannot be unpacked: {error}") from error

        yield _sorted(str(path), valid_text(path.stem), members, skipped, read)


def _sorted(
    title: str, root_name: str, names: Iterable[str], skipped: Iterable[Skipped], read: Callable[[str], bytes]
) -> TextFiles:
    """The files, sorted by name. Beside a table, a .txt that is called like a notice (readme, license) is no text."""
    names = sorted(names)
    tables = tuple(name for name in names if suffix(name) in TABLES)
    texts = tuple(name for name in names if suffix(name) == TEXT and not (tables and _is_notice(name)))
    left_out = sorted(skipped, key=lambda each: each.name)
    return TextFiles(title, root_name, texts, tables, tuple(left_out), read)


def _is_wanted(name: str) -> bool:
    return suffix(name) in (TEXT, *TABLES)


def _is_notice(name: str) -> bool:
    return PurePosixPath(name).stem.casefold() in NOTICES


def _foreign(name: str) -> str | None:
    """The reason why a document of another format is left out; None for any other file."""
    if suffix(name) in ARCHIVE_SUFFIXES:
        return "an archive inside is not opened: unpack it first"
    if suffix(name) in DOCUMENTS:
        return f"{suffix(name)} files are not read: save it as .txt in UTF-8"
    return None


def _size(path: Path) -> tuple[int, str | None]:
    """The size of a file in bytes, and the reason why it is left out, None if it is kept."""
    try:
        status = path.stat()
    except OSError as error:
        return 0, "a link that leads nowhere" if os.path.islink(path) else file_reason(error)
    return status.st_size, None if stat.S_ISREG(status.st_mode) else "not a regular file"


def _opened_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({file_reason(error)}): check its permissions") from error
    except BROKEN_ZIP as error:
        raise ValueError(f"{path} is no readable zip ({error}): pack the texts again") from error


def _members(archive: zipfile.ZipFile, skipped: list[Skipped]) -> dict[str, zipfile.ZipInfo]:
    """The members that are wanted, by their names; the others that look like texts are added to `skipped`."""
    found: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        name = member_name(member)
        if not name or member.is_dir() or any(map(is_hidden, visible_parts(name))):
            continue
        problem = _member_problem(member, name)
        if problem is not None:
            skipped.append(Skipped(name, problem))
        elif _is_wanted(name):
            if safe_name(name) in found:
                skipped.append(Skipped(name, "an older copy under the same name"))
            found[safe_name(name)] = member
    return found


def _member_problem(member: zipfile.ZipInfo, name: str) -> str | None:
    if not _is_wanted(name):
        return _foreign(name)
    try:
        safe_name(name)
    except ValueError as error:
        return str(error).replace("photos", "texts")
    return unreadable_kind(member, "text")
