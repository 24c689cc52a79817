"""The operator's database in a backup: one SQLite file with the names and the record, wherever they live.

Neither the programs of a server nor its version matter for it.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from concepts.annotations import NoteStore
from concepts.annotations.sqlite_copy import copy_sqlite
from concepts.record import RecordStore


def copy_database(database: NoteStore, target: Path) -> bool:
    """Writes all names and the record as one SQLite file; False, and no file, where nothing was ever written.

    A SQLite database is copied by its own online backup, with all that it holds. Of a server, both are read as they
    were at one moment, whoever writes meanwhile. Raises ValueError where the database cannot be used or the copy is
    damaged.
    """
    database.check()
    if database.file is not None:
        if not database.file.exists():
            return False
        copy_sqlite(database.file, target)
    else:
        with closing(NoteStore(f"sqlite:///{target}")) as copy:
            _carry(database, copy)
        if not target.exists():
            return False
    _check(target)
    return True


def fill_database(database: NoteStore, file: Path) -> None:
    """Brings what a copy holds into a database that holds none of it, all or nothing.

    Raises ValueError for a database with names or a record, and where one of the two cannot be used.
    """
    with closing(NoteStore(f"sqlite:///{file}")) as copy:
        copy.check()
        _carry(copy, database)


def _carry(source: NoteStore, target: NoteStore) -> None:
    """Brings names and record from one database into another, in one transaction of each."""
    with closing(RecordStore.beside(source)) as read, source.snapshot() as reading:
        notes, last = source.notes_in(reading), read.last_number(reading)
        if not notes and not last:
            return
        with closing(RecordStore.beside(target)) as written, target.one_writer() as writing:
            if target.notes_in(writing) or written.last_number(writing):
                raise ValueError(
                    "the names' database holds names or a record already: give an empty one with --database"
                )
            target.bring(writing, notes)
            written.bring(writing, read.numbered(reading), last=last)


def _check(file: Path) -> None:
    """Leaves the file without a log beside it. Raises ValueError where SQLite finds it damaged."""
    with closing(sqlite3.connect(file)) as connection:
        said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        connection.execute("PRAGMA journal_mode=DELETE")
    if said != "ok":
        raise ValueError(f"the copy of the names' database is damaged ({str(said)[:200]}): see to the database")
