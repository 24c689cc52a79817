"""Deletion and insertion curves with their 95% bands, beside concepts in random order."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from concepts.evaluation.arrays import Curve
from concepts.rendering.colours import INK, PALETTE, translucent
from pages.figures.labels import bold, escaped, hover
from pages.figures.layout import plain_layout

DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
HEIGHT = 420


def curves_figure(curves: Mapping[str, Curve], *, kind: str, dark: bool = False) -> go.Figure:
    """The score in logits while concepts are deleted or inserted, the most important first.

    curves: by importance. The legend toggles an importance and its band; curves differ by colour and by dash.
    """
    figure = go.Figure()
    for i, (name, curve) in enumerate(curves.items()):
        colour, steps = PALETTE[i % len(PALETTE)], np.arange(len(curve.mean))
        figure.add_scatter(
            x=np.concatenate([steps, steps[::-1]]), y=np.concatenate([curve.high, curve.low[::-1]]), fill="toself",
            fillcolor=translucent(colour, 0.14), line={"width": 0}, mode="lines", hoverinfo="skip", legendgroup=name,
            showlegend=False, name=f"{name}, 95% band",
        )  # fmt: skip
        figure.add_scatter(
            x=steps, y=curve.mean, mode="lines", name=escaped(name), legendgroup=name,
            line={"color": colour, "width": 2.5, "dash": DASHES[i % len(DASHES)]},
            customdata=np.column_stack([curve.low, curve.high]),
            hovertemplate=hover(
                bold(name), f"%{{x}} concepts {_done(kind)}: %{{y:.2f}} logits",
                "95% interval %{customdata[0]:.2f} to %{customdata[1]:.2f}",
            ),
        )  # fmt: skip
    control = next((curve.control for curve in curves.values() if np.isfinite(curve.control).all()), None)
    if control is not None:
        figure.add_scatter(
            x=np.arange(len(control)), y=control, mode="lines+markers", name="random order (control)",
            line={"color": INK[dark], "width": 1.5, "dash": "dot"}, marker={"symbol": "x", "size": 6},
            hovertemplate=hover(bold("random order"), f"%{{x}} concepts {_done(kind)}: %{{y:.2f}} logits"),
        )  # fmt: skip
    plain_layout(figure, height=HEIGHT, dark=dark)
    figure.update_xaxes(title_text=f"number of concepts {_done(kind)}", rangemode="tozero")
    figure.update_yaxes(title_text="score in logits")
    figure.update_layout(legend={"orientation": "h", "y": -0.24, "x": 0, "font": {"size": 13, "color": INK[dark]}})
    return figure


def _done(kind: str) -> str:
    return "removed" if kind == "deletion" else "put back"
