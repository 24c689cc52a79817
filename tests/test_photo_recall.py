"""What an index gives of the best photos: measured as pages ask, against a slow literal version."""

import re

import numpy as np
import pytest
import torch

from concepts.lexicon import Lexicon
from concepts.lexicon.collections import (
    PhotoRecall,
    TokenMatrix,
    build_index_of,
    index_of,
    indexed,
    photo_places,
    photo_recall,
    tokens_of,
)
from concepts.lexicon.collections.page_questions import own_places, own_words
from concepts.lexicon.collections.photo_places import places_by_index
from concepts.token_search import Effort, building
from concepts.token_search import index as token_index
from concepts.token_search.exact import exact_items
from tests.support.tiny_collection import tiny_collection

pytest.importorskip("faiss")
COLOURS = Lexicon(
    ("red", "green", "dark"), torch.tensor([[1.0, 0, 0, 0], [0, 1.0, 0, 0], [0.1, 0.1, 0.1, 1]]), name="c"
)


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    return tiny_collection(tmp_path_factory.mktemp("w"), tmp_path_factory.mktemp("photos"), lexicons=[COLOURS])


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """An index of few tokens that is asked, not passed over."""
    monkeypatch.setattr(building, "FEWEST", 1000)
    monkeypatch.setattr(token_index, "SCANNED", 0)


def literal(collection, query, but):
    """(n,) float: the best cosine of each photo, the one that is left out below all."""
    best = TokenMatrix(collection).similarity(query).reshape(len(collection), -1).max(axis=1)
    if but >= 0:
        best[but] = -2
    return best


def test_the_best_items_are_those_of_comparing_all(collection):
    queries = torch.stack([collection.patches(7)[2, 3], collection.patches(20)[0, 0] + 0.1, COLOURS.vectors[2]])
    found = exact_items(tokens_of(collection), queries, top=9)
    for rows, cosines, query in zip(found.rows, found.cosines, queries, strict=True):
        best = literal(collection, query, -1)
        np.testing.assert_allclose(cosines, np.sort(best)[::-1][:9], atol=1e-5)
        np.testing.assert_allclose(best[rows], cosines, atol=1e-5)
        assert len(set(rows)) == 9


@pytest.mark.parametrize("effort", [Effort(1, 30), Effort(4, 200)])
def test_the_recall_is_that_of_a_literal_version(collection, monkeypatch, effort):
    """The share of the 12 best photos, the query's own left out, among those that the pages' search gives."""
    monkeypatch.setattr(photo_recall, "EFFORTS", (effort,))
    monkeypatch.setattr(photo_places, "A_PHOTO", 1)
    built = build_index_of(collection)
    places, words = own_places(collection, 100, seed=0), own_words(collection, 100, seed=0)
    assert (len(places.own), len(words.own)) == (100, 3)
    for asked, recall in ((places, built.photos.places), (words, built.photos.words)):
        shares = []
        for query, own in zip(asked.queries, asked.own.tolist(), strict=True):
            best = literal(collection, query, own)
            least = np.sort(best)[-12]
            others = np.arange(40) != own
            found, _ = places_by_index(collection, built.tokens, query, top=12, asked=others, effort=effort)
            shares.append(sum(best[place.image] >= least - 1e-6 for place in found) / 12)
        assert recall.value == pytest.approx(np.mean(shares), abs=0.01)
        assert (recall.top, recall.queries) == (12, len(shares))
        assert recall.low <= recall.value <= recall.high


def test_every_question_leaves_a_photo_out_as_on_pages(collection, monkeypatch):
    """A place its own photo, a word one that is drawn, with the effort that is measured."""
    asked_for = []

    def remember(collection, index, query, *, top, asked, effort):
        asked_for.append((top, np.flatnonzero(~asked).tolist(), effort))
        return places_by_index(collection, index, query, top=top, asked=asked, effort=effort)

    least = Effort(5, 60)
    monkeypatch.setattr(photo_recall, "EFFORTS", (least, Effort(7, 90)))
    monkeypatch.setattr(photo_recall, "places_by_index", remember)
    build_index_of(collection)
    places, words = own_places(collection, 100, seed=0), own_words(collection, 100, seed=0)
    assert asked_for == [(12, [photo], least) for photo in [*places.own.tolist(), *words.own.tolist()]]


def test_the_photos_beside_words_are_drawn_with_the_seed(collection):
    """Any photo may be shown, the same one beside two words, too: there may be more words than photos."""
    drawn = np.array([own_words(collection, 100, seed=seed).own for seed in range(200)])
    assert set(drawn.flatten()) == set(range(40))
    assert any(len(set(photos)) < len(photos) for photos in drawn)
    np.testing.assert_array_equal(own_words(collection, 100, seed=7).own, drawn[7])


@pytest.mark.parametrize(("scanned", "told"), [(0, False), (2_560 - 64, True), (2_560 - 65, False)])
def test_where_pages_compare_every_place_the_measure_says_so(collection, monkeypatch, scanned, told):
    """All 39 other photos have 2,496 places: up to so many are compared, and none is missed."""
    monkeypatch.setattr(photo_recall, "EFFORTS", (Effort(1, 30), Effort(1, 40)))
    monkeypatch.setattr(token_index, "SCANNED", scanned)
    found = build_index_of(collection).photos
    assert found.scanned == told
    assert (found.places.value == found.words.value == 1) == told


def test_the_smallest_effort_is_taken_with_which_both_are_enough(collection, monkeypatch):
    """Words that need more than places do raise it; what does not suffice is told as it is."""
    given = {8: (1.0, 0.5), 16: (0.96, 0.94), 32: (0.96, 0.97), 64: (1.0, 1.0), 128: (1.0, 1.0)}

    def found_by(collection, index, effort, asked, exact):
        n = len(asked.own)
        return photo_recall._Given(np.full(n, given[effort.probes][int(n == len(COLOURS))]), scanned=False)

    monkeypatch.setattr(photo_recall, "_given", found_by)
    index = build_index_of(collection).tokens
    assert photo_recall.measured_on_photos(collection, index).effort.probes == 32
    given |= dict.fromkeys(given, (1.0, 0.5))
    found = photo_recall.measured_on_photos(collection, index)
    assert (found.effort.probes, found.places.value, found.words.value) == (128, 1.0, 0.5)


def test_pages_ask_with_the_effort_that_photos_need(collection, monkeypatch):
    asked = []
    search = token_index.TokenIndex.search
    monkeypatch.setattr(
        token_index.TokenIndex,
        "search",
        lambda self, *a, effort=None, **k: asked.append(effort) or search(self, *a, effort=effort, **k),
    )
    built = build_index_of(collection)
    index = indexed.PhotoIndex(built.tokens, PhotoRecall(Effort(3, 77), built.photos.places))
    asked.clear()
    indexed.retrieve_by_index(collection, index, collection.patches(3)[1, 1], top=4, alike=0.5)
    assert set(asked) == {Effort(3, 77)}


def test_the_index_appears_with_what_was_measured_or_not_at_all(collection, monkeypatch, tmp_path):
    built = build_index_of(collection)
    assert index_of(collection) == built
    assert {file.name for file in built.tokens.folder.iterdir()} == {"index.json", "index.faiss", "photos.json"}
    before = (built.tokens.folder / "index.json").stat().st_ino

    def fail(*_, **__):
        raise RuntimeError("killed while photos were measured")

    monkeypatch.setattr(indexed, "measured_on_photos", fail)
    with pytest.raises(RuntimeError, match="killed"):
        build_index_of(collection)
    assert (built.tokens.folder / "index.json").stat().st_ino == before


def test_an_index_from_before_is_used_and_a_damaged_measure_told(collection):
    built = build_index_of(collection)
    file = built.tokens.folder / "photos.json"
    text = file.read_text()
    file.unlink()
    older = index_of(collection)
    assert (older.photos, older.effort) == (None, older.tokens.effort)
    file.write_text(re.sub(r',\s*"scanned": false', "", text))  # from before it was measured whether all are compared
    assert index_of(collection) == built
    file.write_text(text.replace('"words"', '"word"'))
    with pytest.raises(ValueError, match=r"photos\.json"):
        index_of(collection)
    file.write_text(text)


def test_candidates_are_always_more_than_are_wanted(collection, monkeypatch):
    """Fewer candidates than twice the rows would leave hardly anything to rank again."""
    built, asked = build_index_of(collection).tokens, []
    candidates = token_index.TokenIndex._candidates
    monkeypatch.setattr(
        token_index.TokenIndex, "_candidates", lambda self, q, n, *a: asked.append(n) or candidates(self, q, n, *a)
    )
    built.search(tokens_of(collection), collection.patches(3)[1, 1][None], top=96, effort=Effort(8, 100))
    assert asked == [192]
