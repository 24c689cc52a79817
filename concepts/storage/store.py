"""Results on disk that are never visible half-written: a folder is filled under another name and moved into place."""

import errno
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

from concepts.storage.ages import last_change
from concepts.storage.moving import exchange, sync, sync_all
from concepts.storage.reading import read_file

ABANDONED = 24 * 3600  # seconds without a change after which an unfinished entry counts as abandoned
IN_USE = 6 * 3600  # seconds after its last use in which an entry may still be read
OS_ERROR = re.compile(r"os error (\d+)")  # in the errors of libraries written in Rust
DISK = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "make room, or ask for a larger quota",
    errno.EROFS: "name a folder on another disk",
    errno.EFBIG: "name a folder on a disk that takes larger files",
}
NOT_WHOLE = re.compile(r"\d+ requested and \d+ written")  # what NumPy's tofile says, without a number
TAKEN = {errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR}  # what a move says where something is there
WRITERS = 100  # attempts to replace a folder that others replace at the same time
UNFINISHED = re.compile(r"\..+\.[0-9a-f]{8}\.(part|old)")  # what `new_file` and `new_folder` write, until it is whole
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


class NoRoomError(ValueError):
    """Nothing can be written: the disk is full, a quota is used up, or writing is not allowed."""


@contextmanager
def writing_in(folder: Path) -> Iterator[None]:
    """Raises NoRoomError, in one line, where the block finds the disk full, a quota used up, or writing not allowed."""
    try:
        yield
    except Exception as error:  # libraries write files, too, and have their own errors
        if (number := _number_of(error)) not in DISK:
            raise
        raise NoRoomError(
            f"nothing can be written in {folder} ({os.strerror(number).lower()}): {DISK[number]}; "
            "what was finished before is kept"
        ) from error


def _number_of(error: Exception) -> int | None:
    """The number of the system's error that an exception tells of; None where it tells of none.

    Libraries that have no number for it (FAISS, NumPy) say it in the system's words, or in their own.
    """
    if isinstance(error, OSError) and error.errno is not None:
        return error.errno
    text = str(error)
    if found := OS_ERROR.search(text):
        return int(found[1])
    if not isinstance(error, OSError | RuntimeError):  # errors of ours may say the same of something else
        return None
    if NOT_WHOLE.search(text):
        return errno.ENOSPC
    return next((number for number in DISK if os.strerror(number) in text), None)


@contextmanager
def new_file(final: Path, *, durable: bool = True) -> Iterator[Path]:
    """Yields the path of a file to write; it is moved to `final` if the block succeeds, and removed if it fails.

    A reader sees the old content or the new, never a part; after a power failure too, unless durable is False, which
    saves the hundredth of a second that the disk takes.
    """
    with writing_in(final.parent):
        final.parent.mkdir(parents=True, exist_ok=True)
    unfinished = _beside(final, "part")
    try:
        with writing_in(final.parent):
            yield unfinished
            if durable:
                sync(unfinished)
            os.replace(unfinished, final)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise
    if durable:
        sync(final.parent)


def write_bytes(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Writes a file as `new_file` does."""
    with new_file(path, durable=durable) as unfinished:
        unfinished.write_bytes(content)


def write_text(path: Path, text: str, *, durable: bool = True) -> None:
    """`write_bytes` of a text in UTF-8."""
    write_bytes(path, text.encode("utf-8"), durable=durable)


def write_json(path: Path, value: object, *, durable: bool = True) -> None:
    """`write_text` of a JSON value. Raises ValueError for NaN."""
    write_text(path, json.dumps(value, indent=1, ensure_ascii=False, allow_nan=False), durable=durable)


def read_json(path: Path) -> object:
    """The JSON value in a file. Raises ValueError with the path if it is not JSON, or nested too deep."""
    content = read_file(path)
    try:
        return json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not a readable JSON file: {error}") from error


@contextmanager
def new_folder(final: Path, *, keep: bool = False) -> Iterator[Path]:
    """Yields a folder to fill; it is moved to `final` if the block succeeds, and removed if it fails.

    Earlier content of `final` is replaced, not mixed: the old folder or the new one is there at every moment, and after
    a power failure one of them whole. keep: for entries that are named by their content; an entry that another process
    has finished in the meantime stays, since it may be in use, and this one is dropped.
    """
    with writing_in(final.parent):
        final.parent.mkdir(parents=True, exist_ok=True)
    sweep(final.parent, final.name)
    unfinished = _beside(final, "part")
    try:
        with writing_in(final.parent):
            unfinished.mkdir()
            yield unfinished
            sync_all(unfinished)
            _move_into_place(unfinished, final, keep)
            sync(final.parent)
    finally:
        _delete(unfinished)  # after an exchange, what was there before


def _move_into_place(folder: Path, final: Path, keep: bool) -> None:
    """Gives the folder its final name. Others may do the same at the same time: the last one stays, whole."""
    for _ in range(WRITERS):
        try:
            os.replace(folder, final)  # the system moves no folder over a full one
            return
        except OSError as error:
            if error.errno not in TAKEN and not os.path.lexists(final):
                raise
        if keep and final.exists():
            return
        with suppress(FileNotFoundError):  # another writer has it in hand
            if exchange(folder, final):
                return
            _replace_in_two_steps(folder, final)
            return
    raise OSError(errno.EBUSY, "others write it again and again", str(final))


def _replace_in_two_steps(folder: Path, final: Path) -> None:
    """For systems that cannot exchange names: for a moment between the two steps, nothing is there.

    Raises FileNotFoundError where another writer was faster.
    """
    old = _beside(final, "old")
    os.replace(final, old)
    try:
        os.replace(folder, final)
    except BaseException as error:
        if isinstance(error, OSError) and error.errno in TAKEN:  # by another writer's, as new as this one
            _delete(old)
            raise FileNotFoundError(errno.ENOENT, "another writer was faster", str(final)) from error
        os.replace(old, final)
        raise
    _delete(old)


def is_unfinished(name: str) -> bool:
    """Whether this is the name of what the program was writing, or replacing, when it ended or is still at it."""
    return UNFINISHED.fullmatch(name) is not None


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
            if time.time() - _change_within(leftover) > ABANDONED:
                discard(leftover)


def prune(store: Path, max_bytes: int) -> int:
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
    _delete(gone)
    return True


def _delete(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry, ignore_errors=True)
    else:
        entry.unlink(missing_ok=True)


def _used(entry: Path) -> float:
    """The time of the entry's last use, in seconds since 1970; the current time if it is gone."""
    try:
        return last_change(entry)
    except OSError:
        return time.time()


def _change_within(entry: Path) -> float:
    """The time of the last change of the entry, or of anything directly in it; the current time if it is gone."""
    inside: list[Path] = []
    with suppress(FileNotFoundError, NotADirectoryError):  # a file, or moved into place by its writer just now
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
