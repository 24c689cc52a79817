"""Bars of importance: of the concepts over all images, and of the concepts in one image."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from concepts.numerics.written import with_sign
from concepts.rendering.colours import AGAINST, CLEAR, FOR, GREY, INK, WHITE, translucent
from concepts.report.names import NUMBERS, Names, in_line
from concepts.report.queries.local_importance import by_size, evidence_shares
from concepts.report.rendering.sentences import percent
from concepts.report.rows import ConceptRow
from pages.figures.labels import escaped, hover, lines

COLUMNS = (56, 122)  # pixels beside the bars at which the columns of figures end


def importance_figure(
    concepts: Sequence[ConceptRow], *, names: Names = NUMBERS, word: str = "right", dark: bool = False
) -> go.Figure:
    """Bars of each concept's share of the evidence with 95% intervals, prevalence and reliability beside them."""
    share = np.array([row.share for row in concepts])
    bars = [_bar(row.index, names) for row in concepts]
    against = [row.importance < 0 for row in concepts]
    figure = go.Figure(
        go.Bar(
            x=share, y=bars, orientation="h", customdata=[[row.index] for row in concepts],
            marker=_marker(against),
            error_x={
                "type": "data", "symmetric": False, "color": INK[dark], "thickness": 1.5, "width": 4,
                "array": [row.share_high - row.share for row in concepts],
                "arrayminus": [row.share - row.share_low for row in concepts],
            },
            text=[_column(row, names) for row in concepts], hovertemplate=hover("%{text}"), textposition="none",
            unselected={"marker": {"opacity": 1}},
        )
    )  # fmt: skip
    _columns(figure, concepts, bars, word, dark)
    figure.update_xaxes(
        title="share of the evidence (bar), 95% interval (whisker)", tickformat=".0%", rangemode="tozero",
        tickangle=0, nticks=5, fixedrange=True, title_font={"color": INK[dark]}, tickfont={"color": INK[dark]},
    )  # fmt: skip
    return _bars_layout(figure, len(bars), dark, right=COLUMNS[1])


def _bar(index: int, names: Names) -> str:
    """The number with the name below it; side by side they would leave no room for the bars."""
    name = names.short.concepts.get(index, "")
    return lines(NUMBERS.concept(index), *([escaped(in_line(name))] if name else []))


def _column(row: ConceptRow, names: Names) -> str:
    name = escaped(names.concept(row.index))
    return f"{name}: {percent(row.share)} of the evidence, most important in {percent(row.prevalence)}"


def _columns(figure: go.Figure, concepts: Sequence[ConceptRow], bars: list[str], word: str, dark: bool) -> None:
    font = {"size": 13, "color": INK[dark]}
    common = {"x": 1, "xref": "paper", "showarrow": False, "xanchor": "right", "font": font}
    for place, title in zip(COLUMNS, (lines("comes", "first in"), lines("of these", word)), strict=True):
        figure.add_annotation(y=1, yref="paper", yanchor="bottom", text=title, align="right", xshift=place, **common)
    for bar, row in zip(bars, concepts, strict=True):
        figure.add_annotation(xshift=COLUMNS[0], y=bar, text=percent(row.prevalence), **common)
        reliability = "–" if row.reliability is None else percent(row.reliability)
        figure.add_annotation(xshift=COLUMNS[1], y=bar, text=reliability, **common)


def local_figure(
    phi: np.ndarray,
    *,
    target: str,
    unit: str = "logits",
    names: Names = NUMBERS,
    n_shown: int = 10,
    dark: bool = False,
    what: str = "effect",
) -> go.Figure:
    """Bars of one image's importances, (k,) in their unit, the largest |φ| first; negative ones are hatched.

    The text shows φ and its share of the sum of |φ|. At most `n_shown` concepts are drawn.
    what: the name of these figures.
    """
    order, shares = by_size(phi)[:n_shown], evidence_shares(phi)
    bars = {j: _bar(j, names) for j in order}
    figure = go.Figure(
        go.Bar(
            x=phi[order], y=list(bars.values()), orientation="h",
            marker=_marker([phi[j] < 0 for j in order]), customdata=[[j] for j in order],
            hovertemplate=hover(f"%{{y}}: %{{x:+.3f}} {unit}"),
        )
    )  # fmt: skip
    for j in order:
        figure.add_annotation(
            x=max(float(phi[j]), 0.0), y=bars[j], text=f"{with_sign(phi[j])} · {percent(shares[j])}",
            showarrow=False, xanchor="left", xshift=6, font={"color": INK[dark], "size": 13},
        )  # fmt: skip
    reach = max(float(np.abs(phi).max()), 1e-6)
    figure.update_xaxes(
        title=f"{what} on the score of “{escaped(target)}” ({unit})", zeroline=True, zerolinecolor=GREY,
        range=[min(float(phi.min()), 0.0) - 0.05 * reach, max(float(phi.max()), 0.0) + 0.75 * reach], fixedrange=True,
        title_font={"color": INK[dark]}, tickfont={"color": INK[dark]},
    )  # fmt: skip
    return _bars_layout(figure, len(order), dark, top=8)


def _marker(against: Sequence[bool]) -> dict:
    return {
        "color": [AGAINST if flag else FOR for flag in against],
        "pattern": {"shape": ["/" if flag else "" for flag in against], "fgcolor": translucent(WHITE, 0.8)},
    }


def _bars_layout(figure: go.Figure, n_bars: int, dark: bool, top: int = 48, right: int = 8) -> go.Figure:
    figure.update_yaxes(
        autorange="reversed", fixedrange=True, type="category", tickfont={"size": 13, "color": INK[dark]}
    )
    figure.update_layout(
        height=36 * n_bars + top + 56, margin={"l": 0, "r": right, "t": top, "b": 48}, bargap=0.35, showlegend=False,
        dragmode=False, paper_bgcolor=CLEAR, plot_bgcolor=CLEAR,
    )  # fmt: skip
    return figure
