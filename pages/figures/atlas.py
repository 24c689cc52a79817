"""The plane of the atlas as a Plotly figure: a point for each concept; a script lays crops over it."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from concepts.atlas.box import WIDTH
from concepts.rendering.colours import CLEAR, GREY, INK, WARN, WHITE, translucent
from concepts.report.rendering.graph_geometry import colour_of, symbol_of
from pages.figures.labels import escaped, hover

MANY = 400  # more points than this are drawn by WebGL
LEGEND = 12  # classes, at most, in a legend: with more, colours and shapes repeat
HEIGHT = 600  # pixels
POINT, RING = 9, 20  # pixels
EDGE = 12  # around the box, in its units: half of the smallest crop
TOP = 32  # pixels above the plane, for its buttons
FAINT = 0.12  # opacity of points that do not stand out
REACH = 40  # pixels from a point within which it is pointed at: crops are larger than points
Kind = type[go.Scatter] | type[go.Scattergl]


def atlas_figure(
    points: np.ndarray, height: float, owner: np.ndarray, labels: Sequence[str], lines: Sequence[tuple[int, int]],
    named: Sequence[int], *, seen: Sequence[int] | None = None, dark: bool = False, webgl: bool = True,
) -> go.Figure:  # fmt: skip
    """A point for each concept, coloured by class, with a legend where there are few; customdata[0] is its row.

    points: (n, 2) in the box, y downwards. height: of the box. owner: (n,) class of each. labels: of the classes.
    lines: pairs of rows joined by a line. named: rows with a ring. seen: rows that stand out; None: all.
    """
    kind = go.Scattergl if webgl and len(points) > MANY else go.Scatter
    figure = go.Figure([_line_trace(points, lines, dark)] if len(lines) else [])
    groups = [owner == place for place in range(len(labels))] if len(labels) <= LEGEND else [owner >= 0]
    figure.add_traces([_points(kind, points, np.flatnonzero(group), owner, labels, seen) for group in groups])
    if len(named):
        figure.add_trace(_ring_trace(points[list(named)], dark))
    _lay_out(figure, height, len(labels), dark)
    return figure


def _line_trace(points: np.ndarray, lines: Sequence[tuple[int, int]], dark: bool) -> go.Scatter:
    gaps = np.full((len(lines), 1, 2), np.nan)
    ends = np.concatenate([points[np.array(lines)], gaps], axis=1).reshape(-1, 2)
    return go.Scatter(
        x=ends[:, 0], y=ends[:, 1], mode="lines", name="alike in two reports", hoverinfo="skip", connectgaps=False,
        line={"width": 2, "color": translucent(INK[dark], 0.45)},
    )  # fmt: skip


def _points(
    kind: Kind, points: np.ndarray, rows: np.ndarray, owner: np.ndarray, labels: Sequence[str],
    seen: Sequence[int] | None,
) -> go.Scatter | go.Scattergl:  # fmt: skip
    """The concepts of one class, or of all where there are many: a trace for each would slow every zoom down."""
    classes, standing_out = owner[rows].tolist(), None
    if seen is not None:
        standing_out = np.flatnonzero(np.isin(rows, list(seen))).tolist()
    said = [escaped(labels[place]) for place in classes]
    return kind(
        x=points[rows, 0], y=points[rows, 1], mode="markers", name=said[0] if len(set(classes)) == 1 else "concepts",
        customdata=rows.astype(object)[:, None],  # packed numbers would return from a click as a mapping
        text=said, hovertemplate=hover("%{text}"),
        marker={
            "size": POINT, "color": list(map(colour_of, classes)), "symbol": list(map(symbol_of, classes)),
            "opacity": 0.9, "line": {"width": 0.5, "color": translucent(WHITE, 0.7)},
        },
        selectedpoints=standing_out, unselected={"marker": {"opacity": FAINT if seen is not None else 0.9}},
        selected={"marker": {"opacity": 1}},
    )  # fmt: skip


def _ring_trace(points: np.ndarray, dark: bool) -> go.Scatter:
    return go.Scatter(
        x=points[:, 0], y=points[:, 1], mode="markers", name="▲ named by a verdict", hoverinfo="skip",
        marker={"symbol": "circle-open", "size": RING, "color": WARN[dark], "line": {"width": 3}},
        unselected={"marker": {"opacity": 1}},
    )  # fmt: skip


def _lay_out(figure: go.Figure, height: float, n_classes: int, dark: bool) -> None:
    hidden = {"visible": False, "zeroline": False, "showgrid": False}
    figure.update_xaxes(**hidden, range=[-EDGE, WIDTH + EDGE])
    figure.update_yaxes(**hidden, range=[height + EDGE, -EDGE])
    figure.update_layout(
        height=HEIGHT, margin={"l": 0, "r": 0, "t": TOP, "b": 0}, hovermode="closest", hoverdistance=REACH,
        dragmode="lasso", showlegend=n_classes <= LEGEND, uirevision="atlas",
        legend={
            "orientation": "h", "y": -0.02, "x": 0, "itemsizing": "constant", "itemclick": False,
            "itemdoubleclick": False, "font": {"size": 13, "color": INK[dark]},
        },
        paper_bgcolor=CLEAR, plot_bgcolor=CLEAR,
        modebar={"bgcolor": CLEAR, "color": GREY, "activecolor": INK[dark]},
    )  # fmt: skip
