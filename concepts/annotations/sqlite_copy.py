"""A copy of a SQLite file by SQLite's online backup."""

import sqlite3
from contextlib import closing
from pathlib import Path

from concepts.storage.store import new_file

WAIT = 10.0  # seconds for who writes


def copy_sqlite(source: Path, target: Path) -> None:
    """Copies the database as it is at one moment, others may read and write; the copy appears when it is whole.

    Raises ValueError where the source is no database.
    """
    with new_file(target) as unfinished:
        try:
            with (
                closing(sqlite3.connect(source, timeout=WAIT)) as database,
                closing(sqlite3.connect(unfinished)) as copy,
            ):
                database.backup(copy)
        except sqlite3.Error as error:
            raise ValueError(f"{source} cannot be copied: {error}") from error
