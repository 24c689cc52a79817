"""The page Similarity as it opens, the scale that all photos of an answer share, and matches that are weak."""

import re

import numpy as np
import pytest
import torch
from torch.nn.functional import cosine_similarity, normalize

from attribution.similarity import mean_query, on_scale, similarity_map
from concepts.demo.collection import demo_collection
from concepts.lexicon.collections import (
    distinct_place,
    mean_token,
    reach_of_photos,
    reach_of_places,
    reach_of_words,
)
from tests.support.asked_page import SIDE, pick, sent
from tests.support.screen import address_of, open_page, shown, without_demo


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def collection(root):
    return demo_collection(root / "collections", root / "store", n=1)


@pytest.fixture(autouse=True)
def workspace(root, collection, monkeypatch):
    without_demo(monkeypatch, root)


def maps(collection, query: torch.Tensor) -> torch.Tensor:
    """(n, h, w): the cosines of all places to a query."""
    return torch.stack([similarity_map(collection.patches(i), query) for i in range(len(collection))])


def test_the_page_opens_with_a_place_that_stands_out_and_its_map(collection):
    app = open_page("similarity")
    (place,) = sent(app)["picked"]
    tokens = collection.patches(len(collection) // 2)
    cosines = cosine_similarity(tokens, mean_token(collection), dim=-1)
    row, column = divmod(place, SIDE)
    assert 0 < row < SIDE - 1
    assert 0 < column < SIDE - 1
    assert cosines[row, column] == cosines[1:-1, 1:-1].min()
    assert "In all photos: place row" in shown(app)
    assert "places" not in address_of(app)


def test_escape_takes_the_place_away_and_it_stays_away():
    app = open_page("similarity")
    photo = sent(app)["of"]
    app = pick(app, [], 1, photo)
    assert sent(app)["picked"] == []
    assert "In all photos" not in shown(app)
    assert sent(app.run())["picked"] == []


def test_all_photos_share_a_scale_from_the_usual_cosine_to_the_largest(collection):
    app = open_page("similarity", image=3, places="100", second=6)
    found = maps(collection, mean_query(collection.patches(3), [(4, 4)]))
    ends = np.array(sent(app)["scale"]) / 255 * 2 - 1
    np.testing.assert_allclose(ends, [found.mean(), found.max()], atol=1e-5)
    assert f"{ends[0]:.2f}: usual in all photos" in shown(app)
    scaled = on_scale(found[6], *ends)
    assert (scaled[found[6] <= ends[0]] == 0).all()
    assert scaled.max() < 1  # the second photo is not as much like it as the place itself


def test_weak_matches_are_marked_below_what_random_places_reach(collection):
    page = shown(open_page("similarity", image=3, places="100"))
    reach = float(re.search(r"Below (\d\.\d\d) a match is weak", page).group(1))
    assert reach == pytest.approx(reach_of_places(collection), abs=0.005)
    best = maps(collection, mean_query(collection.patches(3), [(4, 4)])).flatten(1).amax(dim=1)
    weak = [i for i, value in enumerate(best) if i != 3 and value < reach_of_places(collection)]
    assert page.count(", a weak match") == len(weak)


def test_the_reach_of_places_is_the_median_over_other_photos(collection):
    generator = torch.Generator().manual_seed(1)
    unit = normalize(torch.stack([collection.patches(i).flatten(0, 1) for i in range(len(collection))]), dim=-1)
    best = []
    for _ in range(300):
        i = int(torch.randint(len(unit), (1,), generator=generator))
        query = unit[i, int(torch.randint(SIDE**2, (1,), generator=generator))]
        best += [float((unit[j] @ query).max()) for j in range(len(unit)) if j != i]
    assert reach_of_places(collection) == pytest.approx(np.median(best), abs=0.1)


def test_what_is_drawn_at_random_is_of_the_kind_that_is_asked_with(collection):
    words = torch.eye(collection.n_channels)[:5]
    unit = normalize(torch.stack([collection.patches(i).flatten(0, 1) for i in range(len(collection))]), dim=-1)
    expected = (unit @ words.T).amax(dim=1).flatten().median()
    assert reach_of_words(collection, words) == pytest.approx(float(expected), abs=1e-5)
    assert reach_of_photos(collection) > reach_of_places(collection) - 1
    centred = reach_of_places(collection, centre=mean_token(collection))
    assert centred < reach_of_places(collection)


def test_the_border_is_left_out_unless_there_is_nothing_else():
    tokens = torch.ones(4, 4, 2)
    tokens[0, 0] = torch.tensor([-1.0, -1.0])  # stands out most, at the border
    tokens[2, 1] = torch.tensor([1.0, 0.0])
    assert distinct_place(tokens, torch.ones(2)) == 2 * 4 + 1
    assert distinct_place(tokens[:2, :2], torch.ones(2)) == 0
