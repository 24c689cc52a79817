"""One step of the tour: text and one figure."""

from collections.abc import Callable
from dataclasses import dataclass

import plotly.graph_objects as go
from markupsafe import Markup


@dataclass(frozen=True, eq=False)
class Scene:
    """headline, two or three plain sentences, a question to the audience, and a link to the rest.

    html: a row of pictures, or figure with its alternative text; one of the two. figure: what builds it, for
    `draw_once`; is_narrow: whether it is read on a phone without scrolling sideways. link: the address of the full
    report.
    """

    headline: str
    sentences: tuple[str, ...]
    question: str
    link: str
    html: Markup | None = None
    figure: Callable[[], go.Figure] | None = None
    alt: str = ""
    is_narrow: bool = False
