"""A figure for a projector: letters that are read from the last row, and nothing that needs smaller ones."""

from collections.abc import Callable, Sequence

import plotly.graph_objects as go

from pages.figures.crop_rows import with_larger_crops
from pages.figures.labels import BREAK

LETTERS = 24  # pixels
AIR = 0.06  # of a graph's extent, free at each side


def enlarged(figure_of: Callable[[], go.Figure]) -> go.Figure:
    """The figure that `figure_of` builds, with large letters; it takes the height that the page gives it.

    Labels between the marks are left out, since they would cover them: of bars the columns of figures, of a graph the
    strategies' names, which its legend has as well. Its crops are larger, in frames of the strategies' colours
    (`with_larger_crops`), and what is drawn of it fills the figure.
    """
    large, font = figure_of(), {"size": LETTERS}
    large.layout.annotations = ()
    large.update_layout(height=None, autosize=True, font=font, legend_font=font)
    large.update_xaxes(tickfont=font, title_font=font)
    large.update_yaxes(tickfont=font, title_font=font)
    if any(trace.type == "bar" for trace in large.data):
        large.update_layout(margin_r=24)
        large.for_each_xaxis(lambda axis: axis.update(title_text=(axis.title.text or "").replace(", ", BREAK, 1)))
        large.update_traces(textfont=font, selector={"type": "bar"})
    else:
        _fill(large)
    return large


def _fill(graph: go.Figure) -> None:
    """Enlarges the crops, and sets the axes to what is drawn: points, crops, and the discs of the hubs."""
    with_larger_crops(graph)
    images, boxes = graph.layout.images, [each for each in graph.layout.shapes if each.type in ("circle", "rect")]
    xs = [x for trace in graph.data for x in trace.x] + [each for box in boxes for each in (box.x0, box.x1)]
    ys = [y for trace in graph.data for y in trace.y] + [each for box in boxes for each in (box.y0, box.y1)]
    for crop in images:
        xs += [crop.x - crop.sizex / 2, crop.x + crop.sizex / 2]
        ys += [crop.y - crop.sizey / 2, crop.y + crop.sizey / 2]
    graph.update_xaxes(range=_with_air(xs))
    graph.update_yaxes(range=_with_air(ys))


def _with_air(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    return low - AIR * (high - low), high + AIR * (high - low)
