"""Writes a backup: a zip of its own name until it is whole, readable by its owner alone."""

import hashlib
import json
import os
import re
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from concepts.annotations import NoteStore
from concepts.backup.contents import NOTES, BackupSummary, entries_of, problem_of
from concepts.backup.database import copy_database
from concepts.backup.manifest import CURRENT, MANIFEST, MOST_BYTES, PIECE, BackupFile, Manifest
from concepts.storage.listing import LeftOut
from concepts.storage.store import new_file
from concepts.storage.typed_json import to_json

DIGITS = 64  # of a SHA-256
TRIES = 5  # times that a backup is begun where results change under it
UNFINISHED = re.compile(r"\..+\.[0-9a-f]{8}\.(part|old)")  # names of the store
PRESSED = {".json", ".html", ".csv", ".txt", ".sqlite", ".svg"}  # pictures and arrays hardly get smaller


class ChangedError(Exception):
    """A result was replaced or removed while it was read."""


def write_backup(workspace: Path, out: Path, *, notes: NoteStore, uploads: bool = False) -> BackupSummary:
    """Writes the results of a workspace and the database of names and the record as one file; who works may go on.

    Each result is as it was at one moment, and so is the database. uploads: with the photos, texts and models that
    visitors uploaded. Links are left out and named, and so is what would not be restored. Raises ValueError where `out`
    exists, the database cannot be used, there are too many files, or results change without end.
    """
    if os.path.lexists(out):
        raise ValueError(f"{out} is there already, and no backup is replaced: choose another name")
    if not workspace.is_dir():
        raise ValueError(f"there is no workspace {workspace}: name one with --workspace, or CONCEPTS_WORKSPACE")
    with new_file(out) as unfinished, TemporaryDirectory(prefix=".notes-", dir=out.parent) as place:
        unfinished.touch(mode=0o600)
        copy = Path(place) / NOTES
        database = [(NOTES, copy)] if copy_database(notes, copy) else []
        for _ in range(TRIES):
            try:
                return _write(unfinished, database, list(entries_of(workspace, uploads=uploads)))
            except ChangedError:
                continue
        raise ValueError(f"results in {workspace} changed {TRIES} times while they were read: try again")


def _write(file: Path, database: list[tuple[str, Path]], entries: list[tuple[str, Path]]) -> BackupSummary:
    files: dict[str, BackupFile] = {}
    left_out: list[LeftOut] = []
    _check_list([*database, *entries])
    with ZipFile(file, "w") as archive:
        for name, path in database:
            files[name] = _add(archive, name, path)
        for name, folder in entries:
            files |= _add_entry(archive, name, folder, left_out)
        archive.writestr(MANIFEST, _manifest(files), ZIP_DEFLATED)
    return BackupSummary(tuple(files), sum(each.size for each in files.values()), tuple(left_out))


def _manifest(files: dict[str, BackupFile]) -> bytes:
    """The list of the files. Raises ValueError for one that `restore` would not read."""
    manifest = Manifest(CURRENT, datetime.now(UTC).isoformat(timespec="seconds"), files)
    text = json.dumps(to_json(manifest), indent=1, ensure_ascii=False).encode()
    if len(text) > MOST_BYTES:
        raise ValueError(
            f"the list of {len(files):,} files has {len(text) / 2**20:,.0f} MB, and a backup's has at most "
            f"{MOST_BYTES / 2**20:,.0f} MB: leave out the uploads, or delete old ones first"
        )
    return text


def _check_list(entries: list[tuple[str, Path]]) -> None:
    """Raises ValueError where the list of the files will be too long, before the first of them is copied."""
    files: dict[str, BackupFile] = {}
    for name, place in entries:
        with suppress(FileNotFoundError):  # it has gone meanwhile, which is seen when it is copied
            for inside, path, wrong in _named(name, place):
                if not wrong:
                    status = path.lstat()
                    files[inside] = BackupFile(status.st_size, "0" * DIGITS, status.st_mtime)
    _manifest(files)


def _add_entry(archive: ZipFile, name: str, folder: Path, left_out: list[LeftOut]) -> dict[str, BackupFile]:
    """Adds a result's folder. Raises ChangedError where another took its place meanwhile."""
    files: dict[str, BackupFile] = {}
    try:
        before = folder.lstat()
        for inside, path, wrong in _named(name, folder):
            if wrong:
                left_out.append(LeftOut(ascii(inside)[1:-1], wrong))
            else:
                files[inside] = _add(archive, inside, path)
        after = folder.lstat()
    except FileNotFoundError as error:
        raise ChangedError from error
    if (before.st_dev, before.st_ino) != (after.st_dev, after.st_ino):
        raise ChangedError
    return files


def _named(name: str, place: Path) -> Iterator[tuple[str, Path, str]]:
    """(name in the backup, path, "" or why it is left out) of each file of a folder, or of a file alone."""
    if place.is_file() and not place.is_symlink():
        yield name, place, ""
        return
    for path, wrong in _files_in(place):
        inside = f"{name}/{path.relative_to(place).as_posix()}".removesuffix("/.")
        problem = problem_of(inside)
        yield inside, path, wrong or (f"its name {problem}" if problem else "")


def _files_in(folder: Path) -> Iterator[tuple[Path, str]]:
    """(path, "") of each file at any depth, or what it is instead of a file."""
    if folder.is_symlink():
        yield folder, "it is a link"
        return
    for path in sorted(folder.iterdir()):
        mode = path.lstat().st_mode
        if UNFINISHED.fullmatch(path.name):
            continue
        if stat.S_ISDIR(mode):
            yield from _files_in(path)
        else:
            yield path, "" if stat.S_ISREG(mode) else "it is a link" if stat.S_ISLNK(mode) else "it is no file"


def _add(archive: ZipFile, name: str, path: Path) -> BackupFile:
    """Adds a file, with its digest."""
    digest, size = hashlib.sha256(), 0
    with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as source:
        status = os.fstat(source.fileno())
        with archive.open(_info(name, status), "w") as target:
            while piece := source.read(PIECE):
                target.write(piece)
                digest.update(piece)
                size += len(piece)
    return BackupFile(size, digest.hexdigest(), min(max(0.0, status.st_mtime), time.time()))


def _info(name: str, status: os.stat_result) -> ZipInfo:
    info = ZipInfo(name, time.gmtime(min(max(status.st_mtime, 315_532_800), 2**32))[:6])  # a zip's years: 1980 to 2107
    info.compress_type = ZIP_DEFLATED if Path(name).suffix in PRESSED else ZIP_STORED
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    info.file_size = status.st_size
    return info
