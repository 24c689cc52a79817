"""Copies of the notes' database: a SQLite file as it was at one moment, whoever writes meanwhile."""

import sqlite3
from contextlib import closing
from pathlib import Path

from concepts.annotations.note_store import NoteStore
from concepts.annotations.sqlite_copy import copy_sqlite


def copy_notes(store: NoteStore, target: Path) -> bool:
    """Writes all notes as one SQLite file; False, and no file, where nothing was ever written.

    A SQLite database is copied by its own online backup, with all that it holds. Of a server, the notes are read in one
    go and written into a new file, so that neither its programs nor its version matter. Raises ValueError where the
    database cannot be used or the copy is damaged.
    """
    store.check()
    if store.file is not None:
        if not store.file.exists():
            return False
        copy_sqlite(store.file, target)
    elif notes := store.all_notes():
        copy = NoteStore(f"sqlite:///{target}")
        copy.add(notes)
        copy.close()
    else:
        return False
    _check(target)
    return True


def _check(file: Path) -> None:
    """Leaves the file without a log beside it. Raises ValueError where SQLite finds it damaged."""
    with closing(sqlite3.connect(file)) as connection:
        said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        connection.execute("PRAGMA journal_mode=DELETE")
    if said != "ok":
        raise ValueError(f"the copy of the names' database is damaged ({str(said)[:200]}): see to the database")
