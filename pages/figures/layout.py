"""What the figures of a comparison have in common: inks, axes, empty backgrounds."""

import plotly.graph_objects as go

INK = {False: "#1f2733", True: "#f2f4f7"}
GRID = "rgba(128,128,128,0.25)"
# one hue, light to dark: order is seen without telling colours apart; the strong end stands out from each background
SHADES = {False: ("#eef3f8", "#0a5c9e"), True: ("#252d38", "#79bdf5")}


def mixed(low: str, high: str, share: float) -> tuple[float, float, float]:
    """The colour between two, as Plotly mixes them: red, green, blue in [0, 1]."""
    ends = [[int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)] for colour in (low, high)]
    red, green, blue = (a + share * (b - a) for a, b in zip(*ends, strict=True))
    return red, green, blue


def luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance of sRGB, as WCAG 2 defines it."""
    linear = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """From 1 to 21; WCAG asks for 4.5 of small text."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def ink_on(colour: tuple[float, float, float]) -> str:
    """Black or white, whichever reads better."""
    return max("#000000", "#ffffff", key=lambda ink: contrast(mixed(ink, ink, 0), colour))


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
        font={"size": 13, "color": INK[dark]}, hoverlabel={"align": "left", "font": {"color": INK[dark], "size": 13}},
        paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
    )  # fmt: skip
    return figure
