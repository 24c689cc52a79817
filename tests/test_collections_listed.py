"""The collections that pages list: one reading for all visitors and runs, until something changes on disk."""

import shutil

import pytest

from concepts.activations.collect import Activations
from concepts.lexicon.collections import Collection
from pages.state import collections as state
from tests.support.screen import open_page, shown
from tests.support.tiny_collection import own_workspace, tiny_collection


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("workspace")
    tiny_collection(root, tmp_path_factory.mktemp("photos"))
    return root


@pytest.fixture
def root(made, tmp_path, monkeypatch):
    return own_workspace(made, tmp_path, monkeypatch)


@pytest.fixture
def n_checks(monkeypatch):
    """How often tokens were checked, as the length of a list."""
    found, check = [], Activations.check
    monkeypatch.setattr(Activations, "check", lambda self, **options: (found.append(options), check(self, **options)))
    return found


def test_tokens_are_checked_once_and_not_at_every_run(root, n_checks):
    app = open_page("similarity", collection="tiny", image=3)
    app.toggle(key="duplicates").set_value(True).run()
    assert not app.exception
    assert open_page("similarity", collection="tiny").selectbox(key="collection").value == "tiny"  # another visitor
    assert len(n_checks) == 1
    assert state.collections()["tiny"] is state.collections()["tiny"]


def test_a_list_of_photos_is_read_once_until_its_file_changes(root, monkeypatch):
    """The listing is made anew every minute; a million names are not."""
    read, names = [], state.collections()["tiny"].names
    load = Collection.load
    monkeypatch.setattr(Collection, "load", lambda folder, store: read.append(folder) or load(folder, store))
    state._collections.clear()
    again = state.collections()["tiny"]
    assert (read, again.names is names) == ([], True)
    file = root / "collections" / "tiny" / "collection.json"
    (root / "later.json").write_text(file.read_text("utf-8").replace('"created": "2', '"created": "1'), "utf-8")
    (root / "later.json").replace(file)
    state._collections.clear()
    assert state.collections()["tiny"].created.startswith("1")
    assert len(read) == 1


def test_tokens_are_checked_anew_with_the_listing(root, n_checks):
    _ = state.collections()["tiny"].activations
    state._collections.clear()
    _ = state.collections()["tiny"].activations
    assert len(n_checks) == 2


def test_tokens_that_the_store_dropped_are_told_at_the_next_run(root, monkeypatch):
    monkeypatch.setattr(state, "_make_demo", lambda: None)
    app = open_page("similarity", collection="tiny", image=3)
    shutil.rmtree(root / "store" / state.collections()["tiny"].tokens)
    app.run()
    assert not app.exception
    assert "no longer stored: run the same analysis again" in shown(app)
    assert state.collections() == {}
