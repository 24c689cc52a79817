"""The operator's database: what two who open a new file at once meet."""

import sqlite3

import pytest

from concepts.storage import database


class Busy:
    """A connection whose first calls are refused."""

    def __init__(self, refusals: int, said: str = "database is locked") -> None:
        self.left, self.said = refusals, said

    def execute(self, statement: str) -> None:
        self.left -= 1
        if self.left >= 0:
            raise sqlite3.OperationalError(self.said)


def test_the_write_ahead_log_is_turned_on_once_no_other_does():
    connection = Busy(3)
    database._write_ahead(connection, None)
    assert connection.left == -1


def test_another_refusal_and_one_without_end_are_raised(monkeypatch):
    with pytest.raises(sqlite3.OperationalError, match="disk I/O error"):
        database._write_ahead(Busy(1, "disk I/O error"), None)
    monkeypatch.setattr(database, "WAIT", 0.05)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        database._write_ahead(Busy(10**9), None)
