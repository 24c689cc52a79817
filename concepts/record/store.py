"""The record in a table of the operator's database: it is written and read, never changed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Self

from concepts.record.entry import Entry
from concepts.storage.database import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table

TABLE = "concept_record"
MOST = 100_000  # entries that are read at once
PIECE = 5_000  # entries that are carried at a time


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
        if self.file is not None and not self.file.exists():
            return []
        asked = self._table.select().order_by(self._table.c.id.desc()).limit(most)
        with self.told(), self.engine.connect() as connection:
            if not self._is_in(connection):
                return []
            return [Entry(row.who, row.what, row.of, row.result, row.when) for row in connection.execute(asked)]

    @classmethod
    def beside(cls, other: Database) -> Self:
        """The record in the same database as another table."""
        return cls(other.url.render_as_string(hide_password=False))

    def numbered(self, connection: "Connection") -> Iterator[dict[str, str | int]]:
        """All entries with their numbers ("id"), in their order, as a transaction of the database sees them."""
        if not self._is_in(connection):
            return
        asked = self._table.select().order_by(self._table.c.id).execution_options(yield_per=PIECE)
        for row in connection.execute(asked):
            yield {"id": row.id} | asdict(Entry(row.who, row.what, row.of, row.result, row.when))

    def last_number(self, connection: "Connection") -> int:
        """The highest number that an entry ever had, also one that is gone; 0 where nothing was ever recorded."""
        from sqlalchemy import text

        if not self._is_in(connection):
            return 0
        of_file = f"SELECT max(seq) FROM sqlite_sequence WHERE name = '{TABLE}'"
        of_server = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {TABLE}_id_seq"
        return int(connection.execute(text(of_server if self.file is None else of_file)).scalar() or 0)

    def bring(self, connection: "Connection", entries: Iterable[Mapping[str, str | int]], *, last: int) -> None:
        """Adds entries with their numbers, in a transaction from `one_writer`; the next one has a number above `last`.

        Where `last` is 0, there is nothing to add.
        """
        from sqlalchemy import text

        if not last:
            return
        self._table.metadata.create_all(connection)
        left = iter(entries)
        while piece := [dict(entry) for entry in islice(left, PIECE)]:
            connection.execute(self._table.insert(), piece)
        if self.file is None:
            connection.execute(text(f"SELECT setval('{TABLE}_id_seq', :last)"), {"last": last})
            return
        connection.execute(text(f"DELETE FROM sqlite_sequence WHERE name = '{TABLE}'"))
        connection.execute(text(f"INSERT INTO sqlite_sequence VALUES ('{TABLE}', :last)"), {"last": last})

    def _is_in(self, connection: "Connection") -> bool:
        from sqlalchemy import inspect

        return inspect(connection).has_table(TABLE)

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
