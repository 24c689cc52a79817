"""The page Similarity, through the app's entry: which map is drawn for a question, and what is said to a bad one."""

import json
from base64 import b64decode

import numpy as np
import pytest
import torch
from conftest import ROOT
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest
from tiny import CLASSES, FACTORY

from attribution.similarity import similarity_map, unit_range
from concepts.collection import record_collection
from concepts.demo.collection import ID, demo_collection
from concepts.demo.pair import load_pair
from concepts.models import load_model, split_model
from concepts.photos import open_photos

HOSTILE = '<script>alert(1)</script>"><img src=x>'
SIDE = 24


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
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(root))
    monkeypatch.setattr("pages.ui.operator.DEMO", tmp_path / "nothing")


def open_page(**params: object) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.switch_page("pages/views/similarity.py")
    for key, value in ({"collection": ID, "image": 3} | params).items():
        app.query_params[key] = str(value)
    app.run()
    assert not app.exception, app.exception
    return app


def shown(app: AppTest) -> str:
    """All HTML on the page but its style sheet."""
    return "".join(body for element in app.get("html") if "<style>" not in (body := element.proto.body))


def said(app: AppTest) -> str:
    return " ".join(element.value for kind in (app.warning, app.error) for element in kind).replace("\\", "")


def sent(app: AppTest, key: str = "similarity_photo") -> dict:
    """What a component with photos was given."""
    found = [each.proto for each in app.get("bidi_component") if each.proto.id.endswith(key)]
    return json.loads(found[0].json)


def drawn(photo: dict, side: int = SIDE) -> np.ndarray:
    """(h, w) uint8: the map that lies on a photo."""
    return np.frombuffer(b64decode(photo["map"]), np.uint8).reshape(side, side)


def as_bytes(similarity: torch.Tensor) -> np.ndarray:
    """The same of a map (h, w)."""
    return (unit_range(similarity).numpy() * 255).round().astype(np.uint8)


def pick(app: AppTest, places: list[int], turn: int, of: str) -> AppTest:
    """A pick as the browser sends it."""
    (component,) = (each.proto for each in app.get("bidi_component") if each.proto.id.endswith("similarity_photo"))
    states = app._tree.get_widget_states()
    value = json.dumps({"picked": {"places": places, "turn": turn, "of": of}})
    states.widgets.append(WidgetState(id=component.id, json_value=value))
    return app._run(states)


def test_a_token_of_a_text_draws_its_map(collection):
    text = "three violet balloons with stripes"
    tokens = load_pair().texts.encode([text])[0]
    for params, query in (({}, tokens.pooled), ({"token": 2}, tokens.vectors[2]), ({"token": -5}, tokens.pooled)):
        app = open_page(ask="text", text=text, **params)
        expected = as_bytes(similarity_map(collection.patches(3), query))
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
