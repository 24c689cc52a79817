"""The texts of a report as excerpts: a concept's examples with its words marked, and any text of the report."""

from concepts.rendering.excerpts import WINDOW, Excerpt, excerpt
from concepts.report.rendering.sentences import is_wrong
from concepts.report.rows import ExcerptRow, TextRow
from concepts.report.stored import StoredReport

SHORT = 140  # characters of a text among many


def concept_excerpts(
    report: StoredReport, concept: int, most: int | None = None, *, window: int = WINDOW
) -> list[tuple[int, Excerpt]]:
    """The texts with a concept's largest codes, by row, the words that raise its code marked; [] for other reports."""
    rows = next((row.excerpts for row in report.data.wordings if row.concept == concept), ())
    return [(row.text, marked(report, concept, row, window=window)) for row in rows[:most]]


def marked(report: StoredReport, concept: int, row: ExcerptRow, *, window: int = WINDOW) -> Excerpt:
    """A text with the words of a concept marked."""
    text = report.data.texts[row.text]
    return excerpt(text.text, f"{report.names.concept(concept)} in {text.name}", spans=row.spans, window=window)


def text_excerpt(row: TextRow, *, window: int = SHORT) -> Excerpt:
    """The beginning of a text of the report, marked when the model got it wrong."""
    return excerpt(row.text, row.name, badge=f"✗ {row.predicted}" if is_wrong(row) else "", window=window)


def top_words(report: StoredReport, concept: int, most: int) -> tuple[str, ...]:
    """The words that set a concept's texts apart most, surest first; () where none does, and for other reports."""
    rows = next((row.words for row in report.data.wordings if row.concept == concept), ())
    return tuple(row.term for row in sorted(rows, key=lambda row: -row.z)[:most])
