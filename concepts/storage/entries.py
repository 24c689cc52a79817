"""Entries of the store, named by what determines them: kept when finished, computed again when damaged."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from concepts.storage.ages import last_change
from concepts.storage.seal import damage, seal
from concepts.storage.store import discard, new_folder

LOG = logging.getLogger("concepts.store")
MARKED = 5 * 60  # seconds for which a mark of use holds: what is asked often is marked seldom


@contextmanager
def new_entry(final: Path, *, keep: bool = True) -> Iterator[Path]:
    """`new_folder` for an entry of the store: sealed when it is finished."""
    with new_folder(final, keep=keep) as part:
        yield part
        seal(part)


def is_kept(entry: Path) -> bool:
    """True where the store holds this entry as it was written; it is then marked as used, so that `prune` keeps it.

    A damaged one is removed, and a line in the log says so.
    """
    try:
        os.utime(entry)
    except FileNotFoundError:  # never computed, or pruned by another process just now
        if entry.is_symlink():  # to nowhere
            drop(entry, "it is a link to nowhere")
        return False
    except OSError:  # it may only be read
        pass
    if reason := damage(entry):
        drop(entry, reason)
        return False
    return True


def mark_used(entry: Path) -> None:
    """Marks an entry of the store as used, at most once in five minutes, so that `prune` keeps it.

    Where it is gone, or may not be changed, nothing happens: a store that is only read can be asked as well.
    """
    with suppress(OSError):
        if time.time() - last_change(entry) > MARKED:
            os.utime(entry)


def drop(entry: Path, reason: str) -> None:
    """Removes a damaged entry, with a line that says so: it is computed again."""
    kind = entry.name.split("-")[0]
    LOG.warning("the stored %s (%s) are damaged (%s): they are computed again", kind, entry.name, reason)
    discard(entry)
