"""The notes' tables have a version: an older database is copied and migrated, a newer one refused; and copies."""

import sqlite3
import threading
from contextlib import closing

import pytest

from concepts.annotations import Note, NoteStore
from concepts.annotations.note_store import SCHEMA, TABLE
from concepts.annotations.schema import VERSION_TABLE, Schema
from concepts.backup.database import copy_database
from tests.support.postgres import postgres

SUBJECT = "0" * 23 + "a"
LOUD = "UPDATE concept_notes SET name = upper(name)"


def louder(connection) -> None:
    connection.exec_driver_sql(LOUD)


def half(connection) -> None:
    louder(connection)
    raise ValueError("the migration cannot go on")


NEXT = Schema(TABLE, 2, {1: louder})


def note(name: str = "price tag", index: int = 3) -> Note:
    return Note(SUBJECT, "concept", index, name, author="Ann", flags=("artefact", "should not matter"))


@pytest.fixture(scope="session")
def server():
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """A database with one note, of version 1, of a program that wrote no version yet."""
    url = f"sqlite:///{tmp_path / 'notes.sqlite'}" if request.param == "sqlite" else request.getfixturevalue("server")
    store = NoteStore(url)
    store.write(note())
    query(store, f"DROP TABLE {VERSION_TABLE}")
    store.close()
    yield url
    for table in (TABLE, VERSION_TABLE, f"{TABLE}_version_1"):
        query(store, f"DROP TABLE IF EXISTS {table}")
    store.close()


def query(store: NoteStore, text: str) -> list:
    from sqlalchemy import create_engine

    engine = create_engine(store.url)
    with engine.begin() as connection:
        found = connection.exec_driver_sql(text)
        rows = [tuple(row) for row in found] if found.returns_rows else []
    engine.dispose()
    return rows


def names(store: NoteStore) -> list[str]:
    return [each.name for each in store.all(SUBJECT)]


def kept(store: NoteStore) -> list[str]:
    """Names in the copies that were made before migrations."""
    if store.file is None:
        return [row[0] for row in query(store, f"SELECT name FROM {TABLE}_version_1")]
    copies = store.file.parent.glob("notes-version-1-*.sqlite")
    return [name for copy in copies for name in names(NoteStore(f"sqlite:///{copy}"))]


def test_a_new_database_says_its_version_and_one_without_is_of_the_first(url, tmp_path):
    store = NoteStore(url)
    assert names(store) == ["price tag"]
    store.write(note("label"))
    new = NoteStore(f"sqlite:///{tmp_path / 'new.sqlite'}")
    new.write(note())
    assert query(new, f"SELECT version FROM {VERSION_TABLE}") == [(SCHEMA.current,)]
    store.close()


@pytest.mark.parametrize("way", ["read", "write"])
def test_an_older_one_is_migrated_once_after_a_copy(url, way):
    store = NoteStore(url, schema=NEXT)
    if way == "write":
        store.write(note("second", index=4))
    assert sorted(names(store)) == ["PRICE TAG", *(["second"] if way == "write" else [])]
    store.write(note("third", index=5))
    assert "third" in names(store)
    assert kept(store) == ["price tag"]
    assert query(store, f"SELECT version FROM {VERSION_TABLE}") == [(2,)]
    store.close()


def test_a_newer_one_is_refused_in_a_line_for_reading_and_writing(url):
    newer = NoteStore(url, schema=NEXT)
    newer.check()
    for act in (NoteStore.all_notes, NoteStore.check, lambda store: store.write(note("lost"))):
        with pytest.raises(ValueError, match=r"^the names' database was written by a newer program \(version 2[^\n]+$"):
            act(NoteStore(url))
    assert names(newer) == ["PRICE TAG"]
    newer.close()


def test_a_migration_that_fails_changes_nothing(url):
    with pytest.raises(ValueError, match="cannot go on"):
        NoteStore(url, schema=Schema(TABLE, 2, {1: half})).write(note("lost"))
    with pytest.raises(ValueError, match="version 1 of its tables, which no program writes"):
        NoteStore(url, schema=Schema(TABLE, 2)).check()
    store = NoteStore(url)
    assert names(store) == ["price tag"]
    store.close()


def test_a_copy_holds_all_notes_in_one_file(url, tmp_path):
    store, target = NoteStore(url), tmp_path / "copy" / "notes.sqlite"
    store.write(note("label"))
    assert copy_database(store, target)
    assert NoteStore(f"sqlite:///{target}").all_notes() == store.all_notes()
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute(f"SELECT count(*) FROM {TABLE}").fetchone() == (2,)
    store.close()


def test_of_a_database_that_nobody_wrote_into_there_is_no_copy(tmp_path):
    assert not copy_database(NoteStore(f"sqlite:///{tmp_path / 'none.sqlite'}"), tmp_path / "copy.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_a_copy_is_of_one_moment_while_others_write(tmp_path):
    store, stop = NoteStore(f"sqlite:///{tmp_path / 'notes.sqlite'}"), threading.Event()
    store.write(note())

    def write() -> None:
        while not stop.is_set():
            store.add([note(f"a {i}") for i in range(2)])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for i in range(5):
            assert copy_database(store, tmp_path / f"copy-{i}.sqlite")
    finally:
        stop.set()
        writer.join()
    sizes = [len(NoteStore(f"sqlite:///{tmp_path / f'copy-{i}.sqlite'}").all_notes()) for i in range(5)]
    assert [n % 2 for n in sizes] == [1] * 5
    assert sizes == sorted(sizes)
