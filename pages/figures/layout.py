"""What the figures of a comparison have in common: inks, axes, empty backgrounds."""

import plotly.graph_objects as go

INK = {False: "#1f2733", True: "#f2f4f7"}
GRID = "rgba(128,128,128,0.25)"
# one hue, light to dark: order is seen without telling colours apart; the strong end stands out from each background
SHADES = {False: ("#eef3f8", "#0a5c9e"), True: ("#252d38", "#79bdf5")}


def shade_ink(shade: float, dark: bool) -> str:
    """The ink that can be read on a shade in [0, 1]."""
    strong = shade > 0.6
    return INK[dark] if not strong else INK[not dark]


def plain_layout(figure: go.Figure, *, height: int, dark: bool, top: int = 8) -> go.Figure:
    """No background of its own, the page's ink, thin grid lines; nothing zooms by accident on a phone."""
    axis = {
        "gridcolor": GRID, "zeroline": False, "fixedrange": True, "linecolor": GRID,
        "title_font": {"color": INK[dark]}, "tickfont": {"color": INK[dark], "size": 13},
    }  # fmt: skip
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis)
    figure.update_layout(
        height=height, margin={"l": 8, "r": 8, "t": top, "b": 8}, dragmode=False, hovermode="closest",
        font={"size": 13, "color": INK[dark]}, hoverlabel={"align": "left"},
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
    )  # fmt: skip
    return figure
