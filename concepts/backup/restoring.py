"""Restores a backup into an empty workspace: all of it is unpacked and checked before a part of it is seen there."""

import hashlib
import os
import shutil
import stat
import uuid
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from concepts.annotations import NoteStore
from concepts.backup.contents import NOTES, BackupSummary, check_names
from concepts.backup.database import fill_database
from concepts.backup.manifest import FORMAT, MANIFEST, MOST_BYTES, PIECE, BackupFile, Manifest
from concepts.storage.moving import sync, sync_all
from concepts.storage.output_folder import LEFT_BY_SYSTEMS
from concepts.storage.store import writing_in
from concepts.storage.typed_json import from_json

EMPTY = {*LEFT_BY_SYSTEMS, "lost+found"}  # names in a folder that is empty all the same
SHOWN = 3
UNREADABLE = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)  # what zipfile raises


def restore_backup(file: Path, workspace: Path, *, notes: NoteStore | None = None) -> BackupSummary:
    """Unpacks a backup into a workspace that is missing or empty.

    notes: a database that takes the names and the record, and holds none yet; None: notes.sqlite in the workspace.
    Raises ValueError, and leaves the workspace as it was, for a place that is not empty, a file that is no backup or of
    a newer format, a name that leads out, a link, a digest that does not match, a database of a newer program, and a
    full disk.
    """
    made = not workspace.exists()
    _check_empty(workspace)
    try:
        with _opened(file) as (archive, manifest), writing_in(workspace):
            workspace.mkdir(parents=True, exist_ok=True)
            _restore(archive, manifest, workspace, notes)
    except BaseException:
        if made:
            with suppress(OSError):
                workspace.rmdir()
        raise
    return BackupSummary(tuple(manifest.files), sum(each.size for each in manifest.files.values()))


def _restore(archive: ZipFile, manifest: Manifest, workspace: Path, notes: NoteStore | None) -> None:
    _check_room(manifest, workspace)
    unfinished = workspace / f".restore.{uuid.uuid4().hex[:8]}.part"  # within: a volume cannot be moved over
    unfinished.mkdir(mode=0o700)
    try:
        for name, wanted in manifest.files.items():
            _unpack(archive, archive.getinfo(name), unfinished / name, wanted)
        _date_folders(unfinished)
        _bring_notes(unfinished / NOTES, notes)
        sync_all(unfinished)
        for entry in sorted(unfinished.iterdir()):
            os.rename(entry, workspace / entry.name)
        sync(workspace)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def _opened(file: Path) -> Iterator[tuple[ZipFile, Manifest]]:
    """The archive and its manifest, which name the same files."""
    try:
        with ZipFile(file) as archive:
            manifest = _manifest_of(archive, file)
            _check_members(archive.infolist(), manifest)
            yield archive, manifest
    except BadZipFile as error:
        raise ValueError(f"{file} is no backup, or a part of it is missing: {error}") from error


def _manifest_of(archive: ZipFile, file: Path) -> Manifest:
    names = archive.namelist()
    if names.count(MANIFEST) != 1 or archive.getinfo(MANIFEST).file_size > MOST_BYTES:
        raise ValueError(f"{file} is no backup: it has no {MANIFEST} that can be read")
    try:
        with archive.open(MANIFEST) as member:
            text = member.read(MOST_BYTES)
    except UNREADABLE as error:
        raise ValueError(f"{file} is damaged: its {MANIFEST} cannot be read") from error
    return from_json(Manifest, text, source=str(file), form=FORMAT)


def _check_members(members: list[ZipInfo], manifest: Manifest) -> None:
    """Raises ValueError where archive and manifest differ, and for names and kinds of files that no backup has."""
    check_names(manifest.files)
    names = [member.filename for member in members if member.filename != MANIFEST]
    if strange := sorted(set(names) ^ manifest.files.keys()):
        raise ValueError(f"the backup and its manifest differ: {strange[0][:100]!r} is in one of them alone")
    if len(names) > len(manifest.files):
        raise ValueError("the backup holds a file twice: it is not restored")
    for member in members:
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise ValueError(f"the backup holds {member.filename[:100]!r} as a link: it is not restored")
        if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise ValueError(f"{member.filename[:100]!r} of the backup is packed in a way that no backup is")


def _unpack(archive: ZipFile, member: ZipInfo, path: Path, wanted: BackupFile) -> None:
    """Writes one file. Raises ValueError where it is not what the manifest says."""
    digest, left = hashlib.sha256(), wanted.size
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with archive.open(member) as source, path.open("xb") as target:
            while left >= 0 and (piece := source.read(PIECE)):
                left -= len(piece)
                digest.update(piece)
                target.write(piece)
    except UNREADABLE as error:
        raise ValueError(f"the backup is damaged: {member.filename!r} cannot be read") from error
    if left != 0 or digest.hexdigest() != wanted.sha256:
        raise ValueError(f"the backup is damaged: {member.filename!r} is not as it was written")
    os.utime(path, (wanted.changed, wanted.changed))


def _date_folders(folder: Path) -> float:
    """Dates each folder like the youngest file in it: what expires does so by its age. Returns that time."""
    inside = [_date_folders(entry) if entry.is_dir() else entry.stat().st_mtime for entry in folder.iterdir()]
    changed = max(inside, default=0.0)
    os.utime(folder, (changed, changed))
    return changed


def _bring_notes(file: Path, notes: NoteStore | None) -> None:
    """Checks the unpacked database, and moves what it holds into another where one is given."""
    if not file.exists():
        return
    if notes is not None:
        fill_database(notes, file)
        file.unlink()
        return
    with closing(NoteStore(f"sqlite:///{file}")) as unpacked:
        unpacked.check()


def _check_empty(workspace: Path) -> None:
    if workspace.exists() and not workspace.is_dir():
        raise ValueError(f"{workspace} is a file, and a workspace is a folder: choose another place")
    names = sorted({entry.name for entry in workspace.iterdir()} - EMPTY) if workspace.exists() else []
    if names:
        shown = ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")
        raise ValueError(f"{workspace} is not empty ({shown}): a backup is restored into an empty place alone")


def _check_room(manifest: Manifest, workspace: Path) -> None:
    needed, free = sum(each.size for each in manifest.files.values()), shutil.disk_usage(workspace).free
    if needed > free:
        raise ValueError(
            f"the backup needs {needed / 2**20:,.0f} MB, and {workspace} has {free / 2**20:,.0f} MB free: make room, "
            "or name another place"
        )
