"""Co-occurrence of concepts: a ring of crops with a line for every pair that differs from chance."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from concepts.lexicon.token_statistics.cooccurrence import Association
from concepts.rendering.colours import APART, CLEAR, EMPTY, INK, TOGETHER
from concepts.rendering.pictures import data_uri
from concepts.report.names import NUMBERS, Names, concept_number
from pages.figures.labels import bold, escaped, hover, lines
from pages.figures.layout import plain_layout

HEIGHT, WIDEST = 520, 9.0  # pixels
REACH = 1.42  # of the axes, for the numbers beside the crops
FAINT = 0.22  # opacity of lines that do not touch the chosen concept


def cooccurrence_figure(
    found: Association,
    crops: Sequence[bytes | None],
    *,
    names: Names = NUMBERS,
    chosen: int | None = None,
    dark: bool = False,
) -> go.Figure:
    """One node per concept with its crop; solid lines: more often together than by chance, dashed: less often.

    The line width grows with the distance from chance. Lines of the chosen concept stand out, and a ring marks it.
    """
    k, figure = len(found.pmi), go.Figure()
    places = ring(k)
    for kind, dash, name in ((1, "solid", "more often together"), (-1, "dash", "less often together")):
        _lines(figure, found, places, kind=kind, dash=dash, name=name, names=names, chosen=chosen, dark=dark)
    size = min(0.42, 1.6 * np.sin(np.pi / max(k, 2)))  # neighbours do not touch
    _nodes(figure, places, size, names, chosen, [crop is None for crop in crops], dark)
    for place, crop in zip(places, crops, strict=True):
        if crop is not None:
            figure.add_layout_image(
                source=data_uri(crop), x=place[0], y=place[1], sizex=size, sizey=size, xref="x", yref="y",
                xanchor="center", yanchor="middle", layer="above",
            )  # fmt: skip
    plain_layout(figure, height=HEIGHT, dark=dark)
    figure.update_xaxes(visible=False, range=[-REACH, REACH], constrain="domain")
    figure.update_yaxes(visible=False, range=[-REACH, REACH], scaleanchor="x", constrain="domain")
    figure.update_layout(legend={"orientation": "h", "y": -0.02, "x": 0.5, "xanchor": "center", "yanchor": "top",
                                 "font": {"size": 13, "color": INK[dark]}})  # fmt: skip
    return figure


def ring(k: int) -> np.ndarray:
    """(k, 2): points on a circle of radius 1, the first at the top, clockwise."""
    angles = 2 * np.pi * np.arange(k) / max(k, 1)
    return np.column_stack([np.sin(angles), np.cos(angles)])


def _lines(
    figure: go.Figure, found: Association, places: np.ndarray, *, kind: int, dash: str, name: str,
    names: Names, chosen: int | None, dark: bool,
) -> None:  # fmt: skip
    pairs = [(a, b) for a, b in found.pairs if kind * found.pmi[a, b] > 0]
    largest = float(np.abs(found.pmi[found.beyond]).max(initial=1e-9))
    colour = (TOGETHER if kind > 0 else APART)[dark]
    figure.add_scatter(  # the legend shows full strength for any choice
        x=[None], y=[None], mode="lines", legendgroup=name, name=name, line={"color": colour, "dash": dash, "width": 4}
    )
    for a, b in pairs:
        figure.add_scatter(
            x=places[[a, b], 0], y=places[[a, b], 1], mode="lines", hoverinfo="skip", legendgroup=name, name=name,
            showlegend=False, opacity=1.0 if chosen in (None, a, b) else FAINT,
            line={"color": colour, "dash": dash, "width": max(1.5, WIDEST * abs(float(found.pmi[a, b])) / largest)},
        )  # fmt: skip
    if pairs:
        middle = np.array([(places[a] * 0.55 + places[b] * 0.45) for a, b in pairs])
        figure.add_scatter(
            x=middle[:, 0], y=middle[:, 1], mode="markers", showlegend=False, legendgroup=name,
            marker={"size": 16, "opacity": 0}, customdata=[pair_text(found, a, b, names) for a, b in pairs],
            hovertemplate=hover("%{customdata}"),
        )  # fmt: skip


def pair_text(found: Association, a: int, b: int, names: Names = NUMBERS) -> str:
    """The text of a pair: names, ratio to chance and its interval, one per line."""
    times = found.times(a, b)
    return lines(
        bold(f"{names.concept(a)} and {names.concept(b)}"),
        f"{times:.1f} times as often together as by chance",
        f"(95% interval {times.low:.1f} to {times.high:.1f})",
    )


def _nodes(
    figure: go.Figure, places: np.ndarray, size: float, names: Names, chosen: int | None, empty: Sequence[bool],
    dark: bool,
) -> None:  # fmt: skip
    for j, (x, y) in enumerate(places):
        half = size / 2 + 0.012
        width = 5 if j == chosen else 1
        figure.add_shape(
            type="rect", x0=x - half, x1=x + half, y0=y - half, y1=y + half, layer="above",
            line={"color": INK[dark], "width": width}, fillcolor=EMPTY if empty[j] else CLEAR,
        )  # fmt: skip
    beside = places * (1 + (size / 2 + 0.1) / np.abs(places).max(axis=1, keepdims=True))  # outside of the square
    figure.add_scatter(
        x=beside[:, 0], y=beside[:, 1], mode="text", text=[str(concept_number(j)) for j in range(len(places))],
        showlegend=False, textfont={"size": 15, "color": INK[dark]},
        hovertext=[escaped(names.concept(j)) for j in range(len(places))], hovertemplate=hover("%{hovertext}"),
        cliponaxis=False,
    )  # fmt: skip
