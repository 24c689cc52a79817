"""One measure against another: every point labelled, a third measure as its colour."""

import numpy as np
import plotly.graph_objects as go

from concepts.evaluation.measure import LOWER
from concepts.evaluation.measures import MEASURES
from concepts.evaluation.ranks import RankTable
from concepts.rendering.colours import INK, POINT
from pages.figures.labels import bold, escaped, hover, lines
from pages.figures.layout import plain_layout

HEIGHT, BAR, SIZE = 400, 70, 15  # pixels
MARGINS = np.array([0.22, 0.16])  # beyond the points, in shares of the axes, for the labels
CLOSE = 0.02  # share of an axis: points nearer than this have one label
LINE, CHARACTER = 0.075, 0.028  # a label's height and a character's width, in shares of the points' extent, for a phone
# positions of a label: Plotly's name; offset of its left end from the point, in its own widths; above 1, below −1
PLACES = {
    "top center": (-0.5, 1), "bottom center": (-0.5, -1), "middle right": (0.0, 0), "middle left": (-1.0, 0),
    "top right": (0.0, 1), "top left": (-1.0, 1), "bottom right": (0.0, -1), "bottom left": (-1.0, -1),
}  # fmt: skip


def tradeoff_figure(
    table: RankTable, x: str, y: str, *, colour: str | None = None, log_x: bool = False, dark: bool = False
) -> go.Figure:
    """One point per line of the table. colour: a measure, on a scale that is dark at its low end.

    Points that coincide share a label with all their names. Lines without both figures are left out.
    """
    xs, ys = column(table, x), column(table, y)
    known = np.flatnonzero(np.isfinite(xs) & np.isfinite(ys) & ((xs > 0) | (not log_x)))
    xs, ys, names = xs[known], ys[known], [table.names[i] for i in known]
    labels, places = label_points(np.log10(xs) if log_x else xs, ys, names)
    hues = column(table, colour)[known] if colour else np.full(len(known), np.nan)
    figure = go.Figure(
        go.Scatter(
            x=xs, y=ys, mode="markers+text", text=labels, textposition=places, customdata=_hover(table, known, colour),
            textfont={"color": INK[dark], "size": 13}, hovertemplate=hover("%{customdata}"), cliponaxis=False,
            marker=_marker(hues, colour, dark),
        )
    )  # fmt: skip
    plain_layout(figure, height=HEIGHT + BAR * bool(np.isfinite(hues).any()), dark=dark)
    figure.update_xaxes(title_text=axis_title(x, "←→"), range=_range(np.log10(xs) if log_x else xs, MARGINS[0]))
    figure.update_yaxes(title_text=axis_title(y, "↓↑"), range=_range(ys, MARGINS[1]))
    if log_x:
        figure.update_xaxes(type="log", dtick=1 if len(xs) and xs.max() > 30 * xs.min() else "D2")
    return figure


def column(table: RankTable, measure: str | None) -> np.ndarray:
    """The figures of a measure; all NaN if it was not measured."""
    if measure not in table.measures:
        return np.full(len(table.names), np.nan)
    return table.values[:, table.measures.index(measure)]


def axis_title(measure: str, arrows: str) -> str:
    """The measure and its better end; arrows: to the low end of the axis, to the high end."""
    return (
        f"{measure} ({arrows[0]} lower is better)"
        if MEASURES[measure].better == LOWER
        else (f"{measure} (higher is better {arrows[1]})")
    )


def label_points(xs: np.ndarray, ys: np.ndarray, names: list[str]) -> tuple[list[str], list[str]]:
    """The label and its position for every point; of points that coincide only the first has one, with all names.

    Each label is placed where it overlaps earlier labels and points the least.
    """
    points = np.column_stack([_unit(xs), _unit(ys)])
    labels, places = [""] * len(names), ["top center"] * len(names)
    taken: list[np.ndarray] = []
    done: set[int] = set()
    for i in range(len(names)):
        if i in done:
            continue
        group = [j for j in range(i, len(names)) if j not in done and np.abs(points[i] - points[j]).max() < CLOSE]
        done |= set(group)
        rows = [escaped(names[j]) for j in group]
        labels[i] = lines(*rows)
        boxes = {place: _box(points[i], rows, where) for place, where in PLACES.items()}
        places[i] = min(boxes, key=lambda place: _cost(boxes[place], taken, points))
        taken.append(boxes[places[i]])
    return labels, places


def _box(point: np.ndarray, rows: list[str], where: tuple[float, int]) -> np.ndarray:
    """(2, 2): the low and the high corner of a label."""
    size = np.array([max(map(len, rows)) * CHARACTER, LINE * len(rows)])
    side = np.sign(np.array([where[0] + 0.5, 0])) * 0.015
    below = {1: 0.6 * LINE, 0: -size[1] / 2, -1: -size[1] - 0.6 * LINE}[where[1]]
    low = point + side + np.array([where[0] * size[0], below])
    return np.stack([low, low + size])


def _cost(box: np.ndarray, taken: list[np.ndarray], points: np.ndarray) -> float:
    overlaps = [np.clip(np.minimum(box[1], o[1]) - np.maximum(box[0], o[0]), 0, None).prod() for o in taken]
    inside = ((points > box[0] - 0.01) & (points < box[1] + 0.01)).all(axis=1).sum()
    beyond = np.clip(-MARGINS - box[0], 0, None).sum() + np.clip(box[1] - 1 - MARGINS, 0, None).sum()
    return 100 * sum(overlaps) + 0.3 * float(inside) + 3 * float(beyond)


def _unit(values: np.ndarray) -> np.ndarray:
    return (values - values.min(initial=np.inf)) / max(float(np.ptp(values)) if len(values) else 0.0, 1e-12)


def _range(values: np.ndarray, margin: float) -> list[float] | None:
    if not len(values):
        return None
    span = max(float(np.ptp(values)), 0.05 * float(np.abs(values).max()), 1e-9)
    return [float(values.min() - margin * span), float(values.max() + margin * span)]


def _marker(hues: np.ndarray, colour: str | None, dark: bool) -> dict:
    line = {"width": 1.5, "color": INK[dark]}
    if not np.isfinite(hues).any():
        return {"size": SIZE, "color": POINT, "line": line}
    better = MEASURES[colour].better if colour else ""
    bar = {
        "title": {"text": f"{colour}, {better} is better", "side": "top"}, "thickness": 12,
        "orientation": "h", "x": 0, "xanchor": "left", "y": -0.28, "yanchor": "top", "lenmode": "pixels", "len": 260,
        "outlinewidth": 0, "tickfont": {"color": INK[dark]}, "nticks": 5,
    }  # fmt: skip
    return {"size": SIZE, "color": hues, "colorscale": "Cividis", "colorbar": bar, "line": line}


def _hover(table: RankTable, rows: np.ndarray, colour: str | None) -> list[str]:
    shown = [c for c, measure in enumerate(table.measures) if measure != "seconds" or colour is None]
    return [
        lines(bold(table.names[r]), *(f"{escaped(table.measures[c])}: {table.texts[r][c]}" for c in shown))
        for r in rows
    ]
