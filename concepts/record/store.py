"""The record in a table of the operator's database: it is written and read, never changed."""

from dataclasses import asdict
from functools import cached_property
from typing import TYPE_CHECKING

from concepts.record.entry import Entry
from concepts.storage.database import Database

if TYPE_CHECKING:
    from sqlalchemy import Table

TABLE = "concept_record"
MOST = 100_000  # entries that are read at once


class RecordStore(Database):
    """The record in the database with this URL: a SQLite file, or PostgreSQL.

    All methods raise ValueError with a one-line message if the database cannot be used.
    """

    def append(self, entry: Entry) -> None:
        """Adds an entry, behind all others."""
        with self.one_writer() as connection:
            self._table.metadata.create_all(connection)
            connection.execute(self._table.insert(), [asdict(entry)])

    def latest(self, most: int = MOST) -> list[Entry]:
        """The latest entries, at most so many, the last one first."""
        from sqlalchemy import inspect

        if self.file is not None and not self.file.exists():
            return []
        asked = self._table.select().order_by(self._table.c.id.desc()).limit(most)
        with self.told(), self.engine.connect() as connection:
            if not inspect(connection).has_table(TABLE):
                return []
            return [Entry(row.who, row.what, row.of, row.result, row.when) for row in connection.execute(asked)]

    @cached_property
    def _table(self) -> "Table":
        from sqlalchemy import Column, Integer, MetaData, String, Table, Text

        return Table(
            TABLE,
            MetaData(),
            Column("id", Integer, primary_key=True, autoincrement=True),
            Column("when", String(40), nullable=False),
            *(Column(name, Text, nullable=False) for name in ("who", "what", "of", "result")),
            sqlite_autoincrement=True,  # no number comes twice: one that is missing was taken out by hand
        )
