"""Files that other machines have written, where a network file system shows them late."""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

PATIENCE = 90.0  # seconds: NFS may remember for 60 that a file was not there
EVERY = 0.5  # seconds between two looks


def wait_until_seen(files: Sequence[Path]) -> None:
    """Returns when this machine sees all of these files, each written whole by some machine, or after 90 seconds."""
    end = time.monotonic() + PATIENCE
    missing = [file for file in files if not file.exists()]
    while missing and time.monotonic() < end:
        time.sleep(EVERY)
        for folder in {file.parent for file in missing}:
            with suppress(OSError):
                os.listdir(folder)  # which asks the server for what is there now
        missing = [file for file in missing if not file.exists()]
