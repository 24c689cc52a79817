"""A figure for a projector: larger letters, a height that leaves room for words."""

import plotly.graph_objects as go

LETTERS = 18


def enlarged(figure: go.Figure, *, height: int) -> go.Figure:
    """The same figure with letters of 18 pixels at that height; the one given stays as it is."""
    large, font = go.Figure(figure), {"size": LETTERS}
    large.update_layout(height=height, legend_font=font)
    large.update_xaxes(tickfont=font, title_font=font)
    large.update_yaxes(tickfont=font, title_font=font)
    large.for_each_annotation(lambda each: each.update(font=font))
    large.update_traces(textfont=font, selector={"type": "bar"})
    return large
