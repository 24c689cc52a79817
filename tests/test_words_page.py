"""The page Words, through the app's entry: what a place, a photo, a text says, in which language, with which words."""

import json

import numpy as np
import pytest
import torch
from asked_page import HOSTILE, SIDE, drawn, pick, said, sent, shown
from conftest import ROOT
from streamlit.testing.v1 import AppTest
from tiny import CLASSES, FACTORY

from concepts.collection import Collection, read_words, record_collection, stored_words
from concepts.demo.collection import ID, demo_collection
from concepts.demo.pair import load_pair
from concepts.lexicon import Lexicon, lexical_activations, word_map
from concepts.models import load_model, split_model
from concepts.photos import open_photos


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def collection(root):
    """Ten pictures of the demo's world, read by its pair."""
    return demo_collection(root / "collections", root / "store", n=1)


@pytest.fixture(scope="module")
def classes(root, collection):
    """The same pictures with a lexicon that is called as a classifier of ImageNet's would be."""
    split = split_model(load_model(FACTORY, class_names=CLASSES), layer="features")
    words = ("tench", "goldfish", *(f"class {i}" for i in range(2, 1000)))
    vectors = torch.randn(1000, 4, generator=torch.Generator().manual_seed(0))
    lexicon = Lexicon(words, vectors, name="classes of tiny")
    photos = open_photos(str(next((root / "store").glob("demo-shapes-pictures-1/shapes"))))
    folder = root / "collections" / "classes"
    return record_collection(split, photos, folder, store=root / "store", lexicons=[lexicon])


@pytest.fixture(autouse=True)
def workspace(root, collection, monkeypatch, tmp_path):
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(root))
    monkeypatch.delenv("CONCEPTS_TRANSLATIONS", raising=False)
    monkeypatch.setattr("pages.ui.operator.DEMO", tmp_path / "nothing")


@pytest.fixture
def translations(tmp_path, monkeypatch):
    file = tmp_path / "names.json"
    names = {"DE": [[0, 1], ["Schleie", "Goldfisch"]], "AR": [[1], ["سمكة ذهبية"]], "EN": [[0], ["Tinca"]]}
    file.write_text(json.dumps(names))
    (tmp_path / "babel_languages.json").write_text(json.dumps({"DE": "German", "AR": "Arabic"}))
    monkeypatch.setenv("CONCEPTS_TRANSLATIONS", str(file))
    return file


def open_page(**params: object) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/views/words.py")
    for key, value in ({"collection": ID, "image": 3} | params).items():
        app.query_params[key] = str(value)
    app.run()
    assert not app.exception, app.exception
    return app


def bars(app: AppTest) -> list[tuple[str, float]]:
    """Words and activations of the chart."""
    (chart,) = app.get("plotly_chart")
    (trace,) = json.loads(chart.proto.spec)["data"]
    return list(zip(trace["customdata"], np.round(trace["x"], 4).tolist(), strict=True))


def expected(collection: Collection, lexicon: Lexicon, places, *, discounted: bool = True) -> list[tuple[str, float]]:
    """The first words of places, by the definitions: max over places of log(1 + z), less the mean over all photos."""
    said = lexical_activations(collection.patches(3).flatten(0, 1), lexicon)
    every = torch.cat(
        [lexical_activations(collection.patches(i).flatten(0, 1), lexicon) for i in range(len(collection))]
    )
    mean = every.double().mean(dim=0).float()
    values = (said - mean if discounted else said)[places].amax(dim=0)
    order = values.argsort(descending=True, stable=True)[:15].tolist()
    return [(lexicon.words[w], pytest.approx(float(values[w]), abs=2e-4)) for w in order if values[w] > 0]


def test_a_photo_is_read_whole_then_by_places(collection):
    lexicon = load_pair().lexicon
    app = open_page()
    assert bars(app) == expected(collection, lexicon, slice(None))
    assert "What the whole photo says" in shown(app)
    app = pick(app, [200], 1, f"{ID} 3", key="words_photo")
    assert bars(app) == expected(collection, lexicon, [200])
    assert "What this place says" in shown(app)
    app = pick(app, [200, 201, 224], 2, f"{ID} 3", key="words_photo")
    assert bars(app) == expected(collection, lexicon, [200, 201, 224])
    assert app.query_params["places"] == "200.201.224"
    app.toggle(key="discount").set_value(False).run()
    assert bars(app) == expected(collection, lexicon, [200, 201, 224], discounted=False)
    assert len(sent(app, "words_photo")["says"]) == SIDE * SIDE
    assert (
        sent(app, "words_photo")["says"][200].split(", ")[0]
        == expected(collection, lexicon, [200], discounted=False)[0][0]
    )
