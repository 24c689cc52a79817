"""What of a workspace is in a backup: results, the database of names, and uploads on request.

Stored stages, collections and jobs are not: they come back when the same is asked again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from concepts.engine.beside_results import HIDDEN
from concepts.numerics.counted import counted
from concepts.storage.listing import LeftOut, folders_in

RESULTS = ("reports", "evaluations", "poolings", "ensembles", "compressions")
UPLOADS = "uploads"
INCOMING = "incoming"  # uploads that no job has read yet
NOTES = "notes.sqlite"
FOLDERS = {*RESULTS, UPLOADS}


@dataclass(frozen=True)
class BackupSummary:
    """What a backup holds. files: names with forward slashes; n_bytes: of their contents."""

    files: tuple[str, ...]
    n_bytes: int
    left_out: tuple[LeftOut, ...] = ()

    @property
    def text(self) -> str:
        """Such as "2 reports, 1 upload, the names, 3.2 MB"."""
        found = {entry_of(name) for name in self.files if name != NOTES}
        entries = Counter(part for part, entry in found if not entry.startswith(HIDDEN))
        words = [counted(n, part.removesuffix("s")) for part, n in sorted(entries.items())]
        return ", ".join([*words, *(["the names"] if NOTES in self.files else []), f"{self.n_bytes / 2**20:,.1f} MB"])


def entries_of(workspace: Path, *, uploads: bool) -> Iterator[tuple[str, Path]]:
    """(name, folder) of each result, and each upload where they are wanted, and of what lies beside them.

    Links are among them, other hidden folders not.
    """
    parts = [workspace / part for part in RESULTS]
    if uploads:
        parts += [kind for kind in folders_in(workspace / UPLOADS) if kind.name != INCOMING]
    for part in parts:
        for folder in folders_in(part):
            yield folder.relative_to(workspace).as_posix(), folder
    for name in (*RESULTS, *([UPLOADS] if uploads else [])):
        for hidden in HIDDEN:
            if (folder := workspace / name / hidden).is_dir():
                yield f"{name}/{hidden}", folder


def entry_of(name: str) -> tuple[str, str]:
    """The part of a backup that a file belongs to, and its entry there."""
    parts = PurePosixPath(name).parts
    return parts[0], "/".join(parts[1 : 3 if parts[0] == UPLOADS else 2])


def check_names(names: Iterable[str]) -> None:
    """Raises ValueError for the first name with a problem (`problem_of`)."""
    for name in names:
        if problem := problem_of(name):
            raise ValueError(f"the backup holds {name[:100]!a}, which {problem}: it is not restored")


def problem_of(name: str) -> str:
    """Why no file of this name is restored, and none is put into a backup, as a sentence goes on; "" for a good one.

    It leads out of a workspace, also where a backslash parts folders, or into a part of it that no backup has.
    """
    parts = name.split("/")
    if not _is_text(name):
        return "is no valid text"
    if "\\" in name:
        return "leads out of the workspace, by a backslash"
    if not set(parts).isdisjoint({"", ".", ".."}) or "\0" in name:
        return "leads out of the workspace"
    if name != NOTES and (parts[0] not in FOLDERS or len(parts) == 1):
        return "is no part of a workspace"
    return ""


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
