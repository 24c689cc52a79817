"""What a model answers before and after an intervention: bars of HTML, which stand on the page at once."""

from collections.abc import Sequence
from html import escape

import numpy as np

from concepts.report.words import percent

BEFORE = "as it is"


def answers_html(names: Sequence[str], before: np.ndarray, after: np.ndarray, *, then: str = "with your doses") -> str:
    """Two bars a class, probabilities before and after, (c,) in [0, 1], in the order given. then: what came between."""
    rows = "".join(
        f'<tr role="row"><th role="rowheader" scope="row">{escape(name)}</th>{_bar(float(b), BEFORE, "cx-before")}'
        f"{_bar(float(a), then, 'cx-after')}</tr>"
        for name, b, a in zip(names, before, after, strict=True)
    )
    return (
        f'<table role="table" class="cx-answers"><caption><span class="cx-before">{BEFORE}</span> '
        f'<span class="cx-after">{escape(then)}</span></caption><thead><tr><th scope="col">class</th>'
        f'<th scope="col">{BEFORE}</th><th scope="col">{escape(then)}</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _bar(value: float, label: str, kind: str) -> str:
    width = 100 * min(max(value, 0.0), 1.0)
    return (
        f'<td role="cell" class="{kind}"><i style="width:{width:.2f}%" aria-hidden="true"></i>'
        f"<span>{escape(percent(value))}</span></td>"
    )
