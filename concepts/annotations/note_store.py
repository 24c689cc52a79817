"""Notes in a database table to which rows are only added, until all of a person are removed.

SQLAlchemy is imported when a store is first opened.
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.annotations.note import Note, stamp_of
from concepts.annotations.schema import Schema
from concepts.annotations.sqlite_copy import copy_sqlite

if TYPE_CHECKING:
    from sqlite3 import Connection as SQLiteConnection

    from sqlalchemy import URL, ColumnElement, Connection, Engine, Row, Table
    from sqlalchemy.pool import ConnectionPoolEntry

SQLITE = "sqlite"
DRIVERS = {SQLITE: "pysqlite", "postgresql": "psycopg"}
WAIT = 10  # seconds that a writer waits for others
CONNECT = 4  # seconds until a server must respond
PAUSE = 15  # seconds after a failure in which reading fails at once: a page must not wait at every visit
LOCK = 0x436F6E63  # of PostgreSQL's advisory locks: one writer at a time
TABLE = "concept_notes"
SCHEMA = Schema(TABLE, 1)
FORMS = "sqlite:////folder/notes.sqlite or postgresql+psycopg://user@host/database"


@dataclass(frozen=True)
class StoredNote:
    """A note as stored. crossed: the latest note that somebody else wrote after the one that its author saw."""

    note: Note
    crossed: Note | None = None


class NoteStore:
    """Notes in the database with this URL: a SQLite file, or PostgreSQL. Notes are never changed, and
    deleted only by `remove_all_by`.

    The current note of a concept is the latest by time, then by id: the same in every database that holds the same
    notes, in whatever order they were added. Safe to use from several threads and processes at once. All methods raise
    ValueError with a one-line message if the database cannot be used. A database of an older schema is migrated when it
    is first used, after a copy of it was made; one of a newer schema cannot be used.
    """

    def __init__(self, url: str, *, schema: Schema = SCHEMA) -> None:
        self.url, self._schema = _checked(url), schema
        self._quiet_until, self._failure = 0.0, ""

    def write(self, note: Note) -> StoredNote:
        """Adds a note; if somebody else wrote since `note.replaces` was read, both notes stay.

        There is one writer at a time, so that no note is missed. A note is dated after all earlier ones, whatever the
        writer's clock shows. To undo a note, write the earlier one again.
        """
        with self._turn() as connection:
            latest = self._latest(connection, (note.subject,), note.place)
            before = latest.get(note.place)
            if before is not None:
                note = replace(note, created=max(note.created, _after(before.created)))
            connection.execute(self._table.insert(), [_row(note)])
        crossed = before if before is not None and before.id != note.replaces else None
        return StoredNote(note, crossed)

    def write_all(self, notes: Sequence[Note]) -> None:
        """Adds notes on different parts of one subject, all or none, each dated as by `write`."""
        if len({(note.subject, note.place) for note in notes}) < len(notes) or len({n.subject for n in notes}) > 1:
            raise ValueError(f"{len(notes)} notes, expected one for each of different parts of one subject")
        if not notes:
            return
        with self._turn() as connection:
            latest = self._latest(connection, (notes[0].subject,))
            before = {place: _after(note.created) for place, note in latest.items()}
            dated = [replace(note, created=max(note.created, before.get(note.place, ""))) for note in notes]
            connection.execute(self._table.insert(), [_row(note) for note in dated])

    def add(self, notes: Sequence[Note]) -> int:
        """Adds notes unchanged, all or none; returns the number of new notes. Notes stored already are skipped.

        Raises ValueError if a note with the same id is stored with other content.
        """
        wanted = {note.id: note for note in notes}
        with self._turn() as connection:
            here = self._by_id(connection, list(wanted))
            for id, note in here.items():
                if wanted[id] != note:
                    raise ValueError(f"note {id} is here already and says something else: nothing was imported")
            new = [_row(note) for id, note in wanted.items() if id not in here]
            if new:
                connection.execute(self._table.insert(), new)
        return len(new)

    def current(self, *subjects: str) -> dict[tuple[str, int], Note]:
        """(kind, index) → the latest note of each concept and strategy of these subjects."""
        with self._reading() as connection:
            return {} if connection is None else self._latest(connection, subjects)

    def history(self, subject: str, kind: str, index: int) -> list[Note]:
        """All notes of one concept or strategy, latest first."""
        columns = self._table.c
        return self._read(columns.subject == subject, columns.kind == kind, columns.index == index)

    def all(self, *subjects: str) -> list[Note]:
        """All notes of these subjects, latest first."""
        return self._read(self._table.c.subject.in_(subjects))

    def all_notes(self) -> list[Note]:
        """All notes of the database, latest first."""
        return self._read()

    def all_by(self, author: str) -> list[Note]:
        """All notes that a person wrote, latest first; the name is compared letter by letter."""
        return self._read(self._table.c.author == author)

    def authors(self) -> list[str]:
        """The names of all who wrote notes, sorted."""
        from sqlalchemy import select

        with self._reading() as connection:
            if connection is None:
                return []
            return sorted(connection.execute(select(self._table.c.author).distinct()).scalars())

    def remove_all_by(self, author: str) -> int:
        """Deletes all notes that a person wrote, for good; returns their number.

        Notes of others stay as they are, also those written in reply (`replaces` then names a note that is gone), and
        the latest of those left becomes the current one. SQLite's file is overwritten where they stood.
        """
        with self._turn() as connection:
            if self.file is not None:
                connection.exec_driver_sql("PRAGMA secure_delete = ON")
            removed = connection.execute(self._table.delete().where(self._table.c.author == author)).rowcount
        if self.file is not None:
            with self._told(), self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")  # the log, too, holds what was written
        return removed

    def check(self) -> None:
        """Asks the database something. Raises ValueError if it cannot be used, and for `PAUSE` seconds asks no more."""
        with self._reading():
            pass

    def close(self) -> None:
        """Closes the connections."""
        self._engine.dispose()

    def _read(self, *where: "ColumnElement[bool]") -> list[Note]:
        with self._reading() as connection:
            if connection is None:
                return []
            columns = self._table.c
            asked = self._table.select().where(*where).order_by(columns.created.desc(), columns.id.desc())
            return [_note(row) for row in connection.execute(asked)]

    def _latest(
        self, connection: "Connection", subjects: Sequence[str], place: tuple[str, int] | None = None
    ) -> dict[tuple[str, int], Note]:
        """The latest note of each concept or strategy, by time, then by id."""
        from sqlalchemy import func, select

        columns = self._table.c
        order = (columns.created.desc(), columns.id.desc())
        one = (columns.subject, columns.kind, columns.index)
        rank = func.row_number().over(partition_by=one, order_by=order).label("rank")
        asked = select(self._table, rank).where(columns.subject.in_(subjects))
        if place is not None:
            asked = asked.where(columns.kind == place[0], columns.index == place[1])
        ranked = asked.subquery()
        found = [_note(row) for row in connection.execute(select(ranked).where(ranked.c.rank == 1))]
        return {note.place: note for note in found}

    def _by_id(self, connection: "Connection", ids: list[str]) -> dict[str, Note]:
        step = 500  # values that SQLite accepts in one query
        found: dict[str, Note] = {}
        for start in range(0, len(ids), step):
            asked = self._table.select().where(self._table.c.id.in_(ids[start : start + step]))
            found |= {note.id: note for note in map(_note, connection.execute(asked))}
        return found

    @contextmanager
    def _turn(self) -> Iterator["Connection"]:
        """A transaction with an exclusive lock for writing, in which the table exists."""
        with self._told():
            if self.file is not None:
                self.file.parent.mkdir(parents=True, exist_ok=True)
            with self._engine.begin() as connection:
                alone = f"SELECT pg_advisory_xact_lock({LOCK})" if self.file is None else "BEGIN IMMEDIATE"
                connection.exec_driver_sql(alone)
                self._bring_up(connection)
                yield connection

    def _bring_up(self, connection: "Connection") -> None:
        """Makes the tables, or migrates them."""
        version = self._schema.version_in(connection)
        if version == self._schema.current:
            return
        if version is not None:
            self._keep(connection, version)
            self._schema.migrate(connection, version)
        self._table.metadata.create_all(connection)
        self._schema.record(connection)

    def _keep(self, connection: "Connection", version: int) -> None:
        """Copies the database before a migration: beside the file, or as another table of the server."""
        if self.file is None:
            connection.exec_driver_sql(f"CREATE TABLE IF NOT EXISTS {TABLE}_version_{version} AS TABLE {TABLE}")
            return
        day = stamp_of(datetime.now(UTC))[:19].replace(":", "")
        copy_sqlite(self.file, self.file.with_name(f"{self.file.stem}-version-{version}-{day}.sqlite"))

    @contextmanager
    def _reading(self) -> Iterator["Connection | None"]:
        """A connection for reading; None if nothing was ever written: reading makes no file and no table.

        For `PAUSE` seconds after a failure, the same error is raised at once.
        """
        if time.monotonic() < self._quiet_until:
            raise ValueError(self._failure)
        try:
            with self._told():
                if self.file is not None and not self.file.exists():
                    yield None
                    return
                with self._engine.connect() as connection:
                    version = self._schema.version_in(connection)
                    if version in (None, self._schema.current):
                        yield None if version is None else connection
                        return
                with self._turn():
                    pass  # migrated
                with self._engine.connect() as connection:
                    yield connection
        except ValueError as error:
            self._failure, self._quiet_until = str(error), time.monotonic() + PAUSE
            raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turns errors of the database into ValueError with a one-line message."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
            self._quiet_until = 0.0
        except (SQLAlchemyError, OSError, ModuleNotFoundError) as error:
            where = self.url.set(query={}).render_as_string()  # without its password
            raise ValueError(f"the names' database {where} cannot be used: {_reason(error)}") from error

    @cached_property
    def file(self) -> Path | None:
        """The SQLite file; None for a server."""
        return Path(self.url.database or "").absolute() if self.url.get_backend_name() == SQLITE else None

    @cached_property
    def _engine(self) -> "Engine":
        from sqlalchemy import create_engine, event

        if self.file is None:
            options = f"-c lock_timeout={WAIT}s -c statement_timeout={2 * WAIT}s"
            arguments = {"connect_timeout": CONNECT, "options": options}
            return create_engine(self.url, pool_pre_ping=True, connect_args=arguments)
        engine = create_engine(self.url, connect_args={"timeout": WAIT, "isolation_level": None})
        event.listen(engine, "connect", _write_ahead)
        return engine

    @cached_property
    def _table(self) -> "Table":
        from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text

        table = Table(
            TABLE,
            MetaData(),
            Column("id", String(32), primary_key=True),
            Column("subject", String(24), nullable=False),
            Column("kind", String(16), nullable=False),
            Column("index", Integer, nullable=False),
            *(Column(name, Text, nullable=False) for name in ("name", "description", "flags", "author")),
            Column("created", String(40), nullable=False),
            Column("replaces", String(32)),
        )
        Index("concept_notes_of", table.c.subject, table.c.kind, table.c.index, table.c.created)
        return table


def _checked(url: str) -> "URL":
    """The URL with its driver. Raises ValueError for an invalid URL or another kind of database."""
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        found = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise ValueError(f"the URL of the names' database cannot be read: expected {FORMS}") from error
    name = found.get_backend_name()
    if name not in DRIVERS:
        raise ValueError(f"the URL of the names' database says {name!r}: expected {FORMS}")
    if name == SQLITE and (found.database in (None, "", ":memory:") or found.query):
        raise ValueError(
            "names in memory would be lost: give the SQLite database a file, sqlite:////folder/notes.sqlite"
        )
    return found.set(drivername=f"{name}+{DRIVERS[name]}")


def _write_ahead(connection: "SQLiteConnection", record: "ConnectionPoolEntry") -> None:
    """Turns on SQLite's write-ahead log, so that reading works during a write."""
    connection.execute("PRAGMA journal_mode=WAL")


def _reason(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return "PostgreSQL needs `pip install -r requirements-postgres.txt`"
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__


def _after(created: str) -> str:
    return stamp_of(datetime.fromisoformat(created) + timedelta(microseconds=1))


def _row(note: Note) -> dict[str, str | int | None]:
    return asdict(note) | {"flags": json.dumps(note.flags)}


def _note(row: "Row[tuple[object, ...]]") -> Note:
    values = {name: value for name, value in row._mapping.items() if name != "rank"}
    return Note(**(values | {"flags": tuple(json.loads(values["flags"]))}))
