"""A map of many photos: tiles as bright as photos lie in them, and points where few are seen."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from concepts.rendering.colours import CLEAR, GREY, INK, SHADES, WARN, WHITE, translucent
from concepts.report.rendering.graph_geometry import colour_of, symbol_of
from pages.figures.labels import escaped, hover

HEIGHT, TOP = 600, 32  # pixels, and of them above the plane, for its buttons
POINT, RING = 9, 20  # pixels
FAINT = 0.5  # opacity of tiles with photos that are not chosen
Sides = tuple[float, float, float, float]  # left, bottom, right, top


def density_figure(
    every: np.ndarray, chosen: np.ndarray | None, sides: Sides, *, points: go.Scatter, few: bool = False,
    flagged: np.ndarray | None = None, region: Sequence[tuple[float, float]] = (), whole: bool = True,
    noun: str = "photo", dark: bool = False,
) -> go.Figure:  # fmt: skip
    """Tiles of what is seen: chosen points in shades by the logarithm of their number, under them all others in grey.

    every, chosen: (rows, columns) points in each tile, the lowest row first; chosen None: all. points: examples over
    the shades; where few are seen, all of them, in place of the shades. flagged: (m, 2) places with a ring. region:
    corners of what is chosen. whole: False where a part of the map is seen, whose zoom the browser keeps. noun: what a
    point is.
    """
    figure = go.Figure(_selectable())
    if chosen is not None or few:
        figure.add_trace(_tiles(every, sides, [translucent(GREY, 0.15), translucent(GREY, 0.6)], noun, shown=False))
    if not few:
        figure.add_trace(_tiles(every if chosen is None else chosen, sides, list(SHADES[dark]), noun, ink=INK[dark]))
    figure.add_trace(points)
    if region:
        figure.add_trace(_region(region, dark))
    if flagged is not None and len(flagged):
        figure.add_trace(_rings(flagged, dark))
    _lay_out(figure, sides, whole, dark)
    return figure


def photo_points(places: np.ndarray, owner: Sequence[int], names: Sequence[str]) -> go.Scatter:
    """A point for each photo, coloured by class; customdata[0] is its place in the lists, for crops over the points.

    places: (m, 2). owner: the class of each. names: what is said of each.
    """
    return go.Scatter(
        x=places[:, 0], y=places[:, 1], mode="markers", showlegend=False,
        customdata=np.arange(len(names)).astype(object)[:, None],
        text=[escaped(name) for name in names], hovertemplate=hover("%{text}"),
        marker={
            "size": POINT, "color": list(map(colour_of, owner)), "symbol": list(map(symbol_of, owner)),
            "line": {"width": 0.5, "color": translucent(WHITE, 0.7)},
        },
        unselected={"marker": {"opacity": 0.9}},
    )  # fmt: skip


def _tiles(
    counts: np.ndarray, sides: Sides, colours: list[str], noun: str, *, shown: bool = True, ink: str = ""
) -> go.Heatmap:
    rows, columns = counts.shape
    left, bottom, right, top = sides
    wide, high = (right - left) / columns, (top - bottom) / rows
    shades = np.where(counts > 0, np.log10(np.maximum(counts, 1)), np.nan)
    most = float(np.log10(np.maximum(counts.max(), 10)))
    ticks = [power for power in range(10) if power <= most]
    bar: Mapping[str, object] = {
        "title": {"text": f"{noun}s in a tile", "side": "right"}, "thickness": 12, "outlinewidth": 0,
        "tickvals": ticks, "ticktext": [f"{10**power:,}" for power in ticks], "tickfont": {"color": ink},
    }  # fmt: skip
    return go.Heatmap(
        z=shades.astype("float32"), customdata=counts.astype("int32"),
        x0=left + wide / 2, dx=wide, y0=bottom + high / 2, dy=high,
        zmin=0, zmax=most, colorscale=colours, showscale=shown, colorbar=bar if shown else None, hoverongaps=False,
        hovertemplate=hover(f"%{{customdata:,}} {noun}s") if shown else None, hoverinfo=None if shown else "skip",
    )  # fmt: skip


def _selectable() -> go.Scatter:
    """A trace without points: Plotly offers box and lasso only where there is one that could have some."""
    return go.Scatter(x=[None], y=[None], mode="markers", hoverinfo="skip", showlegend=False)


def _region(corners: Sequence[tuple[float, float]], dark: bool) -> go.Scatter:
    x, y = zip(*corners, corners[0], strict=True)
    return go.Scatter(
        x=x, y=y, mode="lines", name="region", hoverinfo="skip", line={"width": 2, "dash": "dot", "color": INK[dark]}
    )


def _rings(places: np.ndarray, dark: bool) -> go.Scatter:
    return go.Scatter(
        x=places[:, 0], y=places[:, 1], mode="markers", name="flagged", hoverinfo="skip",
        marker={"symbol": "circle-open", "size": RING, "color": WARN[dark], "line": {"width": 3}},
        unselected={"marker": {"opacity": 1}},
    )  # fmt: skip


def _lay_out(figure: go.Figure, sides: Sides, whole: bool, dark: bool) -> None:
    hidden = {"visible": False, "zeroline": False, "showgrid": False}
    left, bottom, right, top = sides
    figure.update_xaxes(**hidden, range=[left, right])
    figure.update_yaxes(**hidden, range=[bottom, top])
    figure.update_layout(
        height=HEIGHT, margin={"l": 0, "r": 0, "t": TOP, "b": 0}, hovermode="closest", dragmode="lasso",
        showlegend=False, uirevision="whole" if whole else "part", paper_bgcolor=CLEAR, plot_bgcolor=CLEAR,
        modebar={"bgcolor": CLEAR, "color": GREY, "activecolor": INK[dark]},
        font={"color": INK[dark], "size": 13},
    )  # fmt: skip
