"""The operator's database for what people write: a SQLite file, or PostgreSQL.

SQLAlchemy is imported when one is first opened.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite3 import Connection as SQLiteConnection

    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.pool import ConnectionPoolEntry

SQLITE = "sqlite"
DRIVERS = {SQLITE: "pysqlite", "postgresql": "psycopg"}
WAIT = 10  # seconds that a writer waits for others
PAUSE = 0.01  # seconds between two tries
CONNECT = 4  # seconds until a server must respond
LOCK = 0x436F6E63  # of PostgreSQL's advisory locks: one writer at a time
FORMS = "sqlite:////folder/notes.sqlite or postgresql+psycopg://user@host/database"


def database_of(workspace: Path, url: str = "") -> str:
    """The URL of a workspace's database: the one that the operator gives, else the SQLite file in the workspace."""
    return url or f"sqlite:///{workspace / 'notes.sqlite'}"


class Database:
    """The database with this URL. Safe to use from several threads and processes at once.

    Raises ValueError for a URL that is not valid, and, with a one-line message, wherever it cannot be used.
    """

    def __init__(self, url: str) -> None:
        self.url = _checked(url)
        self._quiet_until, self._failure = 0.0, ""

    def close(self) -> None:
        """Closes the connections."""
        self.engine.dispose()

    @contextmanager
    def one_writer(self) -> Iterator["Connection"]:
        """A transaction with an exclusive lock for writing."""
        with self.told():
            if self.file is not None:
                self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.engine.begin() as connection:
                alone = f"SELECT pg_advisory_xact_lock({LOCK})" if self.file is None else "BEGIN IMMEDIATE"
                connection.exec_driver_sql(alone)
                yield connection

    @contextmanager
    def snapshot(self) -> Iterator["Connection"]:
        """A transaction for reading, which sees the database as it was at one moment."""
        with self.told(), self.engine.connect() as connection:
            if self.file is None:
                connection.execution_options(isolation_level="REPEATABLE READ")
            else:
                connection.exec_driver_sql("BEGIN")
            yield connection

    @contextmanager
    def told(self) -> Iterator[None]:
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
    def engine(self) -> "Engine":
        """SQLAlchemy's engine, made when it is first used."""
        from sqlalchemy import create_engine, event

        if self.file is None:
            options = f"-c lock_timeout={WAIT}s -c statement_timeout={2 * WAIT}s"
            arguments = {"connect_timeout": CONNECT, "options": options}
            return create_engine(self.url, pool_pre_ping=True, connect_args=arguments)
        engine = create_engine(self.url, connect_args={"timeout": WAIT, "isolation_level": None})
        event.listen(engine, "connect", _write_ahead)
        return engine


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
    """Turns on SQLite's write-ahead log, so that reading works during a write.

    Where two connections do so at once on a new file, SQLite refuses one of them without waiting: it tries again.
    """
    import sqlite3

    end = time.monotonic() + WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(PAUSE)


def _reason(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return "PostgreSQL needs `pip install -r requirements-postgres.txt`"
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
