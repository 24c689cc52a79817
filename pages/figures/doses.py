"""The model's probabilities as a function of a concept's dose."""

import numpy as np
import plotly.graph_objects as go

from concepts.rendering.colours import INK, PALETTE
from pages.figures.curves import DASHES
from pages.figures.labels import escaped, hover
from pages.figures.layout import plain_layout


def dose_figure(doses: np.ndarray, curves: dict[str, np.ndarray], dose: float, *, dark: bool = False) -> go.Figure:
    """Probability of each class (m,) over the doses (m,) of one concept; a line marks the current dose."""
    figure = go.Figure()
    for i, (name, values) in enumerate(curves.items()):
        line = {"color": PALETTE[i % len(PALETTE)], "width": 2.5, "dash": DASHES[i % len(DASHES)]}
        figure.add_scatter(
            x=doses, y=values, mode="lines", name=escaped(name), line=line,
            hovertemplate=hover("dose %{x:.2f}: %{y:.1%}", box=name),
        )  # fmt: skip
    figure.add_vline(x=dose, line={"color": INK[dark], "width": 1.5, "dash": "dot"})
    plain_layout(figure, height=320, dark=dark)
    figure.update_xaxes(title_text="dose: 0 out, 1 as it is, 2 doubled", range=[0, 2])
    figure.update_yaxes(title_text="probability", tickformat=".0%", range=[-0.02, 1.05])
    figure.update_layout(legend={"orientation": "h", "y": -0.28, "x": 0, "font": {"color": INK[dark]}})
    return figure
