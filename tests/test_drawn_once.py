"""What pages draw once for all visitors: the same bytes as drawn anew, and anew where anything differs."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from shutil import copytree
from threading import Event

import numpy as np
import plotly.graph_objects as go
import plotly.io
import pytest
from streamlit.string_util import clean_text

from concepts.rendering.pictures import data_uri
from concepts.report import ClassReport
from concepts.report.class_report import thumbnail_name
from concepts.report.names import Names
from concepts.report.rendering.overlay import OverlayStyle
from concepts.report.stored import FILE
from concepts.storage.typed_json import write_typed
from pages.components.charts import draw_once
from pages.components.kept import Kept
from pages.components.once import html_once
from pages.figures.enlarged import enlarged
from pages.figures.graph import graph_figure
from pages.figures.importance import importance_figure, local_figure
from pages.report.strategies import strategy_html
from pages.state.address import ReportView
from pages.state.report_pictures import crop_in_place, crop_picture, map_picture, photo_picture, source_of
from tests.support.made_up_report import made_up_report

DRAWN = []


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return made_up_report(n=12).save(tmp_path_factory.mktemp("reports") / "report")


@pytest.fixture(autouse=True)
def _nothing_drawn():
    DRAWN.clear()


def counted(report: ClassReport, *, values: np.ndarray | None = None, dark: bool = False) -> go.Figure:
    DRAWN.append(dark)
    title = f"{report.data.target.label}, {report.names.concept(0)}, {dark}"
    return go.Figure(go.Scatter(y=values if values is not None else [1, 2]), {"title": title})


def sent(figure) -> str:
    """As `st.plotly_chart` sends it."""
    return plotly.io.to_json(figure, validate=False)


def test_what_is_sent_is_what_the_figure_sends_itself(stored):
    report = ClassReport.load(stored)
    drawings = [
        partial(graph_figure, report, dark=True),
        partial(importance_figure, report.data.concepts, names=report.names),
        partial(local_figure, report.array("phi")[0], target="a", unit="b"),
        partial(counted, report, values=np.array([1.5, np.nan, np.inf])),
    ]
    for drawing in drawings:
        assert sent(draw_once(drawing)) == sent(draw_once(drawing)) == sent(drawing())
    assert sent(draw_once(enlarged, drawings[1])) == sent(enlarged(drawings[1]))


def test_equal_content_is_drawn_once(stored):
    for _ in range(3):
        draw_once(counted, ClassReport.load(stored), values=np.arange(4.0), dark=False)
    assert DRAWN == [False]


def test_different_content_is_drawn_anew(stored, tmp_path):
    report, values = ClassReport.load(stored), np.arange(4.0)
    other = ClassReport.load(copytree(stored, tmp_path / "other"))
    assert report.origin != other.origin
    assert report.with_data(other.data).origin is None
    draws = [
        partial(counted, report),
        partial(counted, report, dark=True),
        partial(counted, report, values=values),
        partial(counted, report, values=values + 1),
        partial(counted, report.called(Names({0: "cap"}))),
        partial(counted, other),
    ]
    figures = [sent(draw_once(draw.func, *draw.args, **draw.keywords)) for draw in draws]
    assert len(DRAWN) == len(draws)
    assert figures == [sent(draw()) for draw in draws]


def test_a_report_replaced_under_the_same_name_is_drawn_as_the_new_one(stored, tmp_path):
    folder = copytree(stored, tmp_path / "report")
    for label in ("first", "second", "third"):
        data = ClassReport.load(folder).data
        write_typed(folder / FILE, replace(data, target=replace(data.target, label=label)))
        assert f"{label}, Concept 1" in sent(draw_once(counted, ClassReport.load(folder)))


def test_what_was_not_asked_for_longest_leaves_first():
    kept, made = Kept[str](most_bytes=10, size=len), []

    def get(key: str) -> str:
        return kept.get(key, lambda: made.append(key) or key * 4)

    assert [get(key) for key in "abab"] == ["aaaa", "bbbb", "aaaa", "bbbb"]
    get("a"), get("c")
    assert made == ["a", "b", "c"]
    assert [key in kept for key in "abc"] == [True, False, True]
    assert kept.get("large", lambda: "x" * 99) == "x" * 99
    assert [key in kept for key in ("a", "c", "large")] == [False] * 3
    get("a")
    assert "a" in kept


def test_visitors_who_come_at_once_wait_for_one_value():
    kept, began, go_on, made = Kept[str](most_bytes=10, size=len), Event(), Event(), []

    def make() -> str:
        began.set()
        assert go_on.wait(10)
        made.append("x")
        return "x"

    with ThreadPoolExecutor(5) as visitors:
        first = visitors.submit(kept.get, "key", make)
        assert began.wait(10)
        assert "key" not in kept
        others = [visitors.submit(kept.get, "key", make) for _ in range(4)]
        go_on.set()
        assert [each.result(10) for each in (first, *others)] == ["x"] * 5
    assert made == ["x"]


def test_what_fails_is_made_again():
    kept = Kept[str](most_bytes=10, size=len)

    def fails() -> str:
        raise ValueError("not yet")

    for _ in range(2):
        with pytest.raises(ValueError, match="not yet"):
            kept.get("key", fails)
    assert kept.get("key", lambda: "now") == "now"


def test_a_picture_is_read_once_and_anew_when_the_report_was_replaced(stored, tmp_path):
    report = ClassReport.load(copytree(stored, tmp_path / "report"))
    file, other = thumbnail_name(3), thumbnail_name(4)
    expected = data_uri(report.picture(file))
    assert source_of(report, file) == expected
    (report.folder / file).write_bytes(report.picture(other))
    assert source_of(report, file) == expected  # pictures do not change within a report
    (report.folder / file).unlink()
    write_typed(report.folder / FILE, report.data)
    replaced = ClassReport.load(report.folder)
    assert source_of(replaced, file) is None
    assert source_of(replaced, other) == data_uri(replaced.picture(other))
    assert source_of(made_up_report(n=12), file) == expected  # in memory


def test_drawings_on_a_photo_differ_by_all_that_they_show(stored):
    report = ClassReport.load(stored)
    crop = report.data.concepts[0].crops[0]
    drawings = [
        partial(map_picture, report, 0, 1),
        partial(map_picture, report, 1, 1),
        partial(map_picture, report, 0, 2),
        partial(map_picture, report, 0, 1, style=OverlayStyle(opacity=0.1)),
        partial(crop_in_place, report, 0, crop, ReportView()),
        partial(crop_picture, report, 0, crop, ReportView()),
        partial(photo_picture, report, 1, ReportView()),
    ]
    pictures = [draw() for draw in drawings]
    assert pictures == [draw() for draw in drawings]
    assert len({picture.source for picture in pictures}) == len(pictures)


def test_kept_html_is_what_streamlit_makes_of_it_and_follows_its_arguments(stored):
    report = ClassReport.load(stored)
    row, view, other = report.data.strategies[0], ReportView(id="a"), ReportView(id="a", colour="first")
    for at in (view, other, view):
        assert html_once(strategy_html, report, row, at)._repr_html_() == clean_text(strategy_html(report, row, at))
    assert html_once(strategy_html, report, row, view) != html_once(strategy_html, report, row, other)
    named = report.called(Names({row.concepts[0]: "a cap"}))
    assert "a cap" in html_once(strategy_html, named, row, view).body
    assert "a cap" not in html_once(strategy_html, report, row, view).body
    assert html_once(strategy_html, report, row, view) is html_once(strategy_html, report, row, view)
