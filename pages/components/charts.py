"""Figures in the form in which they are sent, built once for the same content."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import ParamSpec

import plotly.graph_objects as go
import streamlit as st
from plotly.basedatatypes import BaseFigure

from pages.components.kept import Kept
from pages.components.once import content_key

MOST_BYTES = 2**24  # of the JSON of all kept figures; in memory they take four to seven times that
TOOLS = {  # of a chart on which a region is drawn
    "displaylogo": False, "displayModeBar": True, "scrollZoom": True, "modeBarButtonsToRemove": ["toImage"],
}  # fmt: skip
Arguments = ParamSpec("Arguments")


class DrawnFigure(BaseFigure):
    """A figure that `st.plotly_chart` sends as it is: copied, packed and validated once, not at each visit."""

    def __init__(self, figure: go.Figure) -> None:
        text = figure.to_json(validate=False)
        self._sent, self._n_bytes = json.loads(text), len(text)

    def to_dict(self) -> dict:
        """The figure in types of JSON: the same object at each call, not to be changed."""
        return self._sent

    @property
    def n_bytes(self) -> int:
        """The length of its JSON."""
        return self._n_bytes


_figures = Kept[DrawnFigure](MOST_BYTES, lambda figure: figure.n_bytes)


def draw_once(
    figure_of: Callable[Arguments, go.Figure], *arguments: Arguments.args, **options: Arguments.kwargs
) -> DrawnFigure:
    """`figure_of(*arguments, **options)` as it is sent, for all visitors built once while their arguments are equal.

    figure_of: a function of a module, or a `partial` of one, that reads its arguments only and shows nothing; they
    are told apart as by `content_key`. All kept figures have `MOST_BYTES` together.
    """
    key = content_key((figure_of, arguments, options))
    with nullcontext() if key in _figures else st.spinner("Drawing the figure …"):
        return _figures.get(key, lambda: DrawnFigure(figure_of(*arguments, **options)))
