"""The pages, through the app's entry: what is drawn for an address."""

import json
import re
import shutil
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from pages.report import graph
from tests.support.made_up_report import made_up_report, renamed
from tests.support.screen import address_of, charts, open_page, shown, texts, without_demo

HOSTILE = '<script>alert(1)</script>"><img src=x>.jpg'


@pytest.fixture(scope="module")
def report():
    return made_up_report(n=40, names=[HOSTILE])


@pytest.fixture(scope="module")
def saved(report, tmp_path_factory):
    return report.save(tmp_path_factory.mktemp("saved") / "first")


@pytest.fixture
def workspace(tmp_path, monkeypatch, saved):
    without_demo(monkeypatch, tmp_path)
    shutil.copytree(saved, tmp_path / "reports" / "first")
    return tmp_path


def photo_on(app: AppTest) -> int:
    return app.selectbox(key="photo").value


def open_concept(app: AppTest) -> int:
    """The concept whose row is open."""
    (found,) = re.findall(r'class="cx-crow cx-open" data-concept="(\d+)"', shown(app))
    return int(found)


def test_the_gallery_shows_a_card_that_leads_to_the_report(workspace):
    page = shown(open_page())
    assert 'href="report?id=first&amp;model=tinynet&amp;class=mushroom&amp;layer=features"' in page
    assert page.count("data:image/jpeg") == 4
    assert "<b>3<span> strategies</span></b>" in page
    assert "not tested" in page


def test_an_empty_gallery_leads_to_a_first_analysis(tmp_path, monkeypatch):
    without_demo(monkeypatch, tmp_path)
    app = open_page()
    assert "No report yet" in shown(app)
    assert [button.label for button in app.button] == ["Start the first analysis"]


def test_a_search_without_result_is_told_from_an_empty_gallery(workspace):
    app = open_page()
    app.text_input(key="q").set_value("zebra").run()
    assert "Nothing fits" in shown(app)
    assert "<article" not in shown(app)
    app.button[0].click().run()
    assert "<article" in shown(app)


def test_the_gallery_sorts_and_filters(workspace):
    made_up_report(n=12, label="alder", layer="other", n_strategies=1).save(workspace / "reports" / "second")
    app = open_page()
    app.selectbox(key="sort").set_value("Class").run()
    page = shown(app)
    assert page.index("id=second") < page.index("id=first")
    app.selectbox(key="only_layer").set_value("features").run()
    assert "id=second" not in shown(app)


def test_a_new_report_appears_and_a_removed_one_goes(workspace):
    app = open_page()
    assert "id=second" not in shown(app)
    made_up_report(n=8, n_strategies=1).save(workspace / "reports" / "second")
    assert "id=second" in shown(app.run())
    shutil.rmtree(workspace / "reports" / "second")
    assert "id=second" not in shown(app.run())


def test_a_report_draws_every_photo_and_every_concept(workspace, report):
    pages = {tab: open_page("report", id="first", tab=tab) for tab in ("overview", "photos", "concepts", "method")}
    (graph,), (local,) = charts(pages["overview"]), charts(pages["photos"])
    assert sum(len(trace["customdata"]) for trace in graph["data"] if "customdata" in trace) == 40
    assert len(local["data"][0]["y"]) == 8
    rows = re.findall(r'data-concept="(\d+)"', shown(pages["concepts"]))
    assert rows == [str(j) for j in range(8)]
    assert "Strategy C" in shown(pages["overview"])
    page = shown(pages["method"])
    for text in ("How long it took", "gradient_input", "ab12cd34", "cut off after 2,048 bytes"):
        assert text in page
    for check in report.data.checks:
        assert check.name in page


def test_an_address_restores_photo_concept_and_list(workspace, report):
    image = next(i for i, row in enumerate(report.data.images) if row.strategy == 1)
    app = open_page("report", id="first", image=image, concept=3, strategy=1)
    assert photo_on(app) == image
    assert open_concept(open_page("report", id="first", concept=3)) == 3
    assert app.selectbox(key="photo_concept").value == 3
    assert app.selectbox(key="which").value == 1
    assert f"where Concept 4 is in photo {report.data.images[image].name}" in shown(app)
    members = [i for i, row in enumerate(report.data.images) if row.strategy == 1]
    assert len(app.selectbox(key="photo").options) == len(members)


@pytest.mark.slow
def test_choices_are_written_into_the_address(workspace):
    app = open_page("report", id="first", tab="photos")
    app.selectbox(key="photo").set_value(9).run()
    app.selectbox(key="photo_concept").set_value(2).run()
    found = address_of(app)
    assert found == {
        "id": "first", "model": "tinynet", "class": "mushroom", "layer": "features", "tab": "photos", "image": "9",
        "concept": "2",
    }  # fmt: skip
    again = open_page("report", **{{"class": "target"}.get(k, k): v for k, v in found.items()})
    assert (photo_on(again), again.selectbox(key="photo_concept").value) == (9, 2)


@pytest.mark.parametrize(
    ("params", "tab"),
    [
        ({}, "Overview"), ({"strategy": 1}, "Overview"), ({"concept": 3}, "Concepts"), ({"image": 7}, "Photos"),
        ({"image": 7, "concept": 2}, "Photos"), ({"image": 7, "tab": "overview"}, "Overview"),
        ({"tab": "x"}, "Overview"), ({"tab": "method", "concept": 3}, "Method"),
    ],
)  # fmt: skip
def test_an_address_opens_the_tab_that_shows_what_it_chooses(workspace, params, tab):
    assert open_page("report", id="first", **params).session_state["report_tab"] == tab


@pytest.mark.slow
def test_previous_and_next_go_through_the_list(workspace):
    app = open_page("report", id="first", image=0)
    by_name = {button.label: button for button in app.button}
    by_name["Next"].click().run()
    assert photo_on(app) == 1
    {button.label: button for button in app.button}["Previous"].click().run()
    assert photo_on(app) == 0


def test_only_wrong_answers_can_be_listed(workspace, report):
    wrong = [row.name for row in report.data.images if row.right is False]
    app = open_page("report", id="first", wrong=1, tab="photos")
    assert len(app.selectbox(key="photo").options) in (len(wrong), len(wrong) + 1)  # and the one that is open
    app.selectbox(key="which").set_value(-1).run()
    rows = report.data.images
    expected = [i for i, row in enumerate(rows) if row.strategy == -1 and row.right is False]
    assert photo_on(app) == expected[0] if expected else "No photo is like that" in app.info[0].value


@pytest.mark.slow
def test_a_click_on_a_point_opens_its_photo(workspace, report, monkeypatch):
    clicked: dict = {"selection": {"points": []}}
    monkeypatch.setattr(graph, "selected", lambda: clicked)
    app = open_page("report", id="first")
    clicked["selection"]["points"] = [{"customdata": [17, "…"]}]
    app.run()
    assert address_of(app)["image"] == "17"
    app.query_params["image"] = "3"
    app.run()
    assert address_of(app)["image"] == "3", "an old click must not come back"
    clicked["selection"]["points"] = []
    app.run()
    assert address_of(app)["image"] == "17", "Plotly tells a second click on a point as no selection"


@pytest.mark.parametrize("params", [{"image": 999}, {"image": -3}, {"concept": 50}, {"image": "x"}, {"strategy": 77}])
def test_an_address_that_asks_too_much_is_answered(workspace, params):
    app = open_page("report", id="first", **params)
    assert len(charts(app)) == (0 if "concept" in params else 1)
    if params.get("image") in (999, -3) or "concept" in params:
        assert "This report has no" in texts(app)


def test_the_newest_report_of_model_class_and_layer_is_opened(workspace, report):
    renamed(report, created="2031-01-01 00:00:00").save(workspace / "reports" / "newer")
    app = open_page("report", model="tinynet", target="mushroom", layer="features")
    assert address_of(app)["id"] == "newer"


@pytest.mark.parametrize("params", [{"id": "gone"}, {"id": "../../etc"}, {"model": "other"}])
def test_an_unknown_report_is_a_message_with_a_way_back(workspace, params):
    app = open_page("report", **params)
    assert "There is no such report here" in texts(app)
    assert not charts(app)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("report.json", "{"),
        ("report.json", '{"format": 1}'),
        ("report.json", '{"format": 99}'),
        ("arrays.safetensors", "junk"),
        ("arrays.safetensors", ""),
    ],
)
def test_a_damaged_report_is_one_clear_line(workspace, file, content):
    (workspace / "reports" / "first" / file).write_text(content)
    app = open_page("report", id="first")
    (line,) = app.error
    assert "cannot be shown" in line.value
    assert "\n" not in line.value


def test_missing_pictures_are_said_to_be_missing(workspace):
    shutil.rmtree(workspace / "reports" / "first" / "thumbnails")
    shutil.rmtree(workspace / "reports" / "first" / "crops")
    assert "picture missing" in shown(open_page("report", id="first"))


@pytest.mark.slow
def test_hostile_names_are_text(workspace, report):
    renamed(report, target=replace(report.data.target, label=HOSTILE)).save(workspace / "reports" / "hostile")
    for app in (open_page(), open_page("report", id="hostile", image=0)):
        page = shown(app)
        assert "<script>" not in page
        assert "<img src=x>" not in page
        assert "&lt;script&gt;" in page
        assert not any("<script>" in chart for chart in map(json.dumps, charts(app)))


@pytest.mark.parametrize("options", [{"n_strategies": 1}, {"grid": False}, {"labels_known": False}])
def test_every_kind_of_report_is_shown(workspace, options):
    made_up_report(n=20, **options).save(workspace / "reports" / "kind")
    for tab, n in (("overview", 1), ("concepts", 0), ("photos", 1), ("mistakes", 0), ("method", 0)):
        assert len(charts(open_page("report", id="kind", tab=tab))) == n


def test_the_report_can_be_taken_along_in_every_format(workspace):
    labels = [button.label for button in open_page("report", id="first").get("download_button")]
    assert labels[:2] == ["One page (HTML)", "Everything (JSON)"]
    assert labels[2:] == [
        *(f"{table} (CSV)" for table in ("Concepts", "Strategies", "Photos", "Properties", "Checks", "Artefacts")),
        "All tables (Parquet)",
        "Notebook",
    ]
