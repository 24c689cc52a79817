"""Logins that ended before their time: a copy of their cookie is worth nothing from then on."""

import time
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from concepts.storage.database import Database

if TYPE_CHECKING:
    from sqlalchemy import Table

TABLE = "concept_ended_sessions"


class EndedSessions(Database):
    """The marks of ended sessions in the database with this URL: a SQLite file, or PostgreSQL.

    A mark is a digest, of which nobody can make a session. All methods raise ValueError with a one-line message if the
    database cannot be used.
    """

    def add(self, ended: Mapping[str, float]) -> None:
        """Adds marks, each with the time, in seconds since 1970, until which it is kept; drops those of the past."""
        columns = self._table.c
        with self.one_writer() as connection:
            self._table.metadata.create_all(connection)
            gone = (columns.until <= time.time()) | columns.mark.in_(ended)
            connection.execute(self._table.delete().where(gone))
            connection.execute(self._table.insert(), [{"mark": mark, "until": until} for mark, until in ended.items()])

    def marks(self) -> frozenset[str]:
        """The marks that are kept now."""
        from sqlalchemy import inspect, select

        if self.file is not None and not self.file.exists():
            return frozenset()
        columns = self._table.c
        with self.told(), self.engine.connect() as connection:
            if not inspect(connection).has_table(TABLE):
                return frozenset()
            return frozenset(connection.execute(select(columns.mark).where(columns.until > time.time())).scalars())

    @cached_property
    def _table(self) -> "Table":
        from sqlalchemy import Column, Double, MetaData, String, Table

        return Table(
            TABLE,
            MetaData(),
            Column("mark", String(64), primary_key=True),
            Column("until", Double, nullable=False),
        )
