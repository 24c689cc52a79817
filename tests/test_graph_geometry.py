"""The graph's geometry: computed once, so that the page and the file draw the same."""

import numpy as np
import pytest

from concepts.report.rendering.graph_geometry import GraphLayout, callouts, extent, graph_layout
from concepts.report.rendering.svg import graph_drawing
from pages.figures.graph import graph_figure
from tests.support.made_up_report import made_up_report


@pytest.fixture(params=[0, 3], ids="seed{}".format)
def report(request):
    return made_up_report(n=60, seed=request.param)


def layout_of(report) -> GraphLayout:
    return graph_layout(report.data, report.array("embedding"), lambda file: f"picture of {file}")


def test_crops_stand_in_their_callout_and_touch_neither_each_other_nor_the_label(report):
    boxes = callouts(report.data, report.array("embedding"))
    for hub in layout_of(report).hubs:
        box = boxes[hub.row.label]
        assert len(hub.crops) == 3
        for crop in hub.crops:
            assert box.left <= crop.x - crop.side / 2
            assert crop.x + crop.side / 2 <= box.left + box.width
            assert crop.y - crop.side / 2 == pytest.approx(box.bottom)
            assert crop.y + crop.side / 2 < hub.label[1] < box.bottom + box.height
        gaps = np.diff([crop.x for crop in hub.crops]) - hub.crops[0].side
        assert (gaps > 0).all()
        assert np.mean([crop.x for crop in hub.crops]) == pytest.approx(hub.label[0]) == box.centre[0]


def test_pictures_that_are_gone_leave_no_gap(report):
    layout = graph_layout(report.data, report.array("embedding"), lambda file: file if "_0" not in file else None)
    for hub in layout.hubs:
        middle = np.mean([crop.x for crop in hub.crops]) if hub.crops else hub.label[0]
        assert middle == pytest.approx(hub.label[0])
    bare = graph_layout(report.data, report.array("embedding"), lambda file: None)
    assert not any(hub.crops for hub in bare.hubs)


def test_all_is_within_the_corners(report):
    layout = layout_of(report)
    places = [layout.points, *[[hub.centre, hub.label, *((c.x, c.y) for c in hub.crops)] for hub in layout.hubs]]
    for place in map(np.array, places):
        assert (place >= layout.low - 1e-9).all()
        assert (place <= layout.high + 1e-9).all()


def test_the_page_and_the_file_draw_the_same(report):
    """Pixels of the file and units of the page differ by one scale, one shift, and the side from which y is counted."""
    embedding, layout = report.array("embedding"), layout_of(report)
    figure = graph_figure(report)
    shown = graph_drawing(report.data, embedding, set(), lambda file: f"picture of {file}", report.names)
    points = np.array([(point.x, point.y) for point in shown.points])
    scale = (points[:, 0].max() - points[:, 0].min()) / np.ptp(embedding[:, 0])
    shift = points[0] - embedding[0] * (scale, -scale)

    def pixels(x: float, y: float) -> np.ndarray:
        return np.array([x, y]) * (scale, -scale) + shift

    np.testing.assert_allclose(points, embedding * (scale, -scale) + shift, rtol=1e-5)
    rings = [shape for shape in figure.layout.shapes if shape.name == "ring"]
    images, edges = list(figure.layout.images), [t for t in figure.data if t.name and "cross" in t.name]
    assert len(images) == sum(len(hub.crops) for hub in shown.hubs)
    for hub, ring in zip(shown.hubs, rings, strict=True):
        np.testing.assert_allclose((hub.x, hub.y), pixels((ring.x0 + ring.x1) / 2, (ring.y0 + ring.y1) / 2), rtol=1e-5)
        assert hub.ring == pytest.approx(scale * (ring.x1 - ring.x0) / 2)
        for crop in hub.crops:
            image = images.pop(0)
            middle = (crop.x + crop.side / 2, crop.y + crop.side / 2)
            np.testing.assert_allclose(middle, pixels(image.x, image.y), rtol=1e-5)
            assert crop.side == pytest.approx(scale * image.sizex)
    for line, edge in zip(shown.lines, edges, strict=True):
        np.testing.assert_allclose((line.x1, line.y1), pixels(edge.x[0], edge.y[0]), rtol=1e-5)
        np.testing.assert_allclose((line.x2, line.y2), pixels(edge.x[1], edge.y[1]), rtol=1e-5)
        assert line.width == edge.line.width
    assert extent(embedding) > 0
    assert len(layout.edges) == len(edges)
