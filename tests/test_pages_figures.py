"""What the figures draw: a point a photo, colours by strategy, arcs and edges as long and wide as they mean."""

import io
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from concepts.rendering.colours import BLACK, PALETTE
from concepts.report.rendering.graph_geometry import (
    MAX_EDGE,
    Callout,
    arc,
    callouts,
    colour_of,
    edges,
    extent,
    hub_radius,
    symbol_of,
)
from concepts.report.rendering.overlay import SIDE, overlay, upsampled
from concepts.report.rendering.sentences import answer, is_wrong
from pages.figures.graph import graph_figure
from pages.figures.hover import hover_lines
from pages.figures.importance import importance_figure, local_figure
from pages.figures.sprite import LARGEST, MOST, PIXELS, sprite, tile_size
from tests.support.made_up_report import made_up_report, renamed


@pytest.fixture(scope="module")
def report():
    return made_up_report(n=60)


@pytest.fixture(scope="module")
def figure(report):
    return graph_figure(report)


def points(figure):
    return [trace for trace in figure.data if trace.customdata is not None]


def length(path: str) -> float:
    places = np.array([[float(number) for number in place.split(",")] for place in path[1:].split(" L")])
    return float(np.linalg.norm(np.diff(places, axis=0), axis=1).sum())


def test_every_photo_is_one_point_at_its_place(figure, report):
    drawn = {row[0]: (x, y) for t in points(figure) for row, x, y in zip(t.customdata, t.x, t.y, strict=True)}
    assert sorted(drawn) == list(range(60))
    places = np.array([drawn[i] for i in range(60)])
    np.testing.assert_allclose(places, report.array("embedding"), rtol=1e-6)


def test_colour_and_marker_follow_the_strategy(figure, report):
    for trace in points(figure):
        labels = {report.data.images[row[0]].strategy for row in trace.customdata}
        assert len(labels) == 1
        assert (trace.marker.color, trace.marker.symbol) == (colour_of(min(labels)), symbol_of(min(labels)))
    assert len({(t.marker.color, t.marker.symbol) for t in points(figure)}) == 4


def test_no_two_of_24_strategies_look_alike():
    assert len({(colour_of(label), symbol_of(label)) for label in range(24)}) == 24
    assert BLACK not in PALETTE


def test_wrong_answers_are_ringed_and_where_they_are_many_dotted(figure, report):
    wrong = {tuple(report.array("embedding")[i]) for i, row in enumerate(report.data.images) if is_wrong(row)}
    for drawn, mark in ((figure, "Ring"), (graph_figure(report, rings=len(wrong) - 1), "Dot")):
        (marked,) = [trace for trace in drawn.data if (trace.name or "").startswith(f"{mark}: wrong answer")]
        assert set(zip(marked.x, marked.y, strict=True)) == wrong
        assert (marked.marker.size > points(drawn)[0].marker.size) == (mark == "Ring")


def test_the_arc_is_as_long_as_the_reliability(figure, report):
    arcs = [shape for shape in figure.layout.shapes if shape.name == "reliability"]
    rings = [shape for shape in figure.layout.shapes if shape.name == "ring"]
    for row, drawn, ring in zip(report.data.strategies, arcs, rings, strict=True):
        assert length(drawn.path) / (math.pi * (ring.x1 - ring.x0)) == pytest.approx(row.reliability, rel=0.01)


def test_the_hub_s_area_follows_the_prevalence():
    assert hub_radius(0.8, 10) / hub_radius(0.2, 10) == pytest.approx(2)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 1.0])
def test_an_arc_keeps_its_radius_and_starts_at_the_top(share):
    places = arc((3.0, -1.0), 2.0, share)
    np.testing.assert_allclose(np.hypot(places[:, 0] - 3, places[:, 1] + 1), 2)
    assert places[0] == pytest.approx((3.0, 1.0))
    assert places[-1] == pytest.approx((3 + 2 * math.sin(2 * math.pi * share), -1 + 2 * math.cos(2 * math.pi * share)))


def test_edges_are_as_wide_as_the_links_that_cross():
    found = {(edge.a, edge.b): edge for edge in edges([[0.9, 0.1, 0.0], [0.1, 0.7, 0.05], [0.0, 0.05, 0.95]])}
    assert set(found) == {(0, 1), (1, 2)}
    assert found[0, 1].width == MAX_EDGE
    assert found[1, 2].width == pytest.approx(MAX_EDGE / 2)
    assert edges([[1.0]]) == []


def test_the_graph_draws_those_edges(figure, report):
    expected = [edge.width for edge in edges(report.data.clustering.links)]
    hubs = report.array("embedding")[[row.medoid for row in report.data.strategies]]
    drawn = [trace for trace in figure.data if trace.name and "cross" in trace.name]
    assert [trace.line.width for trace in drawn] == pytest.approx(expected)
    np.testing.assert_allclose(np.column_stack([drawn[0].x, drawn[0].y]), hubs[[0, 1]], rtol=1e-6)


def test_callouts_stand_apart(report):
    boxes = list(callouts(report.data, report.array("embedding")).values())
    assert len(boxes) == 3
    assert max(a.overlap(b) for a in boxes for b in boxes if a is not b) == 0
    assert Callout(0, 0, 2, 2).overlap(Callout(1, 1, 2, 2)) == 1


def test_both_axes_have_one_scale(figure):
    assert figure.layout.yaxis.scaleanchor == "x"
    assert extent(np.array([[0.0, 0.0], [3.0, 5.0]])) == 5


def test_names_of_files_and_classes_are_no_markup():
    report = made_up_report(n=10, names=["<script>alert(1)</script>.jpg"], label="<b>bold</b>")
    spec = json.dumps(graph_figure(report).to_plotly_json(), default=lambda array: array.tolist())
    assert "<script>" not in spec
    assert "<b>bold" not in spec


def test_importance_bars_whiskers_and_columns(report):
    figure = importance_figure(report.data.concepts)
    (bars,) = figure.data
    rows = report.data.concepts
    assert list(bars.x) == [row.share for row in rows]
    np.testing.assert_allclose(np.add(bars.x, bars.error_x.array), [row.share_high for row in rows])
    np.testing.assert_allclose(np.subtract(bars.x, bars.error_x.arrayminus), [row.share_low for row in rows])
    beside = [note.text for note in figure.layout.annotations if note.y == "Concept 1"]
    assert beside == [f"{rows[0].prevalence:.0%}", f"{rows[0].reliability:.0%}"]


def test_concepts_that_speak_against_are_hatched(report):
    (bars,) = importance_figure(report.data.concepts).data
    against = [row.importance < 0 for row in report.data.concepts]
    assert any(against)
    assert [shape == "/" for shape in bars.marker.pattern.shape] == against


def test_local_bars_are_sorted_by_size_and_give_shares():
    figure = local_figure(np.array([0.5, -2.0, 1.5]), target="cat")
    (bars,) = figure.data
    assert list(bars.y) == ["Concept 2", "Concept 3", "Concept 1"]
    assert list(bars.x) == [-2.0, 1.5, 0.5]
    assert [note.text for note in figure.layout.annotations] == ["−2.00 · 50%", "+1.50 · 38%", "+0.50 · 12%"]
    low, high = figure.layout.xaxis.range
    assert low < -2
    assert high > 1.5
    assert figure.layout.xaxis.title.text == "effect on the score of “cat” (logits)"
    by_variance = local_figure(np.array([0.5]), target="cat", unit="share of variance")
    assert by_variance.layout.xaxis.title.text.endswith("(share of variance)")
    assert "share of variance" in by_variance.data[0].hovertemplate


@pytest.mark.parametrize("place", [(1, 2), (6, 6), (3, 0)])
def test_the_overlay_is_strongest_where_the_map_is(place):
    values = np.zeros((7, 7), dtype=np.float32)
    values[place] = 3.0
    heat = upsampled(values, (210, 140))
    assert heat.shape == (140, 210)
    y, x = np.unravel_index(heat.argmax(), heat.shape)
    assert (y * 7 // 140, x * 7 // 210) == place
    laid = np.asarray(overlay(Image.new("RGB", (210, 140), "#404040"), values, top=3.0), dtype=int)
    assert max(laid.shape[:2]) == SIDE
    centre = laid[int((place[0] + 0.5) / 7 * laid.shape[0]), int((place[1] + 0.5) / 7 * laid.shape[1])]
    far = laid[int((6.5 - place[0]) / 7 * laid.shape[0]), int((6.5 - place[1]) / 7 * laid.shape[1])]
    assert centre[0] > 150  # warm and bright
    assert place in ((6, 6), (3, 0)) or far.max() < 80  # the photo as it was, only darker
    assert np.ptp(laid[0, 0]) <= 2 or place == (3, 0)


def test_an_absent_concept_leaves_the_photo_without_colours_and_lines():
    laid = np.asarray(overlay(Image.new("RGB", (50, 50), "#808080"), np.zeros((5, 5), np.float32), top=1.0))
    assert np.ptp(laid) == 0


def test_the_scale_is_the_same_for_all_photos_of_a_concept():
    photo, half = Image.new("RGB", (70, 70), "#404040"), np.full((7, 7), 0.5, dtype=np.float32)
    weak, strong = (np.asarray(overlay(photo, half, top=top)).mean() for top in (4.0, 0.5))
    assert strong > 1.5 * weak


def test_the_mosaic_holds_every_photo_in_its_tile():
    colours = [(250, 0, 0), (0, 250, 0), (0, 0, 250), (250, 250, 0), (0, 250, 250)]

    def thumbnail(i: int) -> bytes:
        if i == 3:
            raise ValueError("gone")
        buffer = io.BytesIO()
        Image.new("RGB", (40, 40), colours[i]).save(buffer, "JPEG")
        return buffer.getvalue()

    sheet = sprite(thumbnail, 5)
    import base64

    picture = Image.open(io.BytesIO(base64.b64decode(sheet.source.split(",")[1])))
    for i, colour in enumerate(colours):
        x, y = (i % sheet.columns + 0.5) * sheet.tile, (i // sheet.columns + 0.5) * sheet.tile
        expected = (136, 136, 136) if i == 3 else colour
        assert np.abs(np.subtract(picture.getpixel((int(x), int(y))), expected)).max() < 30


def test_the_mosaic_is_bounded():
    assert tile_size(10) == LARGEST
    for n in (300, 1000, MOST):
        assert n * tile_size(n) ** 2 <= PIXELS


def test_a_report_without_places_and_one_strategy_is_drawn_too():
    figure = graph_figure(made_up_report(n=20, n_strategies=1, grid=False, labels_known=False))
    assert sum(len(t.x) for t in points(figure)) == 20
    assert not figure.layout.images
    assert not [t for t in figure.data if t.name and "cross" in t.name]


def test_a_graph_without_strategies_is_points_alone(report):
    bare = renamed(report, strategies=(), clustering=replace(report.data.clustering, links=()))
    assert sum(len(t.x) for t in points(graph_figure(bare))) > 0


def test_the_pointer_says_of_each_photo_what_the_report_does(report):
    lines = hover_lines(report.data, report.array("phi"), report.names)
    first = report.array("phi").argmax(axis=1)
    for i, row in enumerate(report.data.images):
        said = [line.texts[line.codes[i]] for line in lines]
        assert said == [
            row.name, answer(row), report.names.strategy(row.strategy), f"strongest: Concept {first[i] + 1}"
        ]  # fmt: skip
    assert len(lines[2].texts) == 4, "what many photos share is kept once"
