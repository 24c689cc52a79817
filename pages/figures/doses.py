"""What a model answers before and after an intervention, and along a dose."""

from collections.abc import Sequence
from html import escape

import numpy as np
import plotly.graph_objects as go

from concepts.report.drawing import PALETTE
from concepts.report.words import percent
from pages.figures.curves import DASHES
from pages.figures.layout import INK, plain_layout

BEFORE, AFTER = "#8c8c8c", "#0072B2"


def answers_figure(
    names: Sequence[str], before: np.ndarray, after: np.ndarray, *, then: str = "with your doses", dark: bool = False
) -> go.Figure:
    """Two bars a class, probabilities before and after, (c,) in [0, 1], in the order given. then: what came between."""
    figure = go.Figure()
    labels = [escape(name) for name in names]
    for name, values, colour, pattern in (("as it is", before, BEFORE, "/"), (then, after, AFTER, "")):
        figure.add_bar(
            x=values, y=labels, orientation="h", name=name, marker={"color": colour, "pattern": {"shape": pattern}},
            text=[percent(float(value)) for value in values], textposition="outside", cliponaxis=False,
            hovertemplate="%{y}: %{x:.1%}<extra>" + name + "</extra>",
        )  # fmt: skip
    plain_layout(figure, height=60 + 46 * len(names), dark=dark)
    figure.update_xaxes(range=[0, 1.12], tickformat=".0%", title_text="probability")
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_layout(
        bargap=0.25, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "font": {"color": INK[dark]}}
    )
    return figure


def dose_figure(doses: np.ndarray, curves: dict[str, np.ndarray], dose: float, *, dark: bool = False) -> go.Figure:
    """Probability of each class (m,) along the doses (m,) of one concept; the line stands at the dose that is set."""
    figure = go.Figure()
    for i, (name, values) in enumerate(curves.items()):
        line = {"color": PALETTE[i % len(PALETTE)], "width": 2.5, "dash": DASHES[i % len(DASHES)]}
        figure.add_scatter(
            x=doses, y=values, mode="lines", name=escape(name), line=line,
            hovertemplate="dose %{x:.2f}: %{y:.1%}<extra>" + escape(name) + "</extra>",
        )  # fmt: skip
    figure.add_vline(x=dose, line={"color": INK[dark], "width": 1.5, "dash": "dot"})
    plain_layout(figure, height=320, dark=dark)
    figure.update_xaxes(title_text="dose: 0 takes it out, 1 as it is, 2 doubles it", range=[0, 2])
    figure.update_yaxes(title_text="probability", tickformat=".0%", range=[-0.02, 1.05])
    figure.update_layout(legend={"orientation": "h", "y": -0.28, "x": 0, "font": {"color": INK[dark]}})
    return figure
