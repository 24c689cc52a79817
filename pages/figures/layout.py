"""The layout shared by the figures of a comparison: text colours, axes, transparent backgrounds."""

import plotly.graph_objects as go

from concepts.rendering.colours import CLEAR, GRID, INK


def plain_layout(figure: go.Figure, *, height: int, dark: bool, top: int = 8) -> go.Figure:
    """Transparent background, the page's text colour, thin grid lines; no accidental zoom on a phone."""
    axis = {
        "gridcolor": GRID, "zeroline": False, "fixedrange": True, "linecolor": GRID,
        "title_font": {"color": INK[dark]}, "tickfont": {"color": INK[dark], "size": 13},
    }  # fmt: skip
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    figure.update_layout(
        height=height, margin={"l": 8, "r": 8, "t": top, "b": 8}, dragmode=False, hovermode="closest",
        font={"size": 13, "color": INK[dark]}, hoverlabel={"align": "left", "font": {"color": INK[dark], "size": 13}},
        paper_bgcolor=CLEAR, plot_bgcolor=CLEAR,
    )  # fmt: skip
    return figure
