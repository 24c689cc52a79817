"""Exploring a report: photos are chosen on the graph, by concepts and by answers, and the page speaks of them."""

import json
import re
import shutil
from base64 import b64decode
from dataclasses import replace

import numpy as np
import pytest

from concepts.report.queries.photo_filter import PhotoFilter, amounts_of, find_photos, inside
from concepts.report.queries.selected_photos import distinctive_concepts
from concepts.report.rendering.sentences import percent
from concepts.report.rows import PresenceRow
from pages.figures.graph import FAINT, Colours, graph_figure
from pages.report import graph
from pages.state.address import CONCEPTS, OVERVIEW, PHOTOS, ReportView, corners_in, corners_text, numbers_in
from tests.support.made_up_report import made_up_report, renamed
from tests.support.screen import address_of, charts, open_page, shown, without_demo
from tests.test_pages_screen import photo_on

pytestmark = pytest.mark.slow

HOSTILE = "<script>alert(1)</script>"
MARK = PresenceRow(
    concept=2, suspicion=0.97, n=11, share=0.275, effect=1.5, evidence=0.21, accuracy=1.0, accuracy_low=0.74,
    accuracy_high=1.0, accuracy_ablated=0.55, accuracy_ablated_low=0.28, accuracy_ablated_high=0.79,
    location_share=1.0, location_control=0.4,
    photos=tuple(range(11)),
)  # fmt: skip


@pytest.fixture(scope="module")
def report():
    return renamed(made_up_report(n=40), suspicions=(MARK,))


@pytest.fixture(scope="module")
def saved(report, tmp_path_factory):
    return report.save(tmp_path_factory.mktemp("saved") / "first")


@pytest.fixture
def workspace(tmp_path, monkeypatch, saved):
    without_demo(monkeypatch, tmp_path)
    shutil.copytree(saved, tmp_path / "reports" / "first")
    return tmp_path


def numbers(value: list | dict) -> np.ndarray:
    """An array of a chart, which Plotly packs where it can."""
    return np.frombuffer(b64decode(value["bdata"]), value["dtype"]) if isinstance(value, dict) else np.array(value)


def chosen(app) -> list[int]:
    """The points that stand out on the graph."""
    found = []
    for trace in charts(app)[0]["data"]:
        if "customdata" in trace:
            rows = trace["customdata"]
            found += [rows[i][0] for i in numbers(trace["selectedpoints"])]
    return sorted(found)


def test_a_region_of_the_address_chooses_its_photos(workspace, report):
    x, y = report.array("embedding").T
    corners = [(x.min() - 1, y.min() - 1), (np.median(x), y.min() - 1), (np.median(x), y.max() + 1)]
    area = corners_text(*zip(*corners, strict=True))
    overview, photos, concepts = (
        open_page("report", id="first", area=area, tab=tab) for tab in (OVERVIEW, PHOTOS, CONCEPTS)
    )
    expected = np.flatnonzero(inside(report.array("embedding"), corners_in(area))).tolist()
    assert chosen(overview) == expected
    assert f"The {len(expected)} chosen photos" in shown(overview)
    assert "What sets them apart" in shown(overview)
    assert len(photos.selectbox(key="photo").options) in (len(expected), len(expected) + 1)
    assert f"{len(expected)} of 40 photos" in shown(photos)
    telling = distinctive_concepts(report, expected, 1)[0].concept
    shares = np.abs(report.array("phi")[expected]).mean(axis=0)
    said = re.findall(r"In the chosen photos ([0-9.]+%)", shown(concepts))
    assert said == [percent(share) for share in shares / shares.sum()]
    assert f'class="cx-crow cx-open" data-concept="{telling}"' in shown(concepts), (
        "what sets them apart is the one shown"
    )
    for app in (overview, photos, concepts):
        assert f"{len(expected)} photos in your box" in [button.label for button in app.button]


def test_a_box_on_the_graph_goes_into_the_address(workspace, report, monkeypatch):
    event: dict = {"selection": {"points": [], "box": [], "lasso": []}}
    monkeypatch.setattr(graph, "selected", lambda: event)
    app = open_page("report", id="first")
    x, y = report.array("embedding").T
    event["selection"] |= {
        "box": [{"x": [float(x.min()) - 1, float(np.median(x))], "y": [float(y.min()) - 1, float(y.max()) + 1]}],
        "points": [{"customdata": [3, "…"]}],
    }
    app.run()
    found = find_photos(report, ReportView.of(address_of(app)).wanted, amounts_of(report))
    assert found == np.flatnonzero(x <= np.median(x)).tolist()
    app.button(key="all_again").click().run()
    assert "area" not in address_of(app), "the box that is still drawn must not come back"


def test_concepts_are_found_by_the_controls_and_by_the_address(workspace, report):
    app = open_page("report", id="first", tab="photos")
    app.multiselect(key="find_has").set_value([1]).run()
    app.multiselect(key="find_lacks").set_value([0]).run()
    assert (address_of(app)["has"], address_of(app)["lacks"]) == ("1", "0")
    expected = find_photos(report, PhotoFilter(has=(1,), lacks=(0,)), amounts_of(report))
    assert photo_on(app) in expected
    assert chosen(open_page("report", id="first", has="1", lacks="0")) == sorted(expected)
    again = open_page("report", id="first", has="1", lacks="0", tab="photos")
    assert again.multiselect(key="find_has").value == [1]


def test_answers_are_chosen(workspace, report):
    app = open_page("report", id="first", tab="photos")
    app.segmented_control(key="wrong").set_value(1).run()
    wrong = [i for i, row in enumerate(report.data.images) if row.right is False]
    assert chosen(open_page("report", id="first", wrong=1)) == wrong
    assert f"{len(wrong)} of 40 photos" in shown(app)
    app.selectbox(key="predicted").set_value("pebble").run()
    expected = [i for i in wrong if report.data.images[i].predicted == "pebble"]
    assert f"{len(expected)} of 40 photos" in shown(app)
    assert expected or "No photo is like that" in app.info[0].value


def test_nothing_chosen_shows_no_figures_of_it(workspace):
    app = open_page("report", id="first")
    assert "chosen photos" not in shown(app)
    assert all("selectedpoints" not in trace for trace in charts(app)[0]["data"])


@pytest.mark.parametrize("name", ["confidence", "score", "answer", "first", "3"])
def test_the_graph_is_coloured_by_what_is_asked(workspace, report, name):
    app = open_page("report", id="first", colour=name)
    figure = charts(app)[0]
    points = [trace for trace in figure["data"] if "customdata" in trace]
    assert sum(len(trace["customdata"]) for trace in points) == 40
    if name in ("confidence", "score", "3"):
        rows = {
            int(row[0]): value
            for trace in points
            for row, value in zip(trace["customdata"], numbers(trace["marker"]["color"]), strict=True)
        }
        expected = {
            "confidence": [row.probability for row in report.data.images],
            "score": [row.score for row in report.data.images],
            "3": amounts_of(report)[:, 3].tolist(),
        }[name]
        np.testing.assert_allclose([rows[i] for i in range(40)], expected, rtol=1e-5)
    else:
        kinds = {row.predicted for row in report.data.images} if name == "answer" else None
        assert kinds is None or {trace["name"].rsplit(" (", 1)[0] for trace in points} == kinds


@pytest.mark.parametrize(
    "params",
    [
        {"area": "x"}, {"area": "1_2"}, {"area": "nan_1_2_3_4_5"}, {"has": "999"}, {"has": HOSTILE}, {"lacks": "-1"},
        {"predicted": HOSTILE}, {"colour": HOSTILE}, {"colour": "999"}, {"wrong": 7}, {"area": "1_2_" * 5000},
        {"strategy": -9},
    ],
)  # fmt: skip
def test_a_strange_address_is_answered(workspace, params):
    app = open_page("report", id="first", **params)
    assert "<script>" not in shown(app)


def test_a_suspicion_has_its_figures_and_leads_to_its_photos(workspace):
    page = shown(open_page("report", id="first", tab="method"))
    assert "11 photos show it (28%)" in page
    assert "21% of the evidence" in page
    assert (
        "In 100% of them it is strongest in one and the same small window (other concepts, in the middle: 40%)" in page
    )
    assert "with the concept taken out of the layer 55% (95% interval 28% to 79%)" in page
    assert "concept=2&amp;has=2" in page


def test_no_suspicion_says_so(workspace, report):
    renamed(report, suspicions=()).save(workspace / "reports" / "clean")
    assert "No concept has two populations of photos" in shown(open_page("report", id="clean", tab="method"))


def test_without_mistakes_the_page_says_so(workspace, report):
    right = tuple(replace(row, right=True) for row in report.data.images)
    renamed(report, images=right).save(workspace / "reports" / "right")
    assert "Nothing: all 40 photos are right" in shown(open_page("report", id="right", tab="mistakes"))


@pytest.mark.parametrize(("text", "numbers"), [(None, ()), ("", ()), ("3.x.5", (3, 5)), ("-1.2", (2,))])
def test_numbers_of_an_address(text, numbers):
    assert numbers_in(text) == numbers


def test_many_corners_are_thinned_and_come_back():
    angle = np.linspace(0, 2 * np.pi, 500, endpoint=False)
    text = corners_text(np.cos(angle), np.sin(angle))
    corners = corners_in(text)
    assert 30 <= len(corners) <= 60
    points = np.random.default_rng(0).uniform(-1.2, 1.2, (500, 2))
    far = np.abs(np.hypot(*points.T) - 1) > 0.02
    np.testing.assert_array_equal(inside(points, corners)[far], (np.hypot(*points.T) < 1)[far])
    assert corners_text([1, 2], [1, 2]) is None


def test_kinds_beyond_twelve_are_one_group(report):
    names = np.array([f"kind {i % 20}" for i in range(40)])
    figure = graph_figure(report, colours=Colours("kind", names), chosen=[0, 5])
    points = [trace for trace in figure.data if trace.customdata is not None]
    assert len(points) == 13
    assert points[-1].name == "others (16)"
    assert points[0].unselected.marker.opacity == FAINT
    assert json.loads(figure.to_json())
