"""The similarity of every concept of one dictionary with every concept of another."""

import numpy as np
import plotly.graph_objects as go

from concepts.evaluation.side_by_side import SideBySide
from concepts.rendering.colours import ENDS, INK, ink_on, mixed
from concepts.report.names import NUMBERS, Names, concept_number
from pages.figures.labels import escaped, hover
from pages.figures.layout import plain_layout

MANY = 16  # number of concepts from which cells are too small for their figures


def similarity_figure(
    found: SideBySide, *, first: str, second: str, names: tuple[Names, Names] = (NUMBERS, NUMBERS),
    chosen: tuple[int, int] | None = None, dark: bool = False,
) -> go.Figure:  # fmt: skip
    """A heat map of (k, l) similarities; columns follow the order of their partners, so that pairs lie on a diagonal.

    A square frame marks each pair, a thick one the chosen pair.
    """
    rows = [*found.matching.first.tolist(), *found.left_over[0]]
    columns = [*found.matching.second.tolist(), *found.left_over[1]]
    similarity = found.matching.similarity[np.ix_(rows, columns)]
    figure = go.Figure(
        go.Heatmap(
            z=similarity, zmin=-1, zmax=1, colorscale=list(zip((0, 0.5, 1), ENDS[dark], strict=True)), xgap=2, ygap=2,
            colorbar={"title": {"text": found.measure, "side": "top"}, "thickness": 12, "outlinewidth": 0,
                      "tickfont": {"color": INK[dark]}, "nticks": 5},
            customdata=[[[escaped(names[0].concept(r)), escaped(names[1].concept(c))] for c in columns] for r in rows],
            hovertemplate=hover(
                f"%{{customdata[0]}} of {escaped(first)}", f"%{{customdata[1]}} of {escaped(second)}",
                f"{found.measure} %{{z:.2f}}",
            ),
        )
    )  # fmt: skip
    if max(similarity.shape) < MANY:
        place_r, place_c = np.indices(similarity.shape)
        figure.add_scatter(
            x=place_c.ravel(), y=place_r.ravel(), mode="text", hoverinfo="skip", showlegend=False,
            text=[f"{value:.2f}".replace("-0.00", "0.00").replace("0.", ".", 1) for value in similarity.ravel()],
            textfont={"size": 12, "color": [ink_on(_colour(float(v), dark)) for v in similarity.ravel()]},
        )  # fmt: skip
    for place, pair in enumerate(found.matching.pairs):
        figure.add_shape(
            type="rect", x0=place - 0.47, x1=place + 0.47, y0=place - 0.47, y1=place + 0.47,
            line={"color": INK[dark], "width": 4 if pair == chosen else 1.5},
        )  # fmt: skip
    plain_layout(figure, height=int(np.clip(34 * len(rows) + 100, 320, 760)), dark=dark)
    figure.update_xaxes(
        title_text="concepts of the second", tickvals=list(range(len(columns))),
        ticktext=[str(concept_number(j)) for j in columns],
        showgrid=False, range=[-0.5, len(columns) - 0.5], side="bottom",
    )  # fmt: skip
    figure.update_yaxes(
        title_text="concepts of the first", tickvals=list(range(len(rows))),
        ticktext=[str(concept_number(j)) for j in rows],
        showgrid=False, range=[len(rows) - 0.5, -0.5],
    )  # fmt: skip
    return figure


def _colour(value: float, dark: bool) -> tuple[float, float, float]:
    """The colour of a cell for a similarity in [-1, 1]."""
    against, none, alike = ENDS[dark]
    return mixed(none, alike if value >= 0 else against, abs(value))
