"""One step of the tour: words and one figure."""

from dataclasses import dataclass

import plotly.graph_objects as go


@dataclass(frozen=True, eq=False)
class Scene:
    """headline, two or three plain sentences, a question to those who watch, and where the rest is to be seen.

    html: a row of pictures, or figure with its alternative text; one of the two. link: the address of the full report.
    """

    headline: str
    sentences: tuple[str, ...]
    question: str
    link: str
    html: str = ""
    figure: go.Figure | None = None
    alt: str = ""
