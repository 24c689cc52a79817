"""The page Words, through the app's entry: what a place, a photo, a text says, in which language, with which words."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from concepts.data.images import open_photos
from concepts.demo.collection import ID, demo_collection
from concepts.demo.pair import load_pair
from concepts.lexicon import Lexicon, lexical_activations, overuse, with_mixture, with_words, word_map
from concepts.lexicon.collections import Collection, read_words, record_collection, stored_words
from concepts.lexicon.collections import photo_words as stored
from concepts.models import load_model, split_model
from pages.state import collections
from pages.state.address import PhotoQuestion
from pages.state.server_settings import ServerSettings
from tests.support import screen
from tests.support.asked_page import HOSTILE, SIDE, drawn, pick, sent
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
    without_demo(monkeypatch, root)
    monkeypatch.delenv("CONCEPTS_TRANSLATIONS", raising=False)


@pytest.fixture
def translations(tmp_path, monkeypatch):
    file = tmp_path / "names.json"
    names = {"DE": [[0, 1], ["Schleie", "Goldfisch"]], "AR": [[1], ["سمكة ذهبية"]], "EN": [[0], ["Tinca"]]}
    file.write_text(json.dumps(names))
    (tmp_path / "babel_languages.json").write_text(json.dumps({"DE": "German", "AR": "Arabic"}))
    monkeypatch.setenv("CONCEPTS_TRANSLATIONS", str(file))
    return file


def open_page(**params: object) -> AppTest:
    return screen.open_page("words", **({"collection": ID, "image": 3} | params))


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
    assert [option.content for option in app.get("button_group")[0].proto.options] == ["A photo", "A text"]
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


def test_a_word_lights_up_and_finds_photos(collection):
    lexicon = load_pair().lexicon
    app = open_page(words="cake")
    heat = np.maximum(word_map(collection.patches(3), lexicon, "cake", contrast="mean").numpy(), 0)
    expected = np.round(255 * heat / heat.max()) if heat.any() else heat
    np.testing.assert_allclose(drawn(sent(app, "words_photo")["photos"][0]), expected, atol=1)
    page = shown(app)
    found = read_words(collection, lexicon).index.photos("cake")
    names = [collection.names[row] for row in found.rows]
    places = [page.index("where it says cake", page.index(f"photo {name} and")) for name in names]
    assert "Photos that say “cake”" in page
    assert places == sorted(places)
    assert len(names) > 0


def test_what_all_photos_say_is_read_once(collection, monkeypatch):
    lexicon = load_pair().lexicon
    first = stored_words(collection, lexicon)
    monkeypatch.setattr(stored, "read_words", lambda *a, **o: pytest.fail("read again"))
    again = stored_words(collection, lexicon)
    torch.testing.assert_close(again.overuse.mean, first.overuse.mean)
    torch.testing.assert_close(again.overuse.share, first.overuse.share)
    assert again.overuse.n_photos == len(collection)
    assert [again.index.words(i) for i in range(10)] == [first.index.words(i) for i in range(10)]


def test_what_was_stored_is_read_anew_where_it_is_damaged_or_of_another_lexicon(collection):
    lexicon = load_pair().lexicon
    stored_words(collection, lexicon)
    (folder,) = collection.store.glob("words-*")
    for file in ("overuse.safetensors", "index/photos.safetensors"):
        (folder / file).write_bytes(b"no")
        assert stored_words(collection, lexicon).overuse.n_photos == len(collection)
    other = Lexicon(lexicon.words, lexicon.vectors * 2, lexicon.bias, name=lexicon.name)
    assert not torch.equal(stored_words(collection, other).overuse.mean, stored_words(collection, lexicon).overuse.mean)


def test_a_language_names_words_maps_and_photos(classes, translations):
    english = open_page(collection="classes", words="goldfish")
    german = open_page(collection="classes", words="Goldfisch", language="DE")
    assert "0.2% of the words have a name in German; the others stay in English" in shown(german)
    assert not said(german)
    maps = [sent(app, "words_photo")["photos"][0]["map"] for app in (english, german)]
    assert maps[0] == maps[1]
    assert "“Goldfisch”" in shown(german)
    names = {"tench": "Schleie", "goldfish": "Goldfisch"}
    assert bars(german) == [(names.get(word, word), value) for word, value in bars(english)]
    lines = [sent(app, "words_photo")["says"] for app in (english, german)]
    assert [", ".join(names.get(w, w) for w in line.split(", ")) for line in lines[0]] == lines[1]
    assert shown(english).count("<figure>") == shown(german).count("<figure>")
    assert english.selectbox(key="language").options == ["English, as the model has them", "Arabic", "German"]


def test_another_language_keeps_what_is_asked_for(classes, translations):
    app = open_page(collection="classes", words="goldfish")
    app.selectbox(key="language").set_value("AR").run()
    assert (app.query_params["language"], app.query_params["words"]) == ("AR", "سمكة ذهبية")
    app.selectbox(key="language").set_value("DE").run()
    assert app.query_params["words"] == "Goldfisch"
    app.selectbox(key="language").set_value("EN").run()
    assert app.query_params["words"] == "goldfish"
    assert "language" not in app.query_params


@pytest.mark.parametrize("content", ["no json", "[]", '{"DE": [[0], ["a", "b"]]}', '{"DE": [[5000], ["a"]]}', None])
def test_damaged_translations_are_told_in_one_line(classes, translations, content):
    translations.unlink() if content is None else translations.write_text(content)
    app = open_page(collection="classes", language="DE")
    assert "words stay in English" in said(app)
    assert len(app.warning) == 1
    assert bars(app)


def test_languages_are_offered_for_classes_of_imagenet_only(collection, classes, translations, monkeypatch):
    assert "language" not in [box.key for box in open_page().selectbox]
    app = open_page(collection="classes", language="XX")
    assert "There is no language XX" in said(app)
    monkeypatch.delenv("CONCEPTS_TRANSLATIONS")
    assert "language" not in [box.key for box in open_page(collection="classes", language="DE").selectbox]


def test_a_word_is_added_as_a_mixture(collection):
    lexicon = load_pair().lexicon
    app = open_page()
    app.text_input(key="new_word").set_value("party")
    app.text_input(key="new_parts").set_value("Cake, birthday")
    app.button(key="add_word").click().run()
    assert app.query_params["added"] == "party=cake|birthday"
    assert not said(app)
    app.multiselect(key="choose_words").set_value(["party"]).run()
    z = collection.patches(3) @ ((lexicon.vector("cake") + lexicon.vector("birthday")) / 2)
    bias = lexicon.bias[[lexicon.row("cake"), lexicon.row("birthday")]].mean()
    everyone = collection.patches(3) @ lexicon.vectors.T + lexicon.bias
    shared = torch.cat([everyone, (z + bias)[..., None]], dim=-1).clamp(min=0).mean(dim=-1)
    heat = ((z + bias).clamp(min=0) - shared).clamp(min=0).numpy()
    drawn_now = drawn(sent(app, "words_photo")["photos"][0])
    np.testing.assert_allclose(drawn_now, 255 * heat / max(heat.max(), 1e-9), atol=1)
    assert "Photos that say “party”" in shown(app)
    assert "where it says party" in shown(app)
    assert "added=party%3Dcake%7Cbirthday" in shown(app)  # the photos' links keep it
    app.button(key="forget_words").click().run()
    assert "added" not in app.query_params


@pytest.mark.parametrize(
    ("word", "parts", "message"),
    [
        ("party", "zebra", "Not in this lexicon: zebra"),
        ("cake", "birthday", "is in the lexicon demo captions already"),
        ("", "cake", "the new word '' cannot be added"),
        (HOSTILE, "cake", "cannot be added"),
        ("party", "", "what is 'party' made of?"),
    ],
)
def test_a_word_that_cannot_be_added_is_told(collection, word, parts, message):
    app = open_page()
    app.text_input(key="new_word").set_value(word[:60])
    app.text_input(key="new_parts").set_value(parts)
    app.button(key="add_word").click().run()
    assert message in said(app)
    assert "added" not in app.query_params
    assert app.text_input(key="new_parts").value == parts
    app = open_page(added=f"{word}={parts.replace(', ', '|')}")
    assert message in said(app)
    assert bars(app)


def test_a_text_is_read_token_by_token(collection):
    pair, text = load_pair(), "three violet balloons"
    app = open_page(show="text", text=text, words="violet")
    words = pair.texts.activations(text)
    page = shown(app)
    assert all(f">{piece}</b>" in page for piece in text.split())
    assert "the more it says “violet”" in page
    whole = words.activations.amax(dim=0)
    order = whole.argsort(descending=True, stable=True)[:15].tolist()
    given = {pair.lexicon.words[w] for w in words.given.nonzero().flatten().tolist()}
    names = [word if (word := pair.lexicon.words[w]) in given else f"+ {word}" for w in order if whole[w] > 0]
    assert [name for name, _ in bars(app)] == names
    assert any(name.startswith("+") for name in names)


def test_a_text_where_there_is_no_text_encoder_says_what_would_have_one(classes):
    assert "a model that reads photos only" in shown(open_page(collection="classes", show="text"))


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"image": "99999", "places": "abc"}, ""),
        ({"places": "99999.12"}, ""),
        ({"words": HOSTILE}, "Not in this lexicon: <script>"),
        ({"collection": "../.."}, "There is no collection ../.."),
        ({"lexicon": HOSTILE}, ""),
        ({"show": HOSTILE}, ""),
        ({"added": HOSTILE}, "cannot be added"),
        ({"added": ";=|" * 50_000}, "cannot be added"),
        ({"language": HOSTILE}, ""),
        ({"show": "text", "text": "dog", "token": "-5"}, "does not know 'dog'"),
        ({"show": "text", "text": "cake " * 33}, "33 words"),
    ],
)
def test_nonsense_in_the_address_is_told_or_left_out(collection, params, message):
    app = open_page(**params)
    assert (message in said(app)) if message else not said(app)
    assert "<script" not in shown(app)
    assert len(said(app)) < 4_000


def test_a_workspace_without_collections_says_what_makes_one(monkeypatch, tmp_path):
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path))
    monkeypatch.setattr(collections, "_make_demo", lambda: None)
    assert "No photos to ask yet" in shown(open_page())


# ---------------------------------------------------------------------------------------------------- below the page


def test_a_mixture_is_the_point_of_the_hull_that_fitting_finds(rng):
    vectors, bias = (torch.randn(*shape, generator=rng, dtype=torch.float64) for shape in ((6, 8), (6,)))
    lexicon = Lexicon(tuple("abcdef"), vectors, bias)
    mixed = with_mixture(lexicon, "new", ["B", "e"])
    found = with_words(lexicon, ["new"], vectors[[1, 4]].mean(dim=0, keepdim=True)).lexicon
    assert mixed.words == found.words == (*"abcdef", "new")
    torch.testing.assert_close(mixed.vectors, found.vectors)
    torch.testing.assert_close(mixed.bias, found.bias)
    assert with_mixture(Lexicon(("a", "b"), vectors[:2]), "c", ["a"]).bias is None


@pytest.mark.parametrize(
    ("word", "parts", "message"), [("A", ["b"], "already"), ("c", [], "made of"), ("c", ["zebra"], "'zebra' is not in")]
)
def test_a_mixture_that_cannot_be_is_told(word, parts, message):
    with pytest.raises(ValueError, match=message):
        with_mixture(Lexicon(("a", "b"), torch.eye(2)), word, parts)


def test_overuse_of_two_lexicons_stands_one_after_the_other(rng):
    said = torch.rand(5, 4, 6, generator=rng)
    both, first, second = (overuse([part]) for part in (said, said[..., :4], said[..., 4:]))
    joined = first.and_of(second)
    torch.testing.assert_close(joined.mean, both.mean)
    torch.testing.assert_close(joined.share, both.share)
    with pytest.raises(ValueError, match="over 5 photos, the others over 2"):
        first.and_of(overuse([said[:2]]))


def test_the_operator_names_the_file_of_translations():
    assert ServerSettings.of({}).translations is None
    assert ServerSettings.of({"CONCEPTS_TRANSLATIONS": ""}).translations is None
    assert ServerSettings.of({"CONCEPTS_TRANSLATIONS": "/data/names.json"}).translations == Path("/data/names.json")


def test_questions_go_there_and_back():
    asked = PhotoQuestion(
        collection="a b", ask="text", text="ü & <b>", token=0, places="1.2", language="DE", added="party=cake|icing"
    )
    query = {name: values[0] for name, values in parse_qs(urlsplit(asked.href("words")).query).items()}
    assert PhotoQuestion.of(query) == asked
    assert PhotoQuestion.of({"token": "x", "image": "9" * 5_000}) == PhotoQuestion()
