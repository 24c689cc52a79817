"""The store: nothing half-written is ever seen."""

import errno
import os
import shutil
import time

import pytest

from concepts.storage import store
from concepts.storage.ages import last_change
from concepts.storage.store import IN_USE, key_of, new_folder, prune, read_json, write_json


def test_a_folder_appears_only_when_it_is_complete(tmp_path):
    final = tmp_path / "report"

    def fail_halfway():
        with new_folder(final) as part:
            (part / "half").write_text("x")
            assert not final.exists()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()
    assert list(tmp_path.iterdir()) == []
    with new_folder(final) as part:
        (part / "whole").write_text("x")
    assert [file.name for file in final.iterdir()] == ["whole"]


def test_a_folder_is_replaced_and_not_mixed(tmp_path):
    for name in ("first", "second"):
        with new_folder(tmp_path / "report") as part:
            (part / name).write_text("x")
    assert [file.name for file in (tmp_path / "report").iterdir()] == ["second"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["report"]


def test_keys_depend_on_every_part_and_not_on_order():
    assert key_of(a=1, b=2) == key_of(b=2, a=1)
    assert len({key_of(a=1, b=2), key_of(a=1, b=3), key_of(a=2, b=1), key_of(a="1", b=2)}) == 4


def test_json_that_cannot_be_read_is_named(tmp_path):
    write_json(tmp_path / "x.json", {"é": [1, None]})
    assert read_json(tmp_path / "x.json") == {"é": [1, None]}
    (tmp_path / "x.json").write_text('{"cut')
    with pytest.raises(ValueError, match=r"x\.json"):
        read_json(tmp_path / "x.json")
    with pytest.raises(ValueError, match="JSON compliant"):
        write_json(tmp_path / "y.json", float("nan"))
    assert not (tmp_path / "y.json").exists()


def entry(store, number, *, age):
    """A stored stage of 100 bytes, last used `age` seconds ago."""
    folder = store / f"activations-{number:024x}"
    folder.mkdir()
    (folder / "info.json").write_bytes(b"x" * 100)
    os.utime(folder, (time.time() - age, time.time() - age))
    return folder


def test_prune_takes_what_was_used_longest_ago(tmp_path):
    new, old, older = (entry(tmp_path, age, age=age * IN_USE) for age in (2, 3, 4))
    assert prune(tmp_path, 1000) == 0
    assert prune(tmp_path, 150) == 200
    assert list(tmp_path.iterdir()) == [new]
    assert not old.exists()
    assert not older.exists()


def test_prune_leaves_what_is_in_use_and_what_is_not_the_stores(tmp_path):
    lately = entry(tmp_path, 1, age=60)
    (tmp_path / "thesis.txt").write_bytes(b"x" * 1000)
    os.utime(tmp_path / "thesis.txt", (0, 0))
    assert prune(tmp_path, 0) == 0
    assert {file.name for file in tmp_path.iterdir()} == {lately.name, "thesis.txt"}


def test_prune_does_not_mind_another_that_is_faster(tmp_path, monkeypatch):
    for number in (1, 2):
        entry(tmp_path, number, age=2 * IN_USE)
    measured = store._size

    def faster(entry):
        size = measured(entry)
        shutil.rmtree(entry)
        return size

    monkeypatch.setattr(store, "_size", faster)
    assert prune(tmp_path, 0) == 0


def test_what_dead_processes_left_is_swept_after_a_day(tmp_path):
    for name in (".report.0123abcd.part", ".report.0123abcd.old", ".report.4567abcd.part", ".report.notes.part"):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (0, 0))
    (tmp_path / ".report.4567abcd.part" / "activations.bin").write_bytes(b"being written")
    os.utime(tmp_path / ".report.4567abcd.part", (0, 0))
    with new_folder(tmp_path / "report"):
        pass
    assert {entry.name for entry in tmp_path.iterdir()} == {".report.4567abcd.part", ".report.notes.part", "report"}


def test_what_a_clock_that_ran_ahead_dated_expires_from_when_it_was_first_seen(tmp_path, monkeypatch):
    now, year = time.time(), 365 * 86_400
    (tmp_path / ".report.0123abcd.part").mkdir()
    (tmp_path / ".report.0123abcd.part" / "activations.bin").touch()
    stages = [entry(tmp_path, number, age=-number * year) for number in (1, 2)]
    for path in tmp_path.glob(".*/**"):
        os.utime(path, (0, now + year))
    os.utime(tmp_path / ".report.0123abcd.part" / "activations.bin", (0, now + year))
    assert prune(tmp_path, 0) == 0
    assert len(list(tmp_path.iterdir())) == 3, "each may be in use"
    assert all(now - 1 <= path.stat().st_mtime <= time.time() for path in tmp_path.rglob("*"))
    monkeypatch.setattr(time, "time", lambda: now + 1.1 * store.ABANDONED)
    assert prune(tmp_path, 100) == 100
    (left,) = tmp_path.iterdir()
    assert left in stages


def test_where_a_time_in_the_future_cannot_be_changed_it_is_read_as_now(tmp_path, monkeypatch):
    os.utime(tmp_path, (0, time.time() + 86_400))

    def read_only(*args: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "utime", read_only)
    assert abs(time.time() - last_change(tmp_path)) < 10


@pytest.mark.parametrize("keep", [True, False])
def test_on_a_race_an_entry_named_by_its_content_stays_the_first_ones(keep, tmp_path):
    with new_folder(tmp_path / "entry", keep=keep) as second:
        with new_folder(tmp_path / "entry", keep=keep) as first:
            (first / "first").write_text("x")
        (second / "second").write_text("x")
    assert [file.name for file in (tmp_path / "entry").iterdir()] == ["first" if keep else "second"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["entry"]


@pytest.mark.parametrize("can", [True, False], ids=["in one step", "in two steps"])
def test_a_replacement_that_fails_leaves_the_old_folder(can, tmp_path, monkeypatch):
    with new_folder(tmp_path / "report") as part:
        (part / "first").write_text("x")
    move = os.replace

    def fail(source, target):
        if str(source).endswith(".part"):
            raise PermissionError
        move(source, target)

    def exchange(one, other):
        if can:
            raise PermissionError
        return False

    monkeypatch.setattr(os, "replace", fail)
    monkeypatch.setattr(store, "exchange", exchange)
    with pytest.raises(PermissionError), new_folder(tmp_path / "report"):
        pass
    assert [file.name for file in (tmp_path / "report").iterdir()] == ["first"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["report"]
