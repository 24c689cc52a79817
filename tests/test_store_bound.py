"""How much a store may hold: what the operator says, what is asked stays, and tokens that are gone are told."""

import os
import shutil
import time

import numpy as np
import pytest

from concepts.cli.main import main
from concepts.engine.store_bound import prune_store, store_bytes
from concepts.lexicon.collections import Collection, TokenMatrix, tokens_of
from concepts.storage import entries
from concepts.storage.entries import MARKED, is_kept, mark_used
from concepts.storage.store import IN_USE, prune
from pages.similarity import only
from pages.state import collections as state
from pages.state.server_settings import ServerSettings
from pages.words import page as words_page
from tests.support.screen import open_page, without_demo
from tests.support.tiny import CLASSES, FACTORY, write_photos
from tests.support.tiny_collection import tiny_collection_of_command

GB = 2**30
WRONG = ["much", "0", "-1", "nan", "inf", "50 GB"]
LONG_AGO = 3 * IN_USE


@pytest.mark.parametrize(("given", "n"), [("", 50 * GB), (" ", 50 * GB), ("0.5", GB // 2), (" 200 ", 200 * GB)])
def test_the_operator_says_how_much(given, n):
    assert store_bytes({"CONCEPTS_STORE_DISK": given}) == n
    assert ServerSettings.of({"CONCEPTS_STORE_DISK": given}).store_bytes == n
    assert store_bytes({}) == ServerSettings.of({}).store_bytes == 50 * GB


@pytest.mark.parametrize("given", WRONG)
def test_a_bound_that_is_none_is_refused_in_one_line(given):
    line = rf"^CONCEPTS_STORE_DISK is '{given}': expected a number of GB above 0, or nothing for 50$"
    for read in (store_bytes, ServerSettings.of):
        with pytest.raises(ValueError, match=line):
            read({"CONCEPTS_STORE_DISK": given})


def stage(store, number, n_bytes, *, age):
    folder = store / f"activations-{number:024x}"
    folder.mkdir(parents=True)
    (folder / "info.json").write_bytes(b"x" * n_bytes)
    grow_old(folder, age)
    return folder


def grow_old(folder, age=LONG_AGO):
    os.utime(folder, (time.time() - age, time.time() - age))


def test_the_store_is_pruned_to_the_operator_s_bound(tmp_path, monkeypatch):
    older, old = (stage(tmp_path, i, 1000, age=age) for i, age in enumerate((2 * LONG_AGO, LONG_AGO)))
    monkeypatch.setenv("CONCEPTS_STORE_DISK", f"{2100 / GB:.12f}")
    assert prune_store(tmp_path) == 0
    monkeypatch.setenv("CONCEPTS_STORE_DISK", f"{1500 / GB:.12f}")
    assert prune_store(tmp_path) == 1000
    assert (older.exists(), old.exists()) == (False, True)


def test_a_report_on_the_command_line_prunes_to_it(tmp_path, monkeypatch):
    photos, store = write_photos(tmp_path / "photos", n=12), tmp_path / "store"
    gone = stage(store, 7, 1000, age=LONG_AGO)
    given = ["report", "--model", FACTORY, "--classes", ", ".join(CLASSES), "--images", str(photos), "--target", "red",
             "--layer", "features", "--concepts", "3", "--evidence", "off", "--out", str(tmp_path / "red"), "--store",
             str(store)]  # fmt: skip
    assert main(given) == 0
    assert gone.exists()
    monkeypatch.setenv("CONCEPTS_STORE_DISK", "0.000001")
    assert main(given) == 0
    assert not gone.exists()


@pytest.mark.parametrize("command", ["report", "reports", "evaluate", "advise"])
def test_a_wrong_bound_ends_a_command_before_its_work(command, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CONCEPTS_STORE_DISK", "much")
    target = ["--targets", "all"] if command == "reports" else ["--target", "red"]
    out = tmp_path / ("advice.json" if command == "advise" else "out")
    assert main([command, "--model", "nowhere.py:build", "--images", str(tmp_path), *target, "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert "CONCEPTS_STORE_DISK is 'much'" in error
    assert error.count("\n") == 1


def test_a_use_is_marked_once_in_a_while(tmp_path):
    before = time.time() - 1
    mark_used(tmp_path / "gone")
    assert not (tmp_path / "gone").exists()
    grow_old(tmp_path, MARKED - 60)
    mark_used(tmp_path)
    assert tmp_path.stat().st_mtime < before - 60, "a mark of some minutes ago still holds"
    grow_old(tmp_path, MARKED + 60)
    mark_used(tmp_path)
    assert tmp_path.stat().st_mtime > before


def test_a_store_that_may_only_be_read_can_be_asked(tmp_path, monkeypatch):
    grow_old(tmp_path)

    def read_only(*given: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr(entries.os, "utime", read_only)
    mark_used(tmp_path)
    assert is_kept(tmp_path)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return tiny_collection_of_command(tmp_path_factory.mktemp("workspace"), tmp_path_factory.mktemp("photos"))


@pytest.fixture
def root(made, tmp_path, monkeypatch):
    """A workspace of its own, whose only collection has a lexicon and was not used for long."""
    root = tmp_path / "workspace"
    shutil.copytree(made, root)
    without_demo(monkeypatch, root)
    monkeypatch.setattr(state, "_make_demo", lambda: None)
    grow_old(tokens_in(root))
    return root


def tokens_in(root):
    (found,) = (root / "store").glob("activations-*")
    return found


ASKED = [
    lambda found: found.patches(3),
    lambda found: found.thumbnail(3),
    lambda found: TokenMatrix(found).similarity(found.patches(3)[0, 0]),
    lambda found: tokens_of(found).take(np.arange(2)),
]


@pytest.mark.parametrize("ask", ASKED)
def test_a_collection_that_was_asked_stays(root, ask):
    found = Collection.load(root / "collections" / "tiny", root / "store")
    ask(found)
    grow_old(tokens_in(root))
    ask(found)  # what is kept of it from before makes no difference
    assert prune(root / "store", 0) == 0
    grow_old(tokens_in(root))
    assert prune(root / "store", 0) > 0
    with pytest.raises(ValueError, match="are no longer stored: run the same analysis again"):
        ask(found)


@pytest.mark.parametrize("view", ["similarity", "photos", "words"])
def test_a_collection_that_a_page_asks_stays(root, view):
    assert not open_page(view, collection="tiny", image=3).exception
    for _ in range(2):  # also where all is kept in memory from before
        grow_old(tokens_in(root))
        assert not open_page(view, collection="tiny", image=3).exception
        assert prune(root / "store", 0) == 0


@pytest.mark.parametrize("view", ["similarity", "photos", "words"])
def test_tokens_that_vanish_between_two_clicks_are_told_in_one_line(root, view, monkeypatch):
    """What a click reruns does not list the collections again: its part of the page finds them gone."""
    assert not open_page(view, collection="tiny", image=3).exception
    module, name = (words_page, "choose_vocabulary") if view == "words" else (only, "choose_only")
    before = getattr(module, name)

    def vanish(*given: object) -> object:
        result = before(*given)
        shutil.rmtree(tokens_in(root))
        return result

    monkeypatch.setattr(module, name, vanish)
    app = open_page(view, collection="tiny", image=4)
    assert not app.exception
    told = [each.value for each in app.warning if "are no longer stored" in each.value]
    assert len(told) == 1
    assert "\n" not in told[0]
