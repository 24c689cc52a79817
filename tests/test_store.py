"""The store: nothing half-written is ever seen."""

import pytest

from concepts.store import key_of, new_folder, prune, read_json, write_json


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


def test_prune_takes_what_was_used_longest_ago(tmp_path):
    import os

    for age, name in enumerate(("new", "old", "older")):
        (tmp_path / name).write_bytes(b"x" * 100)
        os.utime(tmp_path / name, (1_000_000 - age, 1_000_000 - age))
    assert prune(tmp_path, 1000) == 0
    assert prune(tmp_path, 150) == 200
    assert [file.name for file in tmp_path.iterdir()] == ["new"]
