"""Crash points of everything that writes, two writers at a time, readers meanwhile, a full disk."""

import errno
import os
import resource
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from safetensors import SafetensorError

from concepts.report import ClassReport
from concepts.report.card import read_cards
from concepts.report.rendering.graph_geometry import picture_or_none
from concepts.report.stored import thumbnail_name
from concepts.storage import store
from concepts.storage.entries import new_entry
from concepts.storage.store import new_file, new_folder, write_json, writing_in
from tests.support.crashes import run_until
from tests.support.made_up_report import made_up_report
from tests.support.places import ROOT

MOST_SAVES = 100  # of a report that is read meanwhile
OLD, NEW = b"old" * 100, b"new" * 100


def write_folder(place):
    with new_folder(place / "thing") as part:
        (part / "inner").mkdir()
        for name in ("a", "inner/b"):
            (part / name).write_bytes(NEW)


def write_entry(place):
    with new_entry(place / "thing", keep=False) as part:
        (part / "a").write_bytes(NEW)


def write_file(place):
    with new_file(place / "thing") as part:
        part.write_bytes(NEW)


def folder_whole(place):
    return {file.read_bytes() for file in place.rglob("*") if file.is_file() and file.name != "seal.json"}


@pytest.mark.parametrize("can_exchange", [True, False], ids=["in one step", "in two steps"])
@pytest.mark.parametrize("write", [write_folder, write_entry, write_file])
def test_at_every_crash_point_a_reader_sees_the_old_or_the_new_whole(write, can_exchange, tmp_path):
    def fresh(name):
        place = tmp_path / name
        place.mkdir()
        if write is write_file:
            (place / "thing").write_bytes(OLD)
        else:
            (place / "thing").mkdir()
            (place / "thing" / "a").write_bytes(OLD)
        return place

    n_calls = run_until(lambda: write(fresh("whole")), None, can_exchange=can_exchange)
    assert n_calls >= 5
    seen = []
    for point in range(1, n_calls + 1):
        place = fresh(str(point))
        run_until(lambda: write(place), point, can_exchange=can_exchange)  # noqa: B023 - called now
        if not can_exchange and not (place / "thing").exists():
            assert write is not write_file
            seen.append("gone for a moment")
            continue
        inside = folder_whole(place / "thing") if (place / "thing").is_dir() else {(place / "thing").read_bytes()}
        assert inside in ({OLD}, {NEW}), f"call {point} of {n_calls}"
        seen.append("old" if inside == {OLD} else "new")
        write(place)  # the next one does not stumble over what is left
        assert folder_whole(place / "thing") == {NEW} or (place / "thing").read_bytes() == NEW
    assert seen[0] == "old"
    assert seen.count("gone for a moment") <= (0 if can_exchange else 1)


def test_a_new_thing_is_there_whole_or_not_at_all(tmp_path):
    for write in (write_folder, write_entry, write_file, lambda place: write_json(place / "thing", [1] * 50)):
        n_calls = run_until(lambda: write(tmp_path / "whole"), None, can_exchange=True)  # noqa: B023
        for point in range(1, n_calls + 1):
            place = tmp_path / f"{write.__name__}{point}"
            run_until(lambda: write(place), point, can_exchange=True)  # noqa: B023
            if (place / "thing").is_dir():
                assert folder_whole(place / "thing") == {NEW}
            elif (place / "thing").exists():
                assert (place / "thing").read_bytes() == (tmp_path / "whole" / "thing").read_bytes()
        shutil.rmtree(tmp_path / "whole")


def test_content_reaches_the_disk_before_its_name(tmp_path, monkeypatch):
    done = []
    sync, move = store.sync, os.replace
    monkeypatch.setattr(store, "sync", lambda path: (done.append(("sync", Path(path).name)), sync(path)))
    monkeypatch.setattr(os, "replace", lambda a, b: (done.append(("move", Path(b).name)), move(a, b)))
    write_json(tmp_path / "a.json", 1)
    assert [word for word, _ in done] == ["sync", "move", "sync"]
    assert [name for _, name in done[1:]] == ["a.json", tmp_path.name]
    done.clear()
    monkeypatch.setattr(store, "sync_all", lambda folder: done.append(("sync all", "")))
    with new_folder(tmp_path / "folder"):
        pass
    assert [word for word, _ in done] == ["sync all", "move", "sync"]


@pytest.mark.parametrize("can_exchange", [True, False], ids=["in one step", "in two steps"])
def test_writers_at_one_time_all_succeed_and_readers_see_whole_folders(can_exchange, tmp_path, monkeypatch):
    if not can_exchange:
        monkeypatch.setattr(store, "exchange", lambda one, other: False)
    monkeypatch.setattr(store, "sync_all", lambda folder: None)  # of no account to threads
    monkeypatch.setattr(store, "sync", lambda path: None)
    failed, missing, over = [], [], threading.Event()

    def write(writer):
        for i in range(40):
            try:
                with new_folder(tmp_path / "report") as part:
                    for name in "abc":
                        (part / name).write_text(f"{writer} {i}")
            except Exception as error:
                failed.append(error)

    def read():
        while not over.is_set():
            try:
                handle = os.open(tmp_path / "report", os.O_RDONLY)
            except FileNotFoundError:
                missing.append(1)
                continue
            os.close(handle)

    with new_folder(tmp_path / "report"):
        pass
    writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    reader = threading.Thread(target=read)
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    over.set()
    reader.join()
    assert failed == []
    assert not (missing and can_exchange)
    assert len({file.read_text() for file in (tmp_path / "report").iterdir()}) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["report"]


@pytest.mark.slow
def test_reports_that_are_replaced_are_opened_whole(tmp_path):
    reports = {f"number {seed}": made_up_report(n=6, seed=seed, label=f"number {seed}") for seed in (0, 1)}
    (tmp_path / "reports").mkdir()
    next(iter(reports.values())).save(tmp_path / "reports" / "one")
    over, read = threading.Event(), []

    def write():
        for number in range(MOST_SAVES):
            reports[f"number {number % 2}"].save(tmp_path / "reports" / "one")
            if number >= 2 and len(read) > 2:
                break
        over.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not over.is_set():
        listing = read_cards([tmp_path / "reports"])
        assert [card.id for card in listing.found] == ["one"]
        assert listing.left_out == ()
        found = ClassReport.load(tmp_path / "reports" / "one")
        whole = reports[found.data.target.label]
        np.testing.assert_array_equal(found.array("phi"), whole.array("phi"))
        np.testing.assert_array_equal(found.concept_map(0, 3), whole.concept_map(0, 3))
        assert picture_or_none(found, thumbnail_name(3)) in (None, whole.thumbnail(3))  # None: replaced just now
        read.append(found.data.target.label)
    writer.join()
    assert len(read) > 2


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "no space left on device.*make room on the disk"),
        (OSError(errno.EROFS, "Read-only file system"), "read-only file system.*on another disk"),
        (OSError(errno.EDQUOT, "Quota"), "quota"),
        (SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)"), "make room"),
        (
            RuntimeError(
                "Error in virtual size_t faiss::FileIOWriter::operator()(...): write error in x: 512 != 4096 "
                f"({os.strerror(errno.ENOSPC)})"
            ),
            "no space left on device.*make room on the disk",
        ),
        (RuntimeError(f"write error in x: 0 != 8 ({os.strerror(errno.EFBIG)})"), "file too large.*larger files"),
        (OSError("16384 requested and 4096 written"), "no space left on device.*make room on the disk"),
    ],
    ids=["full", "read-only", "quota", "full for Rust", "full for FAISS", "large for FAISS", "full for NumPy"],
)
def test_a_full_disk_is_one_line_and_keeps_what_was_there(error, said, tmp_path):
    write_folder(tmp_path)

    def fail():
        with new_folder(tmp_path / "thing") as part:
            (part / "half").write_bytes(NEW)
            raise error

    def fail_file():
        with new_file(tmp_path / "file"):
            raise error

    for work in (fail, fail_file):
        with pytest.raises(ValueError, match=f"nothing can be written in .*{said}") as found:
            work()
        assert "\n" not in str(found.value)
    assert folder_whole(tmp_path / "thing") == {NEW}
    assert [entry.name for entry in tmp_path.iterdir()] == ["thing"]
    for other in (KeyError("x"), ValueError("No space left on device"), RuntimeError("4 requested"), OSError("x")):
        with pytest.raises(type(other)) as found, writing_in(tmp_path):
            raise other
        assert found.value is other


FILL = """
import sys
from pathlib import Path
import numpy as np
from safetensors.numpy import save_file
from concepts.storage.store import new_file, write_bytes
for write in (
    lambda file: write_bytes(file, bytes(100_000)),
    lambda file: save_file({"a": np.zeros(100_000)}, file),
    lambda file: np.zeros(100_000).tofile(file),
):
    try:
        with new_file(Path(sys.argv[1]) / "thing") as part:
            write(part)
    except ValueError as error:
        print(error)
"""


def test_a_file_that_the_disk_does_not_take_is_one_line(tmp_path):
    write_file(tmp_path)
    ended = subprocess.run(
        [sys.executable, "-c", FILL, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000)),
    )  # fmt: skip
    assert ended.stdout.count("nothing can be written in") == len(ended.stdout.splitlines()) == 3, ended.stderr
    assert os.listdir(tmp_path) == ["thing"]
    assert (tmp_path / "thing").read_bytes() == NEW
