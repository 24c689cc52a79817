"""The page Words on a language model: the table of layers and tokens, the curve, the words of the whole text."""

import json

import numpy as np
import pytest

from concepts.lexicon import layer_words
from concepts.models.lens import open_lens
from pages.words import layers
from tests.support import screen
from tests.support.screen import charts, shown, without_demo
from tests.support.tiny_encoders import bert_folder, language_folder

pytest.importorskip("transformers")
TEXT = "the cat & a <b>car</b>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return language_folder("GPT2", tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def named(monkeypatch, tmp_path, folder):
    without_demo(monkeypatch, tmp_path)
    monkeypatch.setenv("CONCEPTS_MODELS", f"{folder};{bert_folder(tmp_path / 'plain')};{tmp_path / 'gone'}")


@pytest.mark.usefixtures("named")
def test_a_text_is_read_at_every_layer(folder):
    app = screen.open_page("words", show="layers", model="tiny", text=TEXT)
    read = layer_words(open_lens(str(folder)), TEXT)
    page = shown(app)
    assert page.count('<th scope="row">') == len(read.layers) == 4
    assert page.count("<td title=") == 4 * len(read.tokens)
    assert "<b>car" not in page  # the text is no markup
    curve, bars = charts(app)
    np.testing.assert_allclose(curve["data"][0]["y"], read.kl.mean(axis=1), atol=1e-5)
    np.testing.assert_allclose(curve["data"][1]["y"], read.control.mean(axis=1), atol=1e-5)
    assert bars["data"][0]["customdata"] == [word for word, _ in read.sparse[-1]]
    app.selectbox(key="lens_layer").set_value(1).run()
    assert app.query_params["layer"] == "1"
    again = json.loads(app.get("plotly_chart")[1].proto.spec)
    assert again["data"][0]["customdata"] == [word for word, _ in read.sparse[1]]


@pytest.mark.usefixtures("named")
def test_only_models_with_words_are_offered_and_none_is_opened_unasked():
    app = screen.open_page("words", show="layers")
    assert app.selectbox(key="lens").options == ["tiny"]
    assert "<table" not in shown(app)
    app.selectbox(key="lens").set_value(app.selectbox(key="lens").options[0]).run()
    assert not app.exception


@pytest.mark.usefixtures("named")
def test_too_long_a_text_is_told_in_one_line():
    app = screen.open_page("words", show="layers", model="tiny", text="a cat " * 40)
    assert "tokens, the model takes 24" in app.warning[0].value.replace("\\", "")


def test_without_a_language_model_there_is_no_such_part(monkeypatch):
    monkeypatch.delenv("CONCEPTS_MODELS", raising=False)
    assert layers.offered() == []
