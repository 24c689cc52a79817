"""A figure enlarged for a projector: larger letters, and a height that leaves room for text."""

from collections.abc import Callable

import plotly.graph_objects as go

LETTERS = 17
LABELS = 14  # pixels: labels beside points and bars have little room


def enlarged(figure_of: Callable[[], go.Figure], *, height: int) -> go.Figure:
    """The figure that `figure_of` builds, with larger letters and the given height."""
    large, font = figure_of(), {"size": LETTERS}
    large.update_layout(height=height, legend_font=font)
    large.update_xaxes(tickfont=font, title_font=font)
    large.update_yaxes(tickfont=font, title_font=font)
    large.for_each_annotation(lambda each: each.update(font={"size": LABELS}))
    large.update_traces(textfont=font, selector={"type": "bar"})
    return large
