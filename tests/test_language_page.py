"""The page Language, through the app's entry: what is drawn for an address, and what is said where nothing can be."""

import io
import json
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import streamlit as st
from safetensors.numpy import load_file, save_file

from concepts.demo.collection import demo_collection
from concepts.demo.pictures import demo_masks
from concepts.lexicon import lexical_activations, load_lexicon
from concepts.lexicon.collections import first_words, read_words
from concepts.lexicon.token_statistics import Association, association, concepts_together, describe_language
from concepts.lexicon.token_statistics.corpus import Corpus
from concepts.lexicon.token_statistics.granularity import granularity
from concepts.numerics.intervals import Estimate
from concepts.report import ClassReport
from pages.figures.cooccurrence import cooccurrence_figure, pair_text, ring
from pages.figures.granularity import granularity_figure
from pages.figures.zipf import MOST, thinned, zipf_figure
from pages.language.statistics import NAMES, number
from pages.state import computing, languages
from pages.state.address import LanguageView
from pages.state.server_settings import DEMO
from tests.support.made_up_report import made_up_report, renamed
from tests.support.places import ROOT
from tests.support.screen import charts, open_page, said, shown, without_demo

pytestmark = pytest.mark.slow

PARTS = ("ranks", "order", "together", "covered")
HOSTILE = '<script>alert(1)</script>"><img src=x>.jpg'


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    root = tmp_path_factory.mktemp("saved")
    report = made_up_report(n=30, names=[HOSTILE])
    report.save(root / "reports" / "first")
    renamed(report, target=replace(report.data.target, label=HOSTILE)).save(root / "reports" / "hostile")
    made_up_report(n=12, grid=False, label="flat").save(root / "reports" / "flat")
    return root


@pytest.fixture
def workspace(tmp_path, monkeypatch, saved):
    without_demo(monkeypatch, tmp_path)
    shutil.copytree(saved, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture(autouse=True)
def few_shuffles(monkeypatch):
    """The page's default is 20; three are enough to see what is drawn."""
    few = lambda *arguments, **options: describe_language(*arguments, **(options | {"shuffles": 3}))  # noqa: E731
    monkeypatch.setattr(languages, "describe_language", few)


def test_no_report_says_how_to_make_one(tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    app = open_page("language")
    assert "No report to read yet" in shown(app)
    assert not charts(app)


def test_a_report_is_shown_whole(workspace):
    app = open_page("language", id="first")
    single, pairs = charts(app)
    for figure in (single, pairs):
        assert {t["name"].split(",")[0] for t in figure["data"]} >= {"concepts", "text", "fitted line", "shuffled"}
        assert figure["layout"]["xaxis"]["type"] == figure["layout"]["yaxis"]["type"] == "log"
    page = shown(app)
    for text in ("4,320 tokens in 30 photos", "captions of the demo", "to the power of"):
        assert text in page
    assert app.query_params["id"] == "first"
    assert all(element.proto.alt for element in app.get("plotly_chart"))
    app = in_part(app, "order")
    assert not charts(app)
    for text in (*NAMES.values(), "4,320 tokens in 30 photos", "Shuffled"):
        assert text in shown(app)
    app = in_part(app, "together")
    (together,) = charts(app)
    assert len(together["layout"]["images"]) == 8
    assert shown(app).count("Concept 4 and Concept 5") == 1
    assert all(element.proto.alt for element in app.get("plotly_chart"))
    assert "It is not known where the object is" in shown(in_part(app, "covered"))


def in_part(app, part: str):
    """The page after a click on that part."""
    app.segmented_control(key="language_part").set_value(part).run()
    assert not app.exception
    assert app.query_params["part"] == part
    return app


def test_whatever_is_counted_or_drawn_for_the_page_takes_a_turn(tmp_path, monkeypatch):
    counted = ("tokens_of_report", "describe_language", "demo_truth", "granularity")
    held = {}

    def watched(name, does):
        def within(*arguments, **options):
            held.setdefault(name, set()).add(getattr(computing.SEARCHING._mine, "has_turn", False))
            return does(*arguments, **options)

        monkeypatch.setattr(languages, name, within)

    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    for name in counted:
        watched(name, getattr(languages, name))
    app = open_page("language", id="shapes-boat")
    in_part(app, "covered")
    assert held == {name: {True} for name in counted}


def test_an_address_restores_report_and_concept(workspace):
    app = open_page("language", id="first", concept=5)
    assert app.selectbox(key="language_report").value == "first"
    assert app.selectbox(key="company_of").value == 5
    assert "Concept 6 in the report" in shown(app)
    assert 'href="report?id=first&amp;concept=5"' in shown(app)
    app.selectbox(key="company_of").set_value(2).run()
    assert app.query_params["concept"] == "2"
    assert "Concept 3 in the report" in shown(app)
    rings = [s["line"]["width"] for s in charts(app)[0]["layout"]["shapes"]]
    assert rings.index(max(rings)) == 2


def test_another_report_is_chosen_from_the_list(workspace):
    app = open_page("language", id="first", concept=5)
    app.selectbox(key="language_report").set_value("hostile").run()
    assert app.query_params["id"] == "hostile"
    assert "concept" not in app.query_params
    assert len(charts(app)) == 1  # the part that was open


@pytest.mark.parametrize("part", PARTS)
def test_hostile_names_are_text(workspace, part):
    app = open_page("language", id="hostile", part=part)
    assert "<script" not in shown(app)
    assert "<script" not in json.dumps(charts(app))


def test_a_part_that_is_not_there_is_the_first(workspace):
    assert len(charts(open_page("language", id="first", part="x"))) == 2
    assert len(charts(open_page("language", id="first", part="together"))) == 1


@pytest.mark.parametrize("params", [{"id": "gone"}, {"id": "../first"}, {"id": HOSTILE}])
def test_a_report_that_is_gone_is_told(workspace, params):
    app = open_page("language", **params)
    assert "There is no report" in said(app)
    assert app.selectbox(key="language_report").value in ("first", "flat", "hostile")


@pytest.mark.parametrize("concept", ["99", "-1", "x"])
def test_a_concept_that_is_not_there_is_told(workspace, concept):
    app = open_page("language", id="first", concept=concept)
    assert ("no concept" in said(app)) == (concept != "x")
    assert len(charts(app)) == (2 if concept == "x" else 1)


def test_a_report_without_places_is_told(workspace):
    app = open_page("language", id="flat")
    assert "no places" in said(app)
    assert not charts(app)


def test_damaged_reports_are_told(workspace):
    folder = workspace / "reports" / "first"
    arrays = load_file(folder / "arrays.safetensors")
    save_file(arrays | {"maps": np.ascontiguousarray(arrays["maps"][:3])}, folder / "arrays.safetensors")
    (folder / "report.json").touch()
    assert "its maps has shape (3, " in said(open_page("language", id="first"))
    (folder / "arrays.safetensors").write_bytes(b"no")
    (folder / "report.json").touch()
    assert "cannot be shown" in said(open_page("language", id="first"))
    (folder / "report.json").write_text("{")
    assert "cannot be shown" in said(open_page("language", id="first"))


def test_missing_crops_leave_an_empty_place(workspace):
    shutil.rmtree(workspace / "reports" / "first" / "crops")
    app = open_page("language", id="first", part="together")
    assert "images" not in charts(app)[0]["layout"]
    assert "picture missing" in shown(app)


@pytest.mark.parametrize(
    ("content", "message"), [(b"one two\nthree two one two\n" * 40, ""), (b"\xff\xfe", "UTF-8"), (b"..", "no words")]
)
def test_an_uploaded_text_stands_beside_or_is_told(workspace, monkeypatch, content, message):
    import streamlit as st

    class File(io.BytesIO):
        name, size = HOSTILE, len(content)

    monkeypatch.setattr(st, "file_uploader", lambda *a, **o: File(content))
    app = open_page("language", id="first", part="order")
    assert (message in said(app)) if message else not app.warning
    assert ("240 words, 3 different ones" in shown(app)) == (not message)
    assert ("captions of the demo" in "".join(t for t in shown(app).split("Text: ")[1:])) == bool(message)
    assert "<script" not in shown(app) + json.dumps(charts(app))


def test_reports_that_ship_are_shown(tmp_path, monkeypatch):
    """One of the drawn pictures and one of the digits; the others are of the same two kinds."""
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path))
    app = None
    for id in ("shapes-boat", min((DEMO / "reports").glob("digits-*")).name):
        if app is None:
            app = open_page("language", id=id, part="together")
        else:
            app.selectbox(key="language_report").set_value(id).run()
        assert not app.exception
        assert not app.error
        known = id.startswith("shapes")
        assert len(charts(app)) == 1
        assert ("captions that go with it" in shown(app) or "No word of the captions" in shown(app)) == known
        covered = open_page("language", id=id, part="covered")
        assert len(charts(covered)) == known, id
        assert ("stand for parts" in shown(covered)) == known


def test_the_words_of_captions_name_a_concept_of_the_demo(tmp_path, monkeypatch):
    monkeypatch.setenv("CONCEPTS_WORKSPACE", str(tmp_path))
    report = ClassReport.load(DEMO / "reports" / "shapes-birthday")
    names = [row.name for row in report.data.images]
    (presents,) = (mask for part, mask in demo_masks(names, {"birthday"}).items() if "present" in part)
    maps = report.array("maps").astype(float)
    side = 96 // maps.shape[1]
    share = presents.reshape(len(names), maps.shape[1], side, maps.shape[2], side).mean(axis=(2, 4))
    inside = np.einsum("nhw,nhwk->k", share, maps) / maps.sum(axis=(0, 1, 2))
    on_presents = int(inside.argmax())
    page = shown(open_page("language", id="shapes-birthday", concept=on_presents))
    words = page[page.index("Words of the photos") :]
    assert "“present”" in words[:300]


def test_opening_the_page_loads_no_heavy_library():
    code = (
        "import sys; import pages.language.statistics;"
        "from concepts.report import ClassReport; from concepts.demo.captions import demo_truth;"
        "demo_truth(ClassReport.load('assets/demo/reports/shapes-boat'));"
        "print([m for m in ('torch', 'torchvision', 'sklearn', 'umap', 'captum') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip().endswith("[]")


# ---------------------------------------------------------------------------------------------------- figures


def test_addresses_go_there_and_back():
    assert LanguageView.of({"id": "a", "concept": "3"}) == LanguageView("a", 3)
    assert LanguageView("a b", 3).href() == "language?id=a+b&concept=3"
    assert LanguageView.of({"concept": "x"}) == LanguageView()


def test_figures_carry_their_interval_where_there_is_one():
    assert number(Estimate(1.234, 1.1, 1.3), "bits") == "1.23 bits (1.10 to 1.30)"
    assert number(Estimate(0.5), "share") == "50.0%"
    assert number(Estimate(2.0, 2.0001, 2.0002), "exponent") == "2.00"


@pytest.mark.parametrize("dark", [False, True])
def test_ranks_are_drawn_as_shares(dark):
    generator = np.random.default_rng(0)
    tokens = [
        generator.choice(400, 900, p=np.arange(1.0, 401) ** -1 / (np.arange(1.0, 401) ** -1).sum()) for _ in range(9)
    ]
    language = describe_language(tokens, vocabulary=[f"<b>{i}" for i in range(400)], shuffles=3)
    for length in (1, 2):
        ranks = language.ranks[length]
        figure = zipf_figure(ranks, ranks, dark=dark)
        curve = next(t for t in figure.data if t.name.startswith("concepts"))
        assert len(curve.x) == len(thinned(len(ranks.frequencies))) <= MOST
        np.testing.assert_allclose(curve.y, ranks.frequencies[np.array(curve.x) - 1] / ranks.frequencies.sum())
        assert "<b>0" not in str(curve.customdata[:, 0])
        line = next(t for t in figure.data if t.name == "fitted line")
        assert -np.log(line.y[1] / line.y[0]) / np.log(line.x[1]) == pytest.approx(float(ranks.fit.exponent))


def test_ranks_without_a_fit_are_drawn_too():
    language = describe_language([np.array([0, 1, 0, 1])], vocabulary=["a", "b"], shuffles=2)
    figure = zipf_figure(language.ranks[1])
    assert [t.name for t in figure.data] == ["shuffled, 95% band", "concepts"]


def found_pairs() -> Association:
    generator = np.random.default_rng(0)
    one = generator.random(80) < 0.5
    table = np.stack([one, one, ~one, generator.random(80) < 0.5], axis=1).astype(float)
    return association(table, table)


@pytest.mark.parametrize("dark", [False, True])
def test_lines_join_what_chance_does_not_explain(dark):
    found = found_pairs()
    figure = cooccurrence_figure(found, [b"\x89PNG", None, None, None], chosen=0, dark=dark)
    lines = [t for t in figure.data if t.mode == "lines" and t.x[0] is not None]
    solid = [t for t in lines if t.line.dash == "solid"]
    assert (len(lines), len(solid)) == (3, 1)
    assert {t.opacity for t in lines} == {1.0, 0.22}  # 1 and 2 is none of the chosen concept's
    np.testing.assert_allclose(np.column_stack([solid[0].x, solid[0].y]), ring(4)[[0, 1]])
    assert len(figure.layout.images) == 1
    assert next(list(t.text) for t in figure.data if t.mode == "text") == ["1", "2", "3", "4"]  # as people count
    assert len({t.line.color for t in lines}) == 2
    assert "times as often together" in pair_text(found, 0, 1)


def test_no_line_is_drawn_where_all_is_chance():
    tokens = list(np.random.default_rng(0).integers(0, 3, (20, 50)))
    found = replace(concepts_together(Corpus.of(tokens, 3)), beyond=np.zeros((3, 3), bool))
    figure = cooccurrence_figure(found, [None] * 3)
    assert not [t for t in figure.data if t.mode == "lines" and t.x[0] is not None]


def test_granularity_is_drawn_with_its_control():
    grid = np.zeros((6, 6), int)
    grid[:3, :3], grid[0, 0] = 1, 2
    masks = {"it": np.zeros((4, 12, 12), bool)}
    masks["it"][:, :6, :6] = True
    found = granularity([grid] * 4, masks, 4)
    figure = granularity_figure(found)
    points = {t.name: (list(t.x), list(t.y)) for t in figure.data if t.name in ("part", "object", "scene")}
    assert points["scene"] == ([0.0], [0.0])
    assert points["object"] == ([1.0], [pytest.approx(8 / 9)])
    assert points["part"] == ([1.0], [pytest.approx(1 / 9)])
    assert len(figure.data[0].x) == 3  # the fourth is in no photo
    assert sorted(figure.data[-1].text) == ["1", "2", "3"]  # as people count


# ---------------------------------------------------------------------------------------------------- words of photos


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    root = tmp_path_factory.mktemp("recorded")
    return root, demo_collection(root / "collections", root / "store", n=2)


def test_each_place_says_the_word_that_it_says_most_beyond_what_is_said_everywhere(recorded):
    _, collection = recorded
    (lexicon,) = map(load_lexicon, collection.lexicons())
    used = read_words(collection, lexicon).overuse
    found = first_words(collection, lexicon, used)
    for i in (0, len(collection) - 1):
        said = (lexical_activations(collection.patches(i), lexicon) - used.mean).clamp(min=0)
        expected = said.argmax(dim=-1).where(said.amax(dim=-1) > 0, -1)
        np.testing.assert_array_equal(found[i], expected.numpy())


def test_the_words_of_photos_are_counted_as_a_language(recorded, monkeypatch, tmp_path):
    root, collection = recorded
    without_demo(monkeypatch, root)
    app = open_page("language", collection=collection.id)
    assert f"tokens in {len(collection)} photos" in shown(app)
    assert len(charts(app)) == 2
    assert app.query_params["lexicon"] == "demo captions"
    app.segmented_control(key="language_of").set_value("A report's concepts").run()
    assert "collection" not in app.query_params
    gone = open_page("language", collection="../../etc")
    assert "There is no collection ../../etc with words here" in said(gone)
