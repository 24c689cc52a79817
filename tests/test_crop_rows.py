"""Crops of a graph for a projector: larger, apart, and in the colours of their strategies."""

from itertools import combinations

import plotly.graph_objects as go
import pytest

from pages.figures.crop_rows import Box, owner_name, with_larger_crops

PIXEL = "data:image/png;base64,AA=="


def graph(*hubs: tuple[float, float, float, float]) -> go.Figure:
    """A figure with a hub for each (x, y of the disc, x, y of the middle of three crops of side 1)."""
    figure = go.Figure()
    for label, (x, y, at, height) in enumerate(hubs):
        figure.add_shape(type="circle", x0=x - 1, x1=x + 1, y0=y - 1, y1=y + 1, name=owner_name(label),
                         line_color=f"rgb({label}, 0, 0)")  # fmt: skip
        for place in (at - 1.1, at, at + 1.1):
            figure.add_layout_image(
                source=PIXEL, x=place, y=height, sizex=1, sizey=1, xref="x", yref="y", xanchor="center",
                yanchor="middle", name=owner_name(label),
            )  # fmt: skip
    return figure


def frames(figure: go.Figure) -> list[Box]:
    return [Box(each.x0, each.y0, each.x1, each.y1) for each in figure.layout.shapes if each.name == "frame"]


def test_crops_grow_away_from_their_disc_where_nothing_is_in_the_way():
    figure = graph((0, 0, 4, 0))
    with_larger_crops(figure)
    first, last = figure.layout.images[0], figure.layout.images[-1]
    assert first.sizex == first.sizey == pytest.approx(4)
    assert first.x - first.sizex / 2 == pytest.approx(2.4)  # the near side stays
    assert last.x - first.x == pytest.approx(4 * 2.2)
    (frame,) = frames(figure)
    assert frame.x0 < first.x - first.sizex / 2 < last.x + last.sizex / 2 < frame.x1


def test_rows_that_are_near_keep_apart():
    figure = graph((0, 0, 4, 0), (0, -4, 4, -1.8))
    with_larger_crops(figure)
    one, other = frames(figure)
    assert figure.layout.images[0].sizex > 1
    assert figure.layout.images[0].sizex == figure.layout.images[-1].sizex
    assert not one.meets(other)
    assert [each.line.color for each in figure.layout.shapes if each.name == "frame"] == [
        "rgb(0, 0, 0)",
        "rgb(1, 0, 0)",
    ]


def test_rows_cover_no_points():
    figure = graph((0, 0, 4, 0))
    xs, ys = [7, 7, 7, -3, -3], [-1, 0, 1, 2, 9]
    figure.add_scatter(x=xs, y=ys)
    with_larger_crops(figure)
    (frame,) = frames(figure)
    assert figure.layout.images[0].sizex > 1
    assert not any(frame.x0 < x < frame.x1 and frame.y0 < y < frame.y1 for x, y in zip(xs, ys, strict=True))


def test_a_row_stays_nearest_to_its_own_disc():
    figure = graph((0, 0, 4, 0), (14, -8, 10, -8))
    with_larger_crops(figure)
    one, other = frames(figure)
    assert figure.layout.images[0].sizex > 1
    here, there = Box(-1, -1, 1, 1), Box(13, -9, 15, -7)
    assert one.distance(here) < one.distance(there)
    assert other.distance(there) < other.distance(here)


def test_many_rows_are_placed_in_a_moment_and_keep_apart():
    figure = graph(*((8 * (i % 3), 5 * (i // 3), 8 * (i % 3) + 3.5, 5 * (i // 3)) for i in range(9)))
    with_larger_crops(figure)
    found = frames(figure)
    assert not any(one.meets(other) for one, other in combinations(found, 2))


def test_where_there_is_no_room_nothing_grows_and_all_is_framed():
    figure = graph((0, 0, 2, 0), (4, 0, 2, 0.5))
    with_larger_crops(figure)
    assert {crop.sizex for crop in figure.layout.images} == {1}
    assert len(frames(figure)) == 2


def test_a_graph_without_crops_stays_as_it_is():
    figure = go.Figure()
    with_larger_crops(figure)
    assert not figure.layout.shapes
