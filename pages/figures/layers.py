"""How far each layer of a language model is from the model's answer."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from concepts.rendering.colours import GREY, INK, PALETTE
from pages.figures.labels import bold, escaped, hover
from pages.figures.layout import plain_layout


def layers_figure(
    layers: Sequence[str], kl: np.ndarray, control: np.ndarray, uniform: float, *, n_tokens: int, dark: bool
) -> go.Figure:
    """The divergence from the answer in nats a token, (l,), beside permuted words (l,) and equal probabilities."""
    figure = go.Figure()
    lines = (("the layer", kl, PALETTE[0], "solid", "circle"), ("its words permuted", control, INK[dark], "dot", "x"))
    for name, values, colour, dash, symbol in lines:
        figure.add_scatter(
            x=list(range(len(layers))), y=values.tolist(), mode="lines+markers", name=name,
            line={"color": colour, "width": 2.5, "dash": dash}, marker={"symbol": symbol, "size": 7},
            customdata=[[escaped(layer), value * n_tokens] for layer, value in zip(layers, values, strict=True)],
            hovertemplate=hover(
                bold(name), "%{customdata[0]}: %{y:.2f} nats a token", "%{customdata[1]:.1f} nats in all"
            ),
        )  # fmt: skip
    figure.add_scatter(
        x=[0, len(layers) - 1], y=[uniform, uniform], mode="lines", name="all words alike",
        line={"color": GREY, "width": 1.5, "dash": "dash"}, hovertemplate=hover(bold("all words alike"), "%{y:.2f}"),
    )  # fmt: skip
    plain_layout(figure, height=340, dark=dark)
    figure.update_xaxes(tickvals=list(range(len(layers))), ticktext=[escaped(layer) for layer in layers])
    figure.update_yaxes(title_text="nats a token from the answer", rangemode="tozero")
    figure.update_layout(legend={"orientation": "h", "y": -0.28, "x": 0, "font": {"color": INK[dark]}})
    return figure
