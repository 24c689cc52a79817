"""An evaluation's ranks as a heat map with the figures in it."""

import numpy as np
import plotly.graph_objects as go

from concepts.evaluation.measure import LOWER
from concepts.evaluation.measures import MEASURES
from concepts.evaluation.ranks import RankTable
from concepts.rendering.colours import INK, SHADES, WARN, ink_on, mixed
from pages.figures.labels import BREAK, bold, escaped, hover, italic, lines
from pages.figures.layout import plain_layout

CHANCE = "†"
ROW = 40  # pixels


def ranks_figure(table: RankTable, *, dark: bool = False) -> go.Figure:
    """One cell per line and measure: the shade shows its rank, the text its figure, the hover text the details.

    A dagger and a dashed frame mark a cell that is no better than chance.
    """
    shade = table.strengths
    rows, columns = np.indices(shade.shape)
    low, high = SHADES[dark]
    figure = go.Figure(
        go.Heatmap(
            z=shade, zmin=0, zmax=1, colorscale=[[0, low], [1, high]], showscale=False, xgap=3, ygap=3,
            customdata=_hover(table), hovertemplate=hover("%{customdata}"), hoverongaps=False,
        )
    )  # fmt: skip
    marks = np.where(table.chance, f" {CHANCE}", "")
    figure.add_scatter(
        x=columns.ravel(), y=rows.ravel(), mode="text", hoverinfo="skip", showlegend=False,
        text=[text + mark for line, flags in zip(table.texts, marks, strict=True)
              for text, mark in zip(line, flags, strict=True)],
        textfont={"size": 14, "color": [ink_on(mixed(low, high, s)) for s in np.nan_to_num(shade).ravel()]},
    )  # fmt: skip
    for r, c in np.argwhere(table.chance):
        figure.add_shape(
            type="rect", x0=c - 0.46, x1=c + 0.46, y0=r - 0.42, y1=r + 0.42,
            line={"color": WARN[dark], "width": 2, "dash": "dash"},
        )  # fmt: skip
    plain_layout(figure, height=ROW * len(table.names) + 76, dark=dark)
    titles = [wrapped(measure) for measure in table.measures]
    n, m = len(table.names), len(table.measures)
    figure.update_xaxes(
        side="top", tickvals=list(range(m)), ticktext=titles, showgrid=False, range=[-0.5, m - 0.5], tickangle=0,
        tickfont={"size": 12, "color": INK[dark]},
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(n)), ticktext=[escaped(name) for name in table.names], showgrid=False,
        range=[n - 0.5, -0.5], ticklabelstandoff=4,
    )  # fmt: skip
    return figure


def wrapped(measure: str) -> str:
    """A measure's name over two lines, with an arrow to its better end."""
    arrow = "↓" if MEASURES[measure].better == LOWER else "↑"
    where = " (" if " (" in measure else " "
    return f"{escaped(measure).replace(where, BREAK + where.strip(), 1)} {arrow}"


def _hover(table: RankTable) -> np.ndarray:
    def text(r: int, c: int) -> str:
        measure, rank = table.measures[c], table.ranks[r, c]
        place = [] if np.isnan(rank) else [f"rank {rank:.0f}, {MEASURES[measure].better} is better"]
        detail = escaped(table.details[r][c]).replace(" (95%", f"{BREAK}(95%").replace(", chance", f"{BREAK}chance")
        return lines(bold(f"{table.names[r]}: {measure}"), detail, *place, italic(MEASURES[measure].meaning))

    return np.array([[text(r, c) for c in range(len(table.measures))] for r in range(len(table.names))], dtype=object)
