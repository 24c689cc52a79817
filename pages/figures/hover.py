"""The text about each photo shown at the pointer, packed, because most lines are the same for many photos."""

from dataclasses import dataclass

import numpy as np

from concepts.report.names import Names, in_line
from concepts.report.queries.local_importance import strongest_concepts
from concepts.report.rendering.excerpts import text_excerpt
from concepts.report.rendering.sentences import answer
from concepts.report.rows import TextRow
from concepts.report.schema import ReportData


@dataclass(frozen=True)
class HoverLine:
    """One line of text for every photo: `texts[codes[i]]` for photo i. Plain text, not HTML."""

    texts: list[str]
    codes: list[int]

    @classmethod
    def of(cls, said: list[str]) -> "HoverLine":
        places = {text: place for place, text in enumerate(dict.fromkeys(said))}
        return cls(list(places), [places[text] for text in said])


def shown(row: TextRow) -> str:
    """The beginning of a text in one line."""
    begins = text_excerpt(row)
    return in_line(begins.text) + (" …" if begins.after else "")


def hover_lines(data: ReportData, phi: np.ndarray, names: Names) -> tuple[HoverLine, ...]:
    """The photo's name, or the beginning of the text; the model's answer, its strategy, the strongest concept."""
    first = strongest_concepts(phi)
    return (
        HoverLine.of(
            [row.name for row in data.images] if data.kind == "images" else [shown(row) for row in data.texts]
        ),
        HoverLine.of([answer(row) for row in data.items]),
        HoverLine.of([names.strategy(row.strategy) for row in data.items]),
        HoverLine.of([f"strongest: {names.concept(j)}" for j in first]),
    )
