"""When something on disk was last changed, where clocks may have run ahead."""

import os
import time
from contextlib import suppress
from pathlib import Path


def last_change(entry: Path) -> float:
    """The time of the last change of a file or folder, in seconds since 1970, at most now.

    A time in the future, which a clock that ran ahead has left, is set to now where the disk allows it: the age of the
    entry counts from when it was first seen, so that it expires later than it should, and never while it is in use.
    Raises OSError where it is gone.
    """
    changed, now = entry.stat().st_mtime, time.time()
    if changed <= now:
        return changed
    with suppress(OSError):
        os.utime(entry)
    return now
