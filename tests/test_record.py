"""The record: what was added stays in its order, in one line each, and comes out as a table."""

import csv
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, text

from concepts.annotations import NoteStore
from concepts.record import Entry, RecordStore, record_csv
from tests.support.postgres import url

__all__ = ["url"]


def test_entries_come_back_the_last_one_first(url):
    store = RecordStore(url)
    assert store.latest() == []
    entries = [Entry("ann", "run", f"report-{i}") for i in range(5)]
    for entry in entries:
        store.append(entry)
    assert store.latest() == entries[::-1]
    assert store.latest(2) == [entries[4], entries[3]]
    assert RecordStore(url).latest() == entries[::-1]
    store.close()


def test_several_writers_lose_nothing_and_notes_live_beside_it(tmp_path):
    url = f"sqlite:///{tmp_path / 'notes.sqlite'}"
    stores = [RecordStore(url) for _ in range(4)]
    assert NoteStore(url).current("a" * 24) == {}
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda i: stores[i % 4].append(Entry("ann", "run", str(i))), range(20)))
    assert sorted(int(entry.of) for entry in stores[0].latest()) == list(range(20))
    assert NoteStore(url).current("a" * 24) == {}


def test_what_is_taken_out_by_hand_leaves_a_gap(tmp_path):
    url = f"sqlite:///{tmp_path / 'notes.sqlite'}"
    store = RecordStore(url)
    for i in range(3):
        store.append(Entry("ann", "run", str(i)))
    with create_engine(url).begin() as connection:
        connection.execute(text("DELETE FROM concept_record WHERE id = 3"))
    store.append(Entry("ann", "run", "after"))
    with create_engine(url).begin() as connection:
        assert [row.id for row in connection.execute(text("SELECT id FROM concept_record"))] == [1, 2, 4]


def test_an_entry_is_one_short_line():
    entry = Entry("a" * 100, "run", "x\ny", "failed:\r\n" + "z" * 400)
    assert (len(entry.who), entry.of, len(entry.result)) == (80, "x y", 300)
    assert entry.result.startswith("failed: zzz")


def test_a_table_for_a_spreadsheet_starts_no_formula():
    rows = list(csv.DictReader(io.StringIO(record_csv([Entry("=cmd", "run", "-1"), Entry("ann", "name")]))))
    assert [row["who"] for row in rows] == ["'=cmd", "ann"]
    assert rows[0]["of"] == "'-1"
    assert rows[1]["result"] == "done"


def test_a_database_that_cannot_be_used_is_one_line(tmp_path):
    (tmp_path / "notes.sqlite").write_bytes(b"no database" * 1000)
    store = RecordStore(f"sqlite:///{tmp_path / 'notes.sqlite'}")
    for act in (lambda: store.append(Entry("ann", "run")), store.latest):
        with pytest.raises(ValueError, match="cannot be used") as refused:
            act()
        assert "\n" not in str(refused.value)
