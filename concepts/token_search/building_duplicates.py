"""Near-duplicates among all items of a token file, however many: found once, and written beside what they are of."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from concepts.storage.array_files import write_values
from concepts.storage.store import NoRoomError, new_folder
from concepts.storage.typed_json import write_typed
from concepts.token_search.alike_join import AlikeGroups, join_alike
from concepts.token_search.index import fingerprint
from concepts.token_search.kept_duplicates import ABOUT, FILE, FORMAT, KeptDuplicates, counts_of
from concepts.token_search.near_duplicates import THRESHOLD, check_threshold, compared_rows, row_width
from concepts.token_search.token_file import TokenFile

ROWS = "rows.bin"  # in the unfinished folder, as long as it is worked on
READ = 0.2  # share of the work that is done when all tokens have been read


def build_duplicates(
    tokens: TokenFile,
    folder: Path,
    *,
    created: str,
    threshold: float = THRESHOLD,
    progress: Callable[[float], None] = lambda share: None,
) -> KeptDuplicates:
    """The groups of `near_duplicates` among all items, written to `folder`; no pair is missed.

    The tokens are read once, and the directions of the items lie in a file beside the result meanwhile: 4 n (p + 1)
    bytes of disk. created: the time, as it is to be shown. Memory: as `join_alike`. Raises NoRoomError where the disk
    has less room, and ValueError for a threshold outside (0, 1].
    """
    check_threshold(threshold)
    with new_folder(folder) as part:
        found = _compared(tokens, part / ROWS, folder.parent, threshold, progress)
        (part / ROWS).unlink()
        with (part / FILE).open("wb") as file:
            write_values(file, found.firsts.astype(np.int32))
        groups, members = counts_of(found.firsts)
        about = KeptDuplicates(
            FORMAT, tokens.n_items, threshold, created, groups, members, found.short, found.full, fingerprint(tokens)
        )
        write_typed(part / ABOUT, about)
    progress(1.0)
    return KeptDuplicates.load(folder, tokens)


def _compared(
    tokens: TokenFile, file: Path, place: Path, threshold: float, progress: Callable[[float], None]
) -> AlikeGroups:
    """The join of all directions, which are written to the file. place: the folder that an error names."""
    shape = (tokens.n_items, row_width(tokens))
    needed, free = 4 * shape[0] * shape[1], shutil.disk_usage(file.parent).free
    if free < needed:
        raise NoRoomError(
            f"comparing {tokens.n_items:,} items takes {needed / 1e9:.1f} GB in {place} meanwhile, where "
            f"{free / 1e9:.1f} GB are free: make room on the disk"
        )
    done = 0
    with file.open("wb") as out:
        for part in compared_rows(tokens):
            write_values(out, part)
            done += len(part)
            progress(READ * done / shape[0])
    unit = np.memmap(file, dtype=np.float32, mode="r", shape=shape)
    return join_alike(unit, threshold, progress=lambda share: progress(READ + (0.99 - READ) * share))
