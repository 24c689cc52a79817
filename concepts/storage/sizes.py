"""How much lies in a folder."""

import os
from contextlib import suppress
from pathlib import Path


def bytes_in(folder: Path) -> int:
    """Bytes of all files in a folder, at any depth; a link counts as itself, and what goes meanwhile not at all."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size
    return total
