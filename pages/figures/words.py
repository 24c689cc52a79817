"""Words and how much they are said: bars, a cloud, and the tokens of a text."""

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from pages.figures.layout import INK, SHADES, ink_on, mixed, plain_layout

LARGEST, SMALLEST = 1.6, 0.85  # rem, of a cloud's words


def word_bars(words: Sequence[tuple[str, float]], *, dark: bool) -> go.Figure:
    """Bars of words and their activations ≥ 0, the largest on top."""
    names = [word for word, _ in words]
    figure = go.Figure(
        go.Bar(
            x=[value for _, value in words], y=list(range(len(words))), orientation="h", marker_color=SHADES[dark][1],
            text=[f"{value:.2f}" for _, value in words], textposition="outside", cliponaxis=False,
            textfont={"color": INK[dark]}, customdata=names, hovertemplate="%{customdata}: %{x:.3f}<extra></extra>",
        )
    )  # fmt: skip
    plain_layout(figure, height=max(120, 30 * len(words) + 50), dark=dark)
    figure.update_yaxes(
        tickvals=list(range(len(words))), ticktext=[escape(name) for name in names], autorange="reversed"
    )
    figure.update_yaxes(showgrid=False, automargin=True)
    largest = max((value for _, value in words), default=1.0)
    figure.update_xaxes(title_text="activation, log(1 + z)", range=[0, 1.15 * largest])  # room for the figures
    return figure


def word_cloud(words: Sequence[tuple[str, float]]) -> str:
    """The words as a list, sized by how much they are said; in the order given."""
    top = max((value for _, value in words), default=0.0)
    if top <= 0:
        return '<p class="cx-text">No word is said here.</p>'
    sizes = [SMALLEST + (LARGEST - SMALLEST) * value / top for _, value in words]
    items = "".join(
        f'<li style="font-size:{size:.2f}rem">{escape(word)}<span class="cx-hidden"> {value:.2f}</span></li>'
        for (word, value), size in zip(words, sizes, strict=True)
    )
    return f'<ul class="cx-cloud" aria-label="words, larger where said more">{items}</ul>'


def text_tokens(
    text: str, spans: Sequence[tuple[int, int]], values: Sequence[float], said: Sequence[Sequence[str]], *, dark: bool
) -> str:
    """A text whose tokens are shaded by values in [0, 1], each with the words that it says below it."""
    parts, at = [], 0
    for (start, stop), value, words in zip(spans, values, said, strict=True):
        parts.append(escape(text[at:start]))
        colour = mixed(*SHADES[dark], value)
        style = f"background:rgb({','.join(str(round(255 * c)) for c in colour)});color:{ink_on(colour)}"
        under = "".join(f"<small>{escape(word)}</small>" for word in words)
        parts.append(f'<span class="cx-token"><b style="{style}">{escape(text[start:stop])}</b>{under}</span>')
        at = stop
    return f'<p class="cx-tokens">{"".join(parts)}{escape(text[at:])}</p>'
