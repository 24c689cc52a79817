"""Rank and frequency in log-log: tokens, their shuffled control, the fitted line, and words of a text."""

import numpy as np
import plotly.graph_objects as go

from concepts.lexicon.token_statistics.description import RankFrequency
from concepts.rendering.colours import GREY, INK, PALETTE, translucent
from pages.figures.labels import bold, escaped, hover
from pages.figures.layout import plain_layout

HEIGHT = 420
MOST = 250  # points of a curve: ranks are thinned out evenly on a logarithmic scale
BAND, EDGE = translucent(GREY, 0.35), translucent(GREY, 0.9)


def zipf_figure(ranks: RankFrequency, text: RankFrequency | None = None, *, dark: bool = False) -> go.Figure:
    """The share of each word by its rank. Curves differ by colour, by dash and by marker; the legend switches them."""
    figure = go.Figure()
    shown = thinned(len(ranks.frequencies))
    _band(figure, ranks, shown)
    if ranks.fit is not None:
        line = np.array([1, ranks.fit.ranks])
        figure.add_scatter(
            x=line, y=ranks.share_of(ranks.fit.line(line)), mode="lines", hoverinfo="skip",
            name="fitted line", line={"color": INK[dark], "width": 1.5, "dash": "dash"},
        )  # fmt: skip
    if text is not None:
        _curve(figure, text, f"text{_power(text)}", colour=PALETTE[1], symbol="diamond", dash="dot")
    _curve(figure, ranks, f"concepts{_power(ranks)}", colour=PALETTE[4 if dark else 0], symbol="circle", dash="solid")
    plain_layout(figure, height=HEIGHT, dark=dark)
    what = "concept or word" if ranks.length == 1 else "pair of neighbours"
    figure.update_xaxes(type="log", title_text=f"rank of the {what}", dtick=1)
    figure.update_yaxes(type="log", title_text="share of all", tickformat="~p", dtick=1, exponentformat="none")
    figure.update_layout(
        legend={"orientation": "h", "y": -0.22, "x": 0, "yanchor": "top", "font": {"size": 13, "color": INK[dark]}}
    )
    return figure


def thinned(n: int) -> np.ndarray:
    """At most 250 of n indices, from the first to the last, denser at the start."""
    return np.unique(np.geomspace(1, n, MOST).round().astype(int)) - 1 if n > MOST else np.arange(n)


def _power(ranks: RankFrequency) -> str:
    return "" if ranks.fit is None else f", power {ranks.fit.exponent:.2f}"


def _band(figure: go.Figure, ranks: RankFrequency, shown: np.ndarray) -> None:
    """The 95% band of the shuffled controls; ranks that they do not reach are left out."""
    kept = shown[ranks.high[shown] > 0]
    x = kept + 1
    low, high = ranks.share_of(np.maximum(ranks.low[kept], 0.5)), ranks.share_of(ranks.high[kept])
    figure.add_scatter(
        x=np.concatenate([x, x[::-1]]), y=np.concatenate([high, low[::-1]]), fill="toself", fillcolor=BAND,
        line={"color": EDGE, "width": 3}, mode="lines", hoverinfo="skip", name="shuffled, 95% band",
    )  # fmt: skip


def _curve(figure: go.Figure, ranks: RankFrequency, name: str, *, colour: str, symbol: str, dash: str) -> None:
    shown = thinned(len(ranks.frequencies))
    said = [escaped(ranks.names[i]) if i < len(ranks.names) else "" for i in shown]
    figure.add_scatter(
        x=shown + 1, y=ranks.shares[shown], mode="lines+markers", name=escaped(name),
        line={"color": colour, "width": 2, "dash": dash}, marker={"symbol": symbol, "size": 6, "color": colour},
        customdata=np.array([said, [f"{int(ranks.frequencies[i]):,}" for i in shown]], dtype=object).T,
        hovertemplate=hover(
            bold("%{customdata[0]}"), "rank %{x}: %{customdata[1]} times, %{y:.2%}", box=name.split(",")[0]
        ),
    )  # fmt: skip
