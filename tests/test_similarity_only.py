"""The page Similarity on some photos only, and by an index: what is asked, found and said."""

import re
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from concepts.cli.main import main
from concepts.lexicon.collections import (
    Column,
    TokenMatrix,
    build_index_of,
    index_of,
    indexed,
    photo_places,
    retrieve_by_index,
    retrieve_photos,
    tokens_of,
)
from concepts.numerics.intervals import wilson
from concepts.numerics.samples import even_sample
from concepts.report.rendering.sentences import percent
from concepts.storage.typed_json import write_typed
from concepts.token_search import building
from concepts.token_search import index as token_index
from concepts.token_search.near_duplicates import near_duplicates
from pages.similarity import answers, only
from pages.state import collections as state
from tests.support import screen
from tests.support.asked_page import best_photos
from tests.support.made_up_report import made_up_report
from tests.support.screen import said, shown, without_demo
from tests.support.tiny import CLASSES, FACTORY, write_photos
from tests.support.tiny_collection import tiny_collection

pytest.importorskip("faiss")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def collection(root, tmp_path_factory):
    return tiny_collection(root, tmp_path_factory.mktemp("photos"))


@pytest.fixture
def with_index(collection, monkeypatch):
    monkeypatch.setattr(building, "FEWEST", 1000)
    monkeypatch.setattr(token_index, "SCANNED", 0)
    return build_index_of(collection) if index_of(collection) is None else index_of(collection)


@pytest.mark.parametrize("classes", [None, "red"])
def test_the_index_finds_the_photos_that_comparing_all_finds(collection, with_index, classes):
    items = None if classes is None else np.array([label == classes for label in collection.labels])
    query = collection.patches(7)[2, 3]
    expected = retrieve_photos(TokenMatrix(collection), query, top=6, alike=0.5, but=7, items=items)
    found = retrieve_by_index(collection, with_index, query, top=6, alike=0.5, but=7, items=items)
    values = [place.value for place in found.places]
    assert values == pytest.approx([place.value for place in expected.places], abs=1e-4)
    assert len({place.image for place in found.places} - {7}) == 6
    assert (found.usual, found.share) == pytest.approx((expected.usual, expected.share), abs=1e-5)
    for place, heat in zip(found.places, found.maps, strict=True):
        assert heat[place.row, place.column] == pytest.approx(max(place.value - found.usual, 0), abs=1e-4)
        assert items is None or items[place.image]


def test_more_photos_than_first_asked_for_are_looked_for(collection, with_index, monkeypatch):
    """A query whose best places all lie in few photos: more places are asked for until each photo has one."""
    monkeypatch.setattr(photo_places, "A_PHOTO", 1)
    found = retrieve_by_index(collection, with_index, torch.eye(4)[0], top=40, alike=0.5)
    assert sorted(place.image for place in found.places) == list(range(40))


@pytest.mark.parametrize("classes", [None, "red"])
def test_a_share_of_some_photos_says_of_how_many(collection, with_index, monkeypatch, classes):
    items = None if classes is None else np.array([label == classes for label in collection.labels])
    query = collection.patches(7)[2, 3]
    every = list(range(40)) if items is None else np.flatnonzero(items).tolist()
    best = TokenMatrix(collection).similarity(query).reshape(40, -1).max(axis=1)
    for sampled in (6, 256):
        monkeypatch.setattr(indexed, "SAMPLED", sampled)
        found = retrieve_by_index(collection, with_index, query, top=6, alike=0.9, but=7, items=items)
        looked = [every[i] for i in even_sample(len(every), sampled)]
        n = int((best[looked] >= 0.9).sum())
        assert (found.n_asked, found.n_looked) == (len(every), len(looked))
        assert found.share == n / len(looked)
        assert found.share.interval == wilson(n, len(looked))
    exact = retrieve_photos(TokenMatrix(collection), query, top=6, alike=0.9, but=7, items=items)
    assert (exact.n_looked, exact.share.interval) == (len(every), found.share.interval)


def test_the_page_says_of_how_many_photos_a_share_is(root, monkeypatch, collection, with_index):
    answers._everywhere.clear()
    page = shown(open_page(root, monkeypatch, collection))
    assert "% of the photos have a place with a cosine of 0.5 or more." in page
    assert "looked at" not in page
    assert "What is usual" not in page
    answers._everywhere.clear()
    monkeypatch.setattr(indexed, "SAMPLED", 10)
    page = shown(open_page(root, monkeypatch, collection))
    assert re.search(r"Of 10 photos looked at, \d+% \(\d+% to \d+%\) have a place with a cosine of 0.5 or more\.", page)
    assert "What is usual is that of 10 photos." in page
    assert "and the share" not in page
    answers._everywhere.clear()


def open_page(root, monkeypatch, collection, **params):
    """The page, with a report on these photos."""
    report = made_up_report(n=40, names=list(collection.names))
    monkeypatch.setattr(only, "reports_of", lambda collection: {"report": report})
    for each in (only._join, only._answers, only._strategies):
        each.clear()  # reports of tests lie in no folder, by which they are kept apart
    without_demo(monkeypatch, root)
    return screen.open_page("similarity", collection=collection.id, image=3, **{"places": "20", **params})


def test_only_the_chosen_photos_are_asked(root, monkeypatch, collection):
    app = open_page(root, monkeypatch, collection, only="class:red")
    names = {collection.labels[each.image] for each in best_photos(app)}
    assert names == {"red"}
    assert "each of 20 photos" in shown(app)
    assert {option.split(":")[0] for option in app.multiselect(key="only").options} == {"class", "answer", "strategy"}
    app.multiselect(key="only").set_value([("strategy", "Strategy B")]).run()
    assert app.query_params["only"] == "strategy:Strategy B"
    strategies = made_up_report(n=40).array("labels")
    assert {strategies[each.image] for each in best_photos(app)} == {1}
    assert not said(app)


def test_near_duplicates_are_looked_for_when_asked(root, monkeypatch, collection):
    app = open_page(root, monkeypatch, collection, only="class:red")
    assert "20 photos as a list of files" in [each.proto.label for each in app.get("download_button")]
    app.toggle(key="duplicates").set_value(True).run()
    red = np.array([label == "red" for label in collection.labels])
    groups = near_duplicates(tokens_of(collection), items=red)
    assert f"in {len(groups):,} groups" in shown(app)
    kept = 20 - sum(len(group) - 1 for group in groups)
    assert f"{kept} photos as a list of files" in [each.proto.label for each in app.get("download_button")]


def test_conditions_that_no_photo_fulfils_are_told(root, monkeypatch, collection):
    monkeypatch.setattr(
        only,
        "columns_of",
        lambda collection: {"a": Column.of(["x"] * 20 + ["y"] * 20), "b": Column.of(["y"] * 20 + ["x"] * 20)},
    )
    app = open_page(root, monkeypatch, collection, only="a:x|b:x|nonsense|a:<b>")
    assert "take a condition away" in said(app)


def said_of(recall):
    """The share and its interval as the page writes them."""
    return f"{percent(recall.value)} ({percent(recall.low)} to {percent(recall.high)})"


def test_the_recall_of_photos_is_said_where_it_was_measured(root, monkeypatch, collection, with_index):
    answers._everywhere.clear()  # answers are kept apart by what is asked, not by what this test sets
    gives = f"of the 12 best photos the index gives {said_of(with_index.photos.places)}"
    page = shown(open_page(root, monkeypatch, collection))
    assert f"{gives}, measured on 100 places of its own." in page
    page = shown(open_page(root, monkeypatch, collection, only="class:red"))
    assert f"{gives}, measured without conditions on 100 places of its own." in page
    assert "match is lost" not in page
    page = shown(open_page(root, monkeypatch, collection, centred=1))
    assert "best photos the index" not in page
    assert "match is lost" not in page


def test_what_was_not_measured_is_said_as_such(root, monkeypatch, collection, with_index):
    answers._everywhere.clear()
    places = f"for places of the 12 best photos the index gives {said_of(with_index.photos.places)}, measured on 100"
    for params, kind in (({"ask": "photo"}, "a whole photo"), ({"places": "20.21"}, "several places")):
        page = shown(open_page(root, monkeypatch, collection, **params))
        assert f"was not measured for {kind}; {places} of its own." in page
    (with_index.tokens.folder / "photos.json").unlink()
    state._index.clear()
    page = shown(open_page(root, monkeypatch, collection))
    recall = with_index.tokens.recall
    assert "it was measured for places alone" in page
    assert f"Of the 10 places most like a place it gives {said_of(recall)}, measured on 200 places" in page
    write_typed(with_index.tokens.folder / "photos.json", with_index.photos)
    state._index.clear()


def test_where_each_place_was_compared_the_page_says_that_instead(root, monkeypatch, collection, with_index):
    answers._everywhere.clear()
    monkeypatch.setattr(token_index, "SCANNED", 200_000)
    for only_asked in ({}, {"only": "class:red"}):
        page = shown(open_page(root, monkeypatch, collection, **only_asked))
        assert "Each place of these photos was compared, without the index: no match is lost." in page
        assert "best photos the index" not in page
    answers._everywhere.clear()


def test_of_a_small_collection_the_page_says_that_its_index_is_not_needed(root, monkeypatch, collection, with_index):
    answers._everywhere.clear()
    monkeypatch.setattr(token_index, "SCANNED", 200_000)
    write_typed(with_index.tokens.folder / "photos.json", replace(with_index.photos, scanned=True))
    state._index.clear()
    page = shown(open_page(root, monkeypatch, collection))
    assert "This collection is so small that each place is compared, and its index is not needed" in page
    assert "best photos the index" not in page
    write_typed(with_index.tokens.folder / "photos.json", with_index.photos)
    state._index.clear()
    answers._everywhere.clear()


def test_an_index_of_other_tokens_is_not_used(root, monkeypatch, collection, with_index):
    about = with_index.tokens.folder / "index.json"
    text = about.read_text()
    about.write_text(text.replace(with_index.tokens.tokens, "0" * 24))
    with pytest.raises(ValueError, match="of other tokens"):
        index_of(collection)
    about.write_text(text)


def test_the_command_builds_an_index_where_it_is_of_use(tmp_path, capsys, monkeypatch):
    photos = str(write_photos(tmp_path / "photos", n=10))
    given = ["tokens", "--model", FACTORY, "--classes", ", ".join(CLASSES), "--layer", "features", "--images", photos,
             "--workspace", str(tmp_path), "--name", "mine", "--index"]  # fmt: skip
    assert main(given) == 0
    assert "without an index: 1,280 tokens" in capsys.readouterr().out
    monkeypatch.setattr(building, "FEWEST", 1000)
    monkeypatch.setattr(token_index, "SCANNED", 0)
    assert main(given) == 0
    assert re.search(
        r"index: .* MB, recall at 10 places \S+; at 12 photos \S+ for places and \S+ for words", capsys.readouterr().out
    )
    assert (tmp_path / "collections" / "mine" / "index" / "index.faiss").is_file()
    monkeypatch.setitem(sys.modules, "faiss", None)
    assert main(given) == 2
    assert "requirements-index" in capsys.readouterr().err
