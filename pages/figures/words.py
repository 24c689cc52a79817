"""Bars of words and their activations."""

from collections.abc import Sequence

import plotly.graph_objects as go

from concepts.rendering.colours import INK, SHADES
from pages.figures.labels import escaped, hover
from pages.figures.layout import plain_layout


def word_bars(words: Sequence[tuple[str, float]], *, dark: bool) -> go.Figure:
    """Bars of words and their activations ≥ 0, the largest at the top."""
    names = [word for word, _ in words]
    figure = go.Figure(
        go.Bar(
            x=[value for _, value in words], y=list(range(len(words))), orientation="h", marker_color=SHADES[dark][1],
            text=[f"{value:.2f}" for _, value in words], textposition="outside", cliponaxis=False,
            textfont={"color": INK[dark]}, customdata=names, hovertemplate=hover("%{customdata}: %{x:.3f}"),
        )
    )  # fmt: skip
    plain_layout(figure, height=max(120, 30 * len(words) + 50), dark=dark)
    figure.update_yaxes(
        tickvals=list(range(len(words))), ticktext=[escaped(name) for name in names], autorange="reversed"
    )
    figure.update_yaxes(showgrid=False, automargin=True)
    largest = max((value for _, value in words), default=1.0)
    figure.update_xaxes(title_text="activation, log(1 + z)", range=[0, 1.15 * largest])  # room for the figures
    return figure
