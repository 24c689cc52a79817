"""Overlap of concepts with a known object: three fields, one point per concept."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from concepts.lexicon.token_statistics.granularity import MOSTLY, Granularity
from concepts.rendering.colours import GREY, INK, MIDDLE, PALETTE, translucent
from concepts.report.names import NUMBERS, Names, concept_number
from concepts.report.rendering.sentences import percent
from pages.figures.labels import BREAK, bold, escaped, hover, lines
from pages.figures.layout import plain_layout
from pages.figures.tradeoffs import label_points

HEIGHT = 440
WHISKER = translucent(MIDDLE, 0.75)
LOOKS = {"part": (PALETTE[0], "circle"), "object": (PALETTE[5], "square"), "scene": (PALETTE[2], "diamond")}
FIELDS = {"scene": (MOSTLY / 2, 0.97), "object": ((1 + MOSTLY) / 2, 0.97), "part": (0.93, 0.03)}


def granularity_figure(found: Sequence[Granularity], *, names: Names = NUMBERS, dark: bool = False) -> go.Figure:
    """x: the share of a concept's places on the object; y: the share of the object that the concept covers.

    Whiskers are 95% intervals. Grey crosses: the same for the objects of other photos. Parts, objects and scenes differ
    by shape and by colour; concepts without photos are left out.
    """
    figure = go.Figure()
    shown = [row for row in found if row.n]
    figure.add_scatter(
        x=[row.inside_control for row in shown], y=[row.covers_control for row in shown], mode="markers",
        name="objects of other photos (control)", marker={"symbol": "x-thin", "size": 9,
        "line": {"width": 2, "color": GREY}}, customdata=[escaped(names.concept(row.concept)) for row in shown],
        hovertemplate=hover(
            "%{customdata}, with the objects of other photos", "%{x:.0%} on the object, %{y:.0%} of it"
        ),
    )  # fmt: skip
    for kind in LOOKS:
        rows = [row for row in shown if row.kind == kind]
        if rows:
            _points(figure, rows, kind, names, dark)
    _numbers(figure, shown, dark)
    line = {"color": INK[dark], "width": 1, "dash": "dot"}
    figure.add_shape(type="line", x0=MOSTLY, x1=MOSTLY, y0=0, y1=1, line=line, layer="below")
    figure.add_shape(type="line", x0=MOSTLY, x1=1, y0=MOSTLY, y1=MOSTLY, line=line, layer="below")
    for kind, (x, y) in FIELDS.items():
        figure.add_annotation(x=x, y=y, text=kind, showarrow=False, yanchor="top", opacity=0.75,
                              font={"size": 15, "color": INK[dark]})  # fmt: skip
    plain_layout(figure, height=HEIGHT, dark=dark)
    figure.update_xaxes(title_text="of its places, on the object", range=[-0.04, 1.02], tickformat=".0%")
    figure.update_yaxes(title_text="of the object, covered", range=[-0.05, 1.02], tickformat=".0%")
    figure.update_layout(legend={"orientation": "h", "y": -0.2, "x": 0, "yanchor": "top",
                                 "font": {"size": 13, "color": INK[dark]}})  # fmt: skip
    return figure


def _points(figure: go.Figure, rows: Sequence[Granularity], kind: str, names: Names, dark: bool) -> None:
    colour, symbol = LOOKS[kind]

    def whiskers(estimates: list) -> dict:
        values = np.array([(float(e), e.low, e.high) for e in estimates])
        return {
            "type": "data", "symmetric": False, "array": values[:, 2] - values[:, 0], "color": WHISKER,
            "arrayminus": values[:, 0] - values[:, 1], "thickness": 1.5, "width": 3,
        }  # fmt: skip

    figure.add_scatter(
        x=[float(row.inside) for row in rows], y=[float(row.covers) for row in rows], mode="markers", name=kind,
        error_x=whiskers([row.inside for row in rows]), error_y=whiskers([row.covers for row in rows]),
        marker={"symbol": symbol, "size": 13, "color": colour, "line": {"width": 1.5, "color": INK[dark]}},
        customdata=[_hover(row, names) for row in rows],
        hovertemplate=hover("%{customdata}"),
    )  # fmt: skip


def _numbers(figure: go.Figure, rows: Sequence[Granularity], dark: bool) -> None:
    """The concepts' numbers, placed so that they do not overlap; points that coincide share a label."""
    xs, ys = (np.array([float(getattr(row, name)) for row in rows]) for name in ("inside", "covers"))
    labels, places = label_points(xs, ys, [str(concept_number(row.concept)) for row in rows])
    figure.add_scatter(
        x=xs, y=ys, mode="markers+text", marker={"size": 16, "opacity": 0},  # invisible: the number is beside it
        text=[label.replace(BREAK, ", ") for label in labels], textposition=places,
        textfont={"size": 14, "color": INK[dark]}, hoverinfo="skip", showlegend=False, cliponaxis=False,
    )  # fmt: skip


def _hover(row: Granularity, names: Names) -> str:
    return lines(
        bold(f"{names.concept(row.concept)}: {row.kind}"),
        f"{percent(float(row.inside))} of its places lie on the object",
        f"it covers {percent(float(row.covers))} of the object",
        f"mostly {row.part}",
    )
