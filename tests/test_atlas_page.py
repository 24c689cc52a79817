"""The page Atlas: all concepts on one plane, the card of one, what its address holds."""

import json
import shutil
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from concepts.annotations import Note, NoteStore, note_subject
from concepts.report import ClassReport
from concepts.report.rendering.graph_geometry import colour_of, symbol_of
from pages.figures.atlas import LEGEND, atlas_figure
from pages.state.address import AtlasView, corners_text
from tests.support.atlas_reports import NAMED, save_atlas
from tests.support.made_up_report import K
from tests.support.screen import address_of, charts, open_page, said, shown, without_demo

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    return save_atlas(tmp_path_factory.mktemp("workspace"))


@pytest.fixture
def workspace(saved, monkeypatch):
    without_demo(monkeypatch, saved)
    return saved


def script_data(app: AppTest, name: str) -> dict:
    """What a script of ours on the page is given; name: a key of it."""
    found = [json.loads(each.proto.json) for each in app.get("bidi_component") if each.proto.json]
    return next(data for data in found if name in data)


def classes(app: AppTest) -> list[dict]:
    """The traces of the classes."""
    (chart,) = charts(app)
    return [trace for trace in chart["data"] if trace.get("customdata")]


@pytest.mark.usefixtures("workspace")
def test_every_concept_is_a_point_of_its_class_and_what_is_leaned_on_has_a_ring():
    app = open_page("atlas")
    (chart,) = charts(app)
    assert [len(trace["customdata"]) for trace in classes(app)] == [K, K]
    assert [trace["name"] for trace in classes(app)] == ["boat &lt;b&gt;", "gnome"]
    (ring,) = [trace for trace in chart["data"] if "▲" in trace.get("name", "")]
    assert len(ring["x"]) == len(NAMED)
    assert "leans on something added in 1 of 2 reports" in shown(app)
    assert "boat <b>" not in shown(app)


@pytest.mark.usefixtures("workspace")
def test_the_scripts_get_a_crop_for_each_concept_and_draw_the_named_ones_first():
    app = open_page("atlas", report="gnome", concept=3)
    data, sheets = script_data(app, "xs"), script_data(app, "first")
    assert len(data["xs"]) == sheets["first"]["n"] == 2 * K
    assert sheets["crops"]["counts"] == [6] * 2 * K
    assert [row for row, named in enumerate(data["named"]) if named] == list(NAMED)
    assert data["chosen"] == K + 3
    assert data["order"][: 1 + len(NAMED)] == [K + 3, *NAMED]


@pytest.mark.usefixtures("workspace")
def test_the_first_that_is_leaned_on_is_open_and_leads_to_its_report_and_to_what_is_like_it():
    page = shown(open_page("atlas"))
    card = page[page.index("cx-atlas-card") :]
    assert f"Concept {NAMED[0] + 1}" in card[:200]
    assert "leans on it" in card
    assert f"id=boat&amp;model=tinynet&amp;class=boat+%3Cb%3E&amp;layer=features&amp;concept={NAMED[0]}" in card
    partners = shown(open_page("atlas", report="boat", concept=1))
    assert "cosine 1.00, more than chance" in partners
    assert "report=gnome&amp;concept=1" in partners


@pytest.mark.usefixtures("workspace")
def test_a_class_and_a_lasso_leave_the_others_faint():
    app = open_page("atlas", classes="gnome")
    boat, gnome = classes(app)
    assert (boat["selectedpoints"], gnome["selectedpoints"]) == ([], list(range(K)))
    assert script_data(app, "xs")["shown"] == [False] * K + [True] * K
    data = script_data(app, "xs")
    x, y = data["xs"][K], data["ys"][K]
    area = corners_text([x - 1, x + 1, x + 1, x - 1], [y - 1, y - 1, y + 1, y + 1])
    app = open_page("atlas", area=area)
    assert "1 concept in your lasso" in [each.label for each in app.expander]
    assert [trace["selectedpoints"] for trace in classes(app)] == [[], [0]]
    app.button(key="atlas_clear").click().run()
    assert "area" not in address_of(app)


@pytest.mark.usefixtures("workspace")
def test_the_other_space_is_one_choice_away():
    app = open_page("atlas", report="boat", concept=1)
    choice = app.selectbox(key="atlas_space")
    assert len(choice.options) == 2
    assert "2 reports, 16 concepts" in choice.options[0]
    app = open_page("atlas", report="seven", concept=1)
    assert [trace["name"] for trace in classes(app)] == ["seven"]


@pytest.mark.usefixtures("workspace")
@pytest.mark.parametrize("address", [{"report": "boat", "concept": K}, {"report": "gone", "concept": 0}])
def test_a_concept_that_is_not_there_is_said(address):
    app = open_page("atlas", **address)
    assert "no such concept here" in said(app)
    assert len(classes(app)) == 2


@pytest.mark.usefixtures("workspace")
def test_names_by_people_stand_on_the_card_and_at_the_pointer(workspace):
    report = ClassReport.load(workspace / "reports" / "gnome")
    NoteStore(f"sqlite:///{workspace / 'notes.sqlite'}").write(
        Note(note_subject(report), "concept", 1, name="hat <i>", author="Ada")
    )
    app = open_page("atlas", report="gnome", concept=1)
    assert "Concept 2 · hat &lt;i&gt;" in shown(app)
    assert "Concept 2 · hat <i> of gnome" in script_data(app, "xs")["lines"][0]["texts"]


def test_without_a_report_the_page_says_what_to_do_and_a_damaged_one_is_named(tmp_path, saved, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    assert "There is no report yet" in shown(open_page("atlas"))
    shutil.copytree(saved / "reports" / "boat", tmp_path / "reports" / "boat")
    shutil.copytree(saved / "reports" / "gnome", tmp_path / "reports" / "bad")
    (tmp_path / "reports" / "bad" / "arrays.safetensors").write_bytes(b"broken")
    app = open_page("atlas")
    assert [trace["name"] for trace in classes(app)] == ["boat &lt;b&gt;"]
    assert "bad (its arrays cannot be read" in shown(app)


def test_the_address_holds_the_view():
    view = AtlasView(space="ab-features", classes="a|b", report="a", concept=2, area="0_0_1_0_1_1")
    assert AtlasView.of(dict(parse_qsl(view.href().partition("?")[2]))) == view
    assert view.class_list == ["a", "b"]
    assert AtlasView.of({"dose": "0.25"}).dose == 0.25
    assert AtlasView.of({"dose": "3"}).dose is None
    assert AtlasView.of({"concept": "x"}).concept is None


def test_many_classes_are_one_trace_without_a_legend():
    n = LEGEND + 1
    figure = atlas_figure(
        np.arange(2.0 * n).reshape(n, 2), 500.0, np.arange(n), [f"<{i}>" for i in range(n)], [(0, 1)], [2], seen=[1, 4]
    )
    lines, concepts, ring = figure.data
    assert list(concepts.marker.symbol) == [symbol_of(i) for i in range(n)]
    assert list(concepts.marker.color) == [colour_of(i) for i in range(n)]
    assert concepts.text[3] == "&lt;3&gt;"
    assert concepts.selectedpoints == (1, 4)
    assert np.isnan(lines.x[2])
    assert list(ring.x) == [4.0]
    assert not figure.layout.showlegend
