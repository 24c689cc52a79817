"""The page Similarity, through the app's entry: which map is drawn for a question, and what is said to a bad one."""

import json
import re
import shutil
from base64 import b64decode
from dataclasses import replace

import numpy as np
import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

from attribution.points import box_of, mask_of, similarity_points
from attribution.similarity import (
    centre_of,
    conditional_map,
    map_agreement,
    mean_query,
    query_weights,
    similarity_map,
    similarity_maps,
)
from concepts.data.images import open_photos
from concepts.demo.collection import ID, demo_collection
from concepts.demo.pair import load_pair
from concepts.lexicon.collections import record_collection
from concepts.models import load_model, split_model
from pages.state import collections
from tests.support import screen
from tests.support.asked_page import HOSTILE, SIDE, as_bytes, best_photos, drawn, pick, sent
from tests.support.made_up_report import made_up_report, renamed
from tests.support.screen import said, shown, without_demo
from tests.support.tiny import CLASSES, FACTORY


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def collection(root):
    """Ten pictures of the demo's world, read by its pair."""
    return demo_collection(root / "collections", root / "store", n=1)


@pytest.fixture(scope="module")
def twin(collection, root):
    """The same pictures under the same names, read by a tiny classifier on a grid of 8 × 8."""
    split = split_model(load_model(FACTORY, class_names=CLASSES), layer="features")
    photos = open_photos(str(next((root / "store").glob("demo-shapes-pictures-1/shapes"))))
    return record_collection(split, photos, root / "collections" / "twin", store=root / "store")


@pytest.fixture(autouse=True)
def workspace(root, collection, monkeypatch, tmp_path):
    without_demo(monkeypatch, root)


def open_page(**params: object) -> AppTest:
    return screen.open_page("similarity", **({"collection": ID, "image": 3} | params))


def test_a_token_of_a_text_draws_its_map(collection):
    text = "three violet balloons with stripes"
    tokens = load_pair().texts.encode([text])[0]
    for params, query in (({}, tokens.pooled), ({"token": 2}, tokens.vectors[2]), ({"token": -5}, tokens.pooled)):
        app = open_page(ask="text", text=text, **params)
        expected = as_bytes(similarity_map(collection.patches(3), query), sent(app)["scale"])
        np.testing.assert_allclose(drawn(sent(app)["photos"][0]), expected, atol=1)
        assert not said(app)
    assert app.selectbox(key="token").options == [
        "the whole text",
        "1: three",
        "2: violet",
        "3: balloons",
        "4: with",
        "5: stripes",
    ]
    app.selectbox(key="token").set_value(1).run()
    assert app.query_params["token"] == "1"
    assert "In all photos: “violet”" in shown(app)


def heat(app: AppTest, key: str = "similarity_photo", photo: int = 0, side: int = SIDE) -> np.ndarray:
    return drawn(sent(app, key)["photos"][photo], side)


def test_a_place_draws_what_is_like_it_and_carries_the_maps_of_all_places(collection):
    app = open_page(places="100")
    tokens = collection.patches(3)
    query = mean_query(tokens, [(4, 4)])
    np.testing.assert_allclose(heat(app), as_bytes(similarity_map(tokens, query), sent(app)["scale"]), atol=1)
    data = sent(app)
    matrix = np.frombuffer(b64decode(data["matrix"]), np.uint8).reshape(SIDE**2, SIDE**2)
    np.testing.assert_allclose(matrix[100] / 255 * 2 - 1, similarity_map(tokens, query).flatten().numpy(), atol=0.005)
    assert data["picked"] == [100]
    values = [(similarity_map(collection.patches(i), query).max().item(), i) for i in range(len(collection)) if i != 3]
    assert [found.image for found in best_photos(app)] == [i for _, i in sorted(values, reverse=True)]


def test_several_places_are_asked_with_their_mean(collection):
    app = open_page(places="100.101.124.125")
    query = mean_query(collection.patches(3), [(4, 4), (4, 5), (5, 4), (5, 5)])
    np.testing.assert_allclose(
        heat(app), as_bytes(similarity_map(collection.patches(3), query), sent(app)["scale"]), atol=1
    )
    assert "In all photos: 4 places" in shown(app)


def test_a_pick_is_kept_with_its_turn_unless_the_photo_has_changed(collection):
    app = pick(open_page(), [30, 31], 4, f"{ID} 3")
    assert app.query_params["places"] == "30.31"
    assert (sent(app)["picked"], sent(app)["turn"]) == ([30, 31], 4)
    app = pick(app, [7], 5, f"{ID} 2")  # on the photo that was there before
    assert app.query_params["places"] == "30.31"
    assert (sent(app)["picked"], sent(app)["turn"]) == ([30, 31], 5)
    app.selectbox(key="photo").set_value(5).run()
    assert "places" not in app.query_params
    app.selectbox(key="photo").set_value(6)
    app = pick(app, [9], 6, f"{ID} 5")  # both at once: the photo wins
    assert app.query_params["image"] == "6"
    assert "places" not in app.query_params


def test_a_word_draws_its_map(collection):
    lexicon = load_pair().lexicon
    app = open_page(ask="words", words="meadow")
    expected = similarity_map(collection.patches(3), lexicon.vector("meadow"))
    np.testing.assert_allclose(heat(app), as_bytes(expected, sent(app)["scale"]), atol=1)
    assert sent(app)["matrix"] is None
    assert app.segmented_control(key="ask").options[:3] == ["A place", "Words", "A text"]


def test_a_whole_photo_is_asked_with(collection):
    app = open_page(ask="photo", example=7)
    expected = similarity_map(collection.patches(3), centre_of(collection.patches(7)))
    np.testing.assert_allclose(heat(app), as_bytes(expected, sent(app)["scale"]), atol=1)


def test_what_all_places_share_is_taken_out(collection):
    app = open_page(places="100", centred=1)
    centre = torch.stack([centre_of(collection.patches(i)) for i in range(len(collection))]).mean(dim=0)
    query = mean_query(collection.patches(3), [(4, 4)])
    expected = similarity_maps(collection.patches(3), query[None], centre=centre)[..., 0]
    np.testing.assert_allclose(heat(app), as_bytes(expected, sent(app)["scale"]), atol=1)
    assert np.abs(heat(app).astype(int) - heat(open_page(places="100"))).max() > 20


def test_the_same_question_on_a_second_photo(collection):
    app = open_page(places="100", second=6)
    query = mean_query(collection.patches(3), [(4, 4)])
    np.testing.assert_allclose(
        heat(app, photo=1), as_bytes(similarity_map(collection.patches(6), query), sent(app)["scale"]), atol=1
    )
    matrix = np.frombuffer(b64decode(sent(app)["matrix"]), np.uint8).reshape(SIDE**2, 2 * SIDE**2)
    there = similarity_map(collection.patches(6), query).flatten().numpy()
    np.testing.assert_allclose(matrix[100, SIDE**2 :] / 255 * 2 - 1, there, atol=0.005)


def test_several_words_are_segments_with_a_legend(collection):
    words = ["cake", "balloons"]
    lexicon = load_pair().lexicon
    app = open_page(ask="words", words="|".join(words))
    found = heat(app, "segments")
    tokens, vectors = collection.patches(3), torch.stack([lexicon.vector(word) for word in words])
    both = found < 2
    assert set(np.unique(found)) <= {0, 1, 255}
    assert both.any()
    weighted = similarity_maps(tokens, vectors, weights=query_weights(tokens, vectors)).argmax(dim=-1).numpy()
    np.testing.assert_array_equal(found[both], weighted[both])
    for i, word in enumerate(words):
        assert f"{word}: {(found == i).mean():.0%} of places" in shown(app)


def test_a_condition_counts_half(collection):
    lexicon = load_pair().lexicon
    app = open_page(places="100", condition="meadow")
    query = mean_query(collection.patches(3), [(4, 4)])
    expected = conditional_map(collection.patches(3), query, lexicon.vector("meadow")[None])
    np.testing.assert_allclose(heat(app), as_bytes(expected, sent(app)["scale"]), atol=1)
    assert sent(app)["matrix"] is None  # the browser cannot answer this one
    assert sent(app)["live"]


def test_a_condition_holds_in_all_photos_and_is_said(collection):
    meadow = load_pair().lexicon.vector("meadow")[None]
    query = mean_query(collection.patches(3), [(4, 4)])
    maps = [conditional_map(collection.patches(i), query, meadow) for i in range(len(collection))]
    peaks = sorted(((float(found.max()), i) for i, found in enumerate(maps) if i != 3), reverse=True)
    page = shown(open_page(places="100", condition="meadow"))
    assert f">{peaks[0][0]:.2f} · {collection.names[peaks[0][1]]}<" in page
    assert ", with the same meadow" in page
    assert "cosine within the directions of meadow only" in page
    assert all("condition=meadow" in link for link in re.findall(r'href="(similarity[^"]*image=[^"]*)"', page))
    plain = shown(open_page(places="100"))
    assert "with the same" not in plain
    assert f">{peaks[0][0]:.2f} · {collection.names[peaks[0][1]]}<" not in plain


def test_words_are_asked_without_a_condition_left_in_the_address(collection):
    assert "with the same" not in shown(open_page(ask="words", words="cake", condition="meadow"))


@pytest.mark.parametrize(("show", "n_boxes"), [("points", 0), ("box", 1)])
def test_points_and_boxes_are_drawn_and_exported(collection, monkeypatch, show, n_boxes):
    files = []
    monkeypatch.setattr(st, "download_button", lambda label, data, *args, **options: files.append(data))
    app = open_page(places="100", show=show)
    photo = sent(app)["photos"][0]
    similarity = similarity_map(collection.patches(3), mean_query(collection.patches(3), [(4, 4)]))
    assert len(photo["boxes"]) == n_boxes
    assert len(photo["points"]) == (30 if show == "points" else 0)
    if n_boxes:
        assert tuple(photo["boxes"][0]) == box_of(mask_of(similarity))
    value = json.loads(next(data for data in files if callable(data))())
    points = similarity_points(similarity)
    x, y = (points.xy[0] + 0.5).tolist()
    first = {"x": x / SIDE, "y": y / SIDE, "label": 1, "value": 1.0}
    assert value["points"][0] == pytest.approx(first, abs=1e-4)
    assert [point["label"] for point in value["points"]] == points.labels.tolist()
    assert np.array_equal(value["mask"], mask_of(similarity).int().numpy())
    assert value["box"] == pytest.approx([side / SIDE for side in box_of(mask_of(similarity))], abs=1e-4)
    assert value["photo"] == collection.names[3]


def test_a_concept_of_a_report_in_the_same_space_is_asked_with(root, collection):
    card = load_pair().images.card
    report = made_up_report(n=12)
    layer = replace(report.data.layer, path="patches")
    report = renamed(
        report, model=replace(report.data.model, name=card.name, fingerprint=card.fingerprint), layer=layer
    )
    k = len(report.data.concepts)
    report._arrays["components"] = np.random.default_rng(0).random((k, collection.n_channels), np.float32)
    folder = report.save(root / "reports" / "pair")
    try:
        app = open_page(ask="concept", report="pair", concept=5)
    finally:
        shutil.rmtree(folder)
    query = torch.from_numpy(report.array("components")[5])
    np.testing.assert_allclose(
        heat(app), as_bytes(similarity_map(collection.patches(3), query), sent(app)["scale"]), atol=1
    )
    assert "A concept" in app.segmented_control(key="ask").options
    assert "In all photos: Concept 6 of" in shown(app)


def test_another_model_beside_it_with_the_agreement_of_the_maps(collection, twin):
    app = open_page(places="100", beside="twin")
    place = twin.patches(3)[1, 1]  # row 4, column 4 of 24 is row 1, column 1 of 8
    np.testing.assert_allclose(
        heat(app, "beside_photo", side=8), as_bytes(similarity_map(twin.patches(3), place)), atol=1
    )
    mine = similarity_map(collection.patches(3), mean_query(collection.patches(3), [(4, 4)]))
    rho = map_agreement(mine, similarity_map(twin.patches(3), place))
    assert f"rank correlation {rho:.2f}" in shown(app)
    app = open_page(ask="words", words="meadow", beside="twin")
    assert "This question has no counterpart there" in shown(app)


def test_a_collection_without_texts_and_words_offers_neither(twin):
    app = open_page(collection="twin", ask="text", text="three")
    assert app.segmented_control(key="ask").options == ["A place", "A whole photo"]
    assert app.segmented_control(key="ask").value == "place"


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"image": "99999"}, ""),
        ({"image": "-1"}, ""),
        ({"image": "9" * 5000}, ""),
        ({"places": "abc"}, ""),
        ({"places": "99999999.-3.²." + "9" * 5000}, ""),
        ({"second": "99"}, ""),
        ({"ask": HOSTILE}, ""),
        ({"ask": "words", "words": HOSTILE}, "Not in this lexicon: <script>"),
        ({"ask": "words", "words": "x|" * 100_000}, "Not in this lexicon: x."),
        ({"collection": "../.."}, "There is no collection ../.."),
        ({"collection": HOSTILE}, "There is no collection <script>"),
        ({"ask": "text", "text": "three " * 50_000}, "300,000 characters"),
        ({"ask": "text", "text": "cake " * 60}, "60 words"),
        ({"ask": "text", "text": HOSTILE}, "script"),
        ({"ask": "text", "text": "cake", "token": "99"}, ""),
        ({"ask": "concept", "report": "x", "concept": "-2"}, ""),
        ({"condition": HOSTILE, "places": "3"}, "Not in this lexicon"),
        ({"beside": HOSTILE, "places": "3"}, ""),
    ],
)
def test_nonsense_in_the_address_is_told_or_left_out(collection, params, message):
    app = open_page(**params)
    assert (message in said(app)) if message else not said(app)
    assert len(said(app)) < 600
    assert "<script" not in shown(app)
    assert app.selectbox(key="photo").value in range(len(collection))


def test_an_empty_text_waits_for_one(collection):
    assert "Type a sentence" in shown(open_page(ask="text", text=" "))


def test_a_workspace_without_collections_says_what_makes_one(monkeypatch, tmp_path):
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path))
    monkeypatch.setattr(collections, "_make_demo", lambda: None)
    assert "No photos to ask yet" in shown(open_page())
