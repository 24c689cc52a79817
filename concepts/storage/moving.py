"""Durable moves on disk: content before name, and an exchange of two folders in one step where the system has it."""

import ctypes
import errno
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path

AT_FDCWD, RENAME_EXCHANGE = -100, 2  # of Linux
AT_ONCE = 16  # files synced at a time: the file system writes them in one go, which takes a tenth of one by one
NO_EXCHANGE = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EPERM}  # of systems and file systems without it


def sync(path: Path) -> None:
    """Returns when a file's content, or a folder's list of names, is on the disk; at once where that cannot be asked.

    Raises OSError where the disk failed, or was full.
    """
    try:
        handle = os.open(path, os.O_RDONLY)
    except (PermissionError, IsADirectoryError):  # a folder on a system that opens none
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):  # not a kind that can be synced
            raise
    finally:
        os.close(handle)


def sync_all(folder: Path) -> None:
    """`sync` of everything in a folder, at any depth, then of the folder itself."""
    folders = [Path(place) for place, _, _ in os.walk(folder)]
    files = (Path(place) / name for place, _, names in os.walk(folder) for name in names)
    _sync_many(files)
    _sync_many(folders)


def _sync_many(paths: Iterable[Path]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(sync, paths))


def exchange(one: Path, other: Path) -> bool:
    """Exchanges the names of two files or folders in one step; False where the system or the file system cannot.

    Raises OSError, FileNotFoundError where one of them is not there.
    """
    rename = _renameat2()
    if rename is None:
        return False
    if rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in NO_EXCHANGE:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))


@cache
def _renameat2() -> "ctypes._NamedFuncPointer | None":
    """The C library's function, from glibc 2.28; None on systems that have none."""
    with suppress(OSError, AttributeError, TypeError):
        function = ctypes.CDLL(None, use_errno=True).renameat2
        function.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
        return function
    return None
