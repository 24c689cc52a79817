"""From what an ensemble says with no view to what it says with all of them, step by step."""

from collections.abc import Sequence
from itertools import accumulate
from textwrap import wrap

import plotly.graph_objects as go

from concepts.numerics.written import with_sign
from concepts.rendering.colours import AGAINST, FOR, GREY, INK, WHITE, translucent
from pages.figures.labels import escaped, hover, lines
from pages.figures.layout import plain_layout

ROW = 44  # pixels
ROOM = 0.4  # beyond the bars for their figures on a phone, in shares of the extent
WIDTH = 16  # characters of a view's name in a line


def steps_figure(
    names: Sequence[str], values: Sequence[float], *, nothing: float, target: str, dark: bool = False
) -> go.Figure:
    """One bar a view, from where the one before it ended; negative ones are hatched. values: φ, in logits.

    The first line is the score with no view, the last that with all: nothing + Σ values.
    """
    ends = list(accumulate(values, initial=nothing))
    bars = ["no view", *map(_wrapped, names), "all views"]
    lengths, bases = [nothing, *values, ends[-1]], [0.0, *ends[:-1], 0.0]
    against = [False, *(value < 0 for value in values), False]
    figure = go.Figure(
        go.Bar(
            x=lengths, base=bases, y=list(range(len(bars))), orientation="h", customdata=list(map(with_sign, lengths)),
            hovertemplate=hover("%{customdata} logits"), width=0.6,
            marker={
                "color": [GREY, *(AGAINST if value < 0 else FOR for value in values), GREY],
                "pattern": {"shape": ["/" if each else "" for each in against], "fgcolor": translucent(WHITE, 0.8)},
            },
        )
    )  # fmt: skip
    for i, (length, base) in enumerate(zip(lengths, bases, strict=True)):
        figure.add_annotation(
            x=max(base, base + length), y=i, text=with_sign(length), showarrow=False, xanchor="left", xshift=6,
            font={"color": INK[dark], "size": 13},
        )  # fmt: skip
    places = [0.0, *ends]
    extent = max(places) - min(places) or 1.0
    plain_layout(figure, height=ROW * len(bars) + 64, dark=dark)
    figure.update_yaxes(
        tickvals=list(range(len(bars))), ticktext=bars, range=[len(bars) - 0.5, -0.5], ticklabelstandoff=4,
        showgrid=False,
    )  # fmt: skip
    figure.update_xaxes(
        title_text=f"log-odds of “{escaped(target)}”", nticks=6, zeroline=True, zerolinecolor=GREY,
        range=[min(places) - 0.04 * extent, max(places) + ROOM * extent],
    )  # fmt: skip
    figure.update_layout(showlegend=False)
    return figure


def _wrapped(name: str) -> str:
    """A name over at most two lines."""
    first, *rest = wrap(name, WIDTH, max_lines=2, placeholder="…") or [name]
    return lines(*map(escaped, (first, *rest)))
