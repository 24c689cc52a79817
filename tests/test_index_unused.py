"""An index that cannot be used is no trouble of the question: every place is compared, and the page says why."""

import shutil
import sys
from html import unescape

import faiss
import numpy as np
import pytest

from concepts.lexicon.collections import TokenMatrix, best_places, build_index_of, index_of
from concepts.token_search import TokenIndex, building
from concepts.token_search import index as token_index
from pages.similarity import answers
from pages.state import collections as state
from tests.support import screen
from tests.support.asked_page import best_photos
from tests.support.screen import said, shown, without_demo
from tests.support.tiny_collection import tiny_collection


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return tiny_collection(tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("photos"))


@pytest.fixture
def root(made, tmp_path, monkeypatch):
    """A workspace of its own, in which an index is asked, not passed over."""
    monkeypatch.setattr(building, "FEWEST", 1000)
    monkeypatch.setattr(token_index, "SCANNED", 0)
    without_demo(monkeypatch, tmp_path / "workspace")
    answers._everywhere.clear()
    return shutil.copytree(made.folder.parents[1], tmp_path / "workspace")


@pytest.fixture
def collection(root):
    found = state.collections()["tiny"]
    build_index_of(found)
    return found


def cut(folder, monkeypatch):
    file = folder / "index.faiss"
    file.write_bytes(file.read_bytes()[:-10])


def of_other_width(folder, monkeypatch):
    write_flat(folder, np.ones((2560, 5), np.float32))


def of_fewer_tokens(folder, monkeypatch):
    write_flat(folder, np.ones((64, 4), np.float32))


def write_flat(folder, x):
    """An index of other tokens, which FAISS opens."""
    index = faiss.IndexIVFPQ(faiss.IndexFlatIP(x.shape[1]), x.shape[1], 1, 1, 4, faiss.METRIC_INNER_PRODUCT)
    index.train(np.random.default_rng(0).standard_normal((64, x.shape[1])).astype(np.float32))
    index.add(x)
    faiss.write_index(index, str(folder / "index.faiss"))


def missing(folder, monkeypatch):
    (folder / "index.faiss").unlink()


def damaged_measure(folder, monkeypatch):
    (folder / "photos.json").write_text("{}")


def no_faiss(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "faiss", None)


WRONG = [
    (cut, "index.faiss in index is damaged or missing: build the index anew"),
    (of_other_width, "holds 2,560 tokens of 5 channels in 1 cells, expected 2,560 of 4 in 51"),
    (of_fewer_tokens, "holds 64 tokens of 4 channels in 1 cells, expected 2,560 of 4"),
    (missing, "index.faiss in index is damaged or missing"),
    (damaged_measure, "photos.json"),
    (no_faiss, "an index needs FAISS"),
]


@pytest.mark.parametrize(("wrong", "reason"), WRONG)
def test_all_places_are_compared_instead_and_the_page_says_why(root, collection, monkeypatch, wrong, reason):
    wrong(collection.folder / "index", monkeypatch)
    app = screen.open_page("similarity", collection="tiny", image=3, places="20")
    assert not app.exception
    assert said(app) == ""
    page = unescape(shown(app))
    told = page.partition("There is an index of these photos, which is not used: ")[2].partition("</p>")[0]
    assert reason in told
    assert "Each place of these photos was compared: no match is lost." in told
    assert str(root) not in page
    maps = TokenMatrix(collection).similarity(collection.patches(3)[2, 4])
    assert [each.image for each in best_photos(app)] == [each.image for each in best_places(maps, 12, but=3)]


@pytest.mark.parametrize(("wrong", "reason"), WRONG)
def test_such_an_index_is_no_index(collection, monkeypatch, wrong, reason):
    wrong(collection.folder / "index", monkeypatch)
    with pytest.raises(ValueError, match="index"):
        index_of(collection)


def test_it_is_opened_once_and_again_after_a_change(collection, monkeypatch):
    opened, times = TokenIndex.opened, []
    monkeypatch.setattr(TokenIndex, "opened", lambda self: times.append(1) or opened(self))
    file = collection.folder / "index" / "index.faiss"
    content = file.read_bytes()
    file.write_bytes(content[:-10])
    assert [state.index_for(collection).index for _ in range(3)] == [None] * 3
    assert len(times) == 1
    file.write_bytes(content)
    assert state.index_for(collection).index == state.index_for(collection).index == index_of(collection)
    assert state.index_for(collection).unused == ""


def test_nothing_is_said_of_an_index_where_none_is_asked(root, collection, monkeypatch):
    missing(collection.folder / "index", monkeypatch)
    for more in ({"centred": 1}, {}):
        app = screen.open_page("similarity", collection="tiny", image=3, places="20", **more)
        assert ("There is an index" in shown(app)) == (not more)
    shutil.rmtree(collection.folder / "index")
    assert "an index" not in shown(screen.open_page("similarity", collection="tiny", image=3, places="20"))
