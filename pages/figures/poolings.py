"""Ways to pool a text's tokens beside each other: a figure with its interval each."""

from collections.abc import Sequence

import plotly.graph_objects as go

from concepts.evaluation.pooling.compared import PoolingRow
from concepts.evaluation.pooling.sentences import difference_of, is_reference, three_decimals
from concepts.rendering.colours import GREY, INK, PALETTE
from pages.figures.labels import bold, escaped, hover, lines
from pages.figures.layout import plain_layout

ROW, APART = 46, 0.16  # pixels of a line; of two attentions in it, in lines
SYMBOLS = ("circle", "diamond", "square")


def pooling_figure(rows: Sequence[PoolingRow], measure: str, *, dark: bool = False) -> go.Figure:
    """One line a pooling, one mark an attention, with 95% intervals. rows: of that measure, not empty.

    The dotted line is the reference's figure; a bag of words, where it is there, is grey and has no attention.
    """
    names = list(dict.fromkeys(row.pooling for row in rows))
    attentions = list(dict.fromkeys(row.attention for row in rows if row.attention))
    figure = go.Figure()
    for i, attention in enumerate([*attentions, ""]):
        chosen = [row for row in rows if row.attention == attention]
        if chosen:
            place = (i - (len(attentions) - 1) / 2) * 2 * APART if attention else 0.0
            colour = PALETTE[i % len(PALETTE)] if attention else GREY
            _marks(figure, chosen, [names.index(row.pooling) + place for row in chosen], colour, SYMBOLS[i % 3], dark)
    if reference := next((row for row in rows if is_reference(row, rows)), None):
        figure.add_vline(x=reference.value, line={"color": INK[dark], "width": 1, "dash": "dot"})
    plain_layout(figure, height=ROW * len(names) + 96, dark=dark)
    figure.update_yaxes(
        tickvals=list(range(len(names))), ticktext=[escaped(name) for name in names], range=[len(names) - 0.5, -0.5],
        ticklabelstandoff=4,
    )  # fmt: skip
    figure.update_xaxes(title_text=f"{escaped(measure)}, 95% interval", nticks=6)
    figure.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 13}})
    return figure


def _marks(
    figure: go.Figure, rows: Sequence[PoolingRow], places: list[float], colour: str, symbol: str, dark: bool
) -> None:
    said = [
        lines(
            bold(row.pooling), f"{three_decimals(row.value)} ({three_decimals(row.low)} to {three_decimals(row.high)})",
            f"to the mean: {difference_of(row)}",
        )
        for row in rows
    ]  # fmt: skip
    figure.add_scatter(
        x=[row.value for row in rows], y=places, mode="markers", name=escaped(rows[0].attention or rows[0].pooling),
        marker={"color": colour, "symbol": symbol, "size": 11}, customdata=said, hovertemplate=hover("%{customdata}"),
        error_x={
            "type": "data", "symmetric": False, "color": INK[dark], "thickness": 1.5, "width": 4,
            "array": [row.high - row.value for row in rows], "arrayminus": [row.value - row.low for row in rows],
        },
    )  # fmt: skip
