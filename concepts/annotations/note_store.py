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
from typing import TYPE_CHECKING

from concepts.annotations.note import Note, stamp_of
from concepts.annotations.schema import Schema
from concepts.annotations.sqlite_copy import copy_sqlite
from concepts.storage.database import Database

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Row, Table

PAUSE = 15  # seconds after a failure in which reading fails at once: a page must not wait at every visit
STEP = 500  # values that SQLite accepts in one query
TABLE = "concept_notes"
SCHEMA = Schema(TABLE, 1)


@dataclass(frozen=True)
class StoredNote:
    """A note as stored. crossed: the latest note that somebody else wrote after the one that its author saw."""

    note: Note
    crossed: Note | None = None


class NoteStore(Database):
    """Notes in the database with this URL: a SQLite file, or PostgreSQL. Notes are never changed, and
    deleted only by `remove_all_by`.

    The current note of a concept is the latest by time, then by id: the same in every database that holds the same
    notes, in whatever order they were added. Safe to use from several threads and processes at once. All methods raise
    ValueError with a one-line message if the database cannot be used. A database of an older schema is migrated when it
    is first used, after a copy of it was made; one of a newer schema cannot be used.
    """

    def __init__(self, url: str, *, schema: Schema = SCHEMA) -> None:
        super().__init__(url)
        self._schema = schema

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
        """Adds notes on different parts, of any subjects, all or none, each dated as by `write`."""
        if len({_part(note) for note in notes}) < len(notes):
            raise ValueError(f"{len(notes)} notes, expected one for each of different parts")
        if not notes:
            return
        subjects, before = sorted({note.subject for note in notes}), dict[tuple[str, str, int], str]()
        with self._turn() as connection:
            for start in range(0, len(subjects), STEP):
                latest = self._latest_notes(connection, subjects[start : start + STEP])
                before |= {_part(note): _after(note.created) for note in latest}
            dated = [replace(note, created=max(note.created, before.get(_part(note), ""))) for note in notes]
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

    def current_names(self, kind: str) -> dict[tuple[str, int], str]:
        """(subject, index) → the name in the latest note on each part of a kind, of all subjects; "" where it removes
        the name."""
        from sqlalchemy import func, select

        columns = self._table.c
        order = (columns.created.desc(), columns.id.desc())
        rank = func.row_number().over(partition_by=(columns.subject, columns.index), order_by=order).label("rank")
        ranked = select(columns.subject, columns.index, columns.name, rank).where(columns.kind == kind).subquery()
        with self._reading() as connection:
            if connection is None:
                return {}
            found = connection.execute(select(ranked).where(ranked.c.rank == 1))
            return {(subject, index): name for subject, index, name, _ in found}

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
            with self.told(), self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")  # the log, too, holds what was written
        return removed

    def notes_in(self, connection: "Connection") -> list[Note]:
        """All notes that a transaction of this database sees, in no order."""
        if self._schema.version_in(connection) is None:
            return []
        return [_note(row) for row in connection.execute(self._table.select())]

    def bring(self, connection: "Connection", notes: Sequence[Note]) -> None:
        """Adds notes that are not there, unchanged, in a transaction from `one_writer`."""
        self._bring_up(connection)
        if notes:
            connection.execute(self._table.insert(), [_row(note) for note in notes])

    def check(self) -> None:
        """Asks the database something. Raises ValueError if it cannot be used, and for `PAUSE` seconds asks no more."""
        with self._reading():
            pass

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
        """(kind, index) → the latest note of each concept and strategy."""
        return {note.place: note for note in self._latest_notes(connection, subjects, place)}

    def _latest_notes(
        self, connection: "Connection", subjects: Sequence[str], place: tuple[str, int] | None = None
    ) -> list[Note]:
        """The latest note on each part of these subjects, by time, then by id."""
        from sqlalchemy import func, select

        columns = self._table.c
        order = (columns.created.desc(), columns.id.desc())
        one = (columns.subject, columns.kind, columns.index)
        rank = func.row_number().over(partition_by=one, order_by=order).label("rank")
        asked = select(self._table, rank).where(columns.subject.in_(subjects))
        if place is not None:
            asked = asked.where(columns.kind == place[0], columns.index == place[1])
        ranked = asked.subquery()
        return [_note(row) for row in connection.execute(select(ranked).where(ranked.c.rank == 1))]

    def _by_id(self, connection: "Connection", ids: list[str]) -> dict[str, Note]:
        found: dict[str, Note] = {}
        for start in range(0, len(ids), STEP):
            asked = self._table.select().where(self._table.c.id.in_(ids[start : start + STEP]))
            found |= {note.id: note for note in map(_note, connection.execute(asked))}
        return found

    @contextmanager
    def _turn(self) -> Iterator["Connection"]:
        """A transaction with an exclusive lock for writing, in which the table exists."""
        with self.one_writer() as connection:
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
            with self.told():
                if self.file is not None and not self.file.exists():
                    yield None
                    return
                with self.engine.connect() as connection:
                    version = self._schema.version_in(connection)
                    if version in (None, self._schema.current):
                        yield None if version is None else connection
                        return
                with self._turn():
                    pass  # migrated
                with self.engine.connect() as connection:
                    yield connection
        except ValueError as error:
            self._failure, self._quiet_until = str(error), time.monotonic() + PAUSE
            raise

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


def _part(note: Note) -> tuple[str, str, int]:
    return (note.subject, *note.place)


def _after(created: str) -> str:
    return stamp_of(datetime.fromisoformat(created) + timedelta(microseconds=1))


def _row(note: Note) -> dict[str, str | int | None]:
    return asdict(note) | {"flags": json.dumps(note.flags)}


def _note(row: "Row[tuple[object, ...]]") -> Note:
    values = {name: value for name, value in row._mapping.items() if name != "rank"}
    return Note(**(values | {"flags": tuple(json.loads(values["flags"]))}))
