"""The version of the notes' tables: an older database is migrated when it is next used, a newer one refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

VERSION_TABLE = "concept_schema"
FIRST = 1  # of databases that hold notes and no version: none was written before there were two
Migration = Callable[["Connection"], None]


@dataclass(frozen=True)
class Schema:
    """The tables that a program reads and writes.

    table: the one that every version has. current: its version. migrations: version → what makes the next of it, in the
    transaction that it is given.
    """

    table: str
    current: int
    migrations: Mapping[int, Migration] = field(default_factory=dict)

    def version_in(self, connection: "Connection") -> int | None:
        """The version of a database; None where nothing was ever written.

        Raises ValueError for a version that this program does not know.
        """
        from sqlalchemy import inspect, text

        tables = inspect(connection)
        if not tables.has_table(self.table):
            return None
        if not tables.has_table(VERSION_TABLE):
            return FIRST
        version = connection.execute(text(f"SELECT max(version) FROM {VERSION_TABLE}")).scalar() or FIRST
        if version > self.current:
            raise ValueError(
                f"the names' database was written by a newer program (version {version} of its tables, this one reads "
                f"up to {self.current}): update the program, or restore a backup from before"
            )
        return int(version)

    def migrate(self, connection: "Connection", version: int) -> None:
        """Brings a database of that version to the current one. Raises ValueError where a step is missing."""
        for number in range(version, self.current):
            if number not in self.migrations:
                raise ValueError(f"the names' database has version {number} of its tables, which no program writes")
            self.migrations[number](connection)

    def record(self, connection: "Connection") -> None:
        """Writes the current version into the database."""
        from sqlalchemy import text

        connection.execute(text(f"CREATE TABLE IF NOT EXISTS {VERSION_TABLE} (version INTEGER NOT NULL)"))
        connection.execute(text(f"DELETE FROM {VERSION_TABLE}"))
        connection.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES (:version)"), {"version": self.current})
