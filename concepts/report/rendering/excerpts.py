"""The texts of a report as excerpts: a concept's examples with its words marked, and any text of the report."""

from collections.abc import Sequence

from concepts.numerics.written import two_decimals
from concepts.rendering.excerpts import WINDOW, Excerpt, excerpt
from concepts.report.names import in_line
from concepts.report.rendering.sentences import is_wrong
from concepts.report.rendering.wording_sentences import wording_of
from concepts.report.rows import ExcerptRow, MarkedSpan, TextRow, WordRow
from concepts.report.stored import StoredReport
from concepts.report.verdict import CounterProof, PastedText

SHORT = 140  # characters of a text among many


def concept_excerpts(
    report: StoredReport, concept: int, most: int | None = None, *, window: int = WINDOW
) -> list[tuple[int, Excerpt]]:
    """The texts with a concept's largest codes, by row, the words that raise its code marked; [] for other reports."""
    row = wording_of(report.data, concept)
    rows: Sequence[ExcerptRow] = row.excerpts if row else ()
    return [(each.text, marked(report, concept, each, window=window)) for each in rows[:most]]


def decile_excerpts(report: StoredReport, concept: int) -> list[Excerpt]:
    """Texts over the range of a concept's activation, largest first, each with its code; [] for other reports."""
    row = wording_of(report.data, concept)
    rows: Sequence[ExcerptRow] = row.deciles if row else ()
    return [
        excerpt(_text(report, each), _label(report, concept, each), caption=f"code {two_decimals(each.value)}")
        for each in rows
    ]


def marked(report: StoredReport, concept: int, row: ExcerptRow, *, window: int = WINDOW) -> Excerpt:
    """A text with the words of a concept marked."""
    return excerpt(_text(report, row), _label(report, concept, row), spans=row.spans, window=window)


def pasted_excerpts(proof: CounterProof) -> list[Excerpt]:
    """Texts of other classes with a suspect's words in them, which are marked; the answers before and after below."""
    return [_pasted(each) for each in proof.texts]


def text_excerpt(row: TextRow, *, window: int = SHORT) -> Excerpt:
    """The beginning of a text of the report, marked when the model got it wrong."""
    return excerpt(row.text, row.name, badge=f"✗ {row.predicted}" if is_wrong(row) else "", window=window)


def _pasted(row: PastedText) -> Excerpt:
    answers = f"{in_line(row.predicted)} → {in_line(row.predicted_after)}"
    return pasted_excerpt(row, answers, caption=answers)


def pasted_excerpt(row: PastedText, label: str, *, caption: str = "") -> Excerpt:
    """A text of another class, the words that were put in marked."""
    return excerpt(row.text, label, spans=[MarkedSpan(row.start, row.stop, 1.0)], caption=caption)


def _text(report: StoredReport, row: ExcerptRow) -> str:
    return report.data.texts[row.text].text


def _label(report: StoredReport, concept: int, row: ExcerptRow) -> str:
    return f"{report.names.concept(concept)} in {report.data.texts[row.text].name}"


def top_words(report: StoredReport, concept: int, most: int) -> tuple[str, ...]:
    """The words that set a concept's texts apart most, surest first; () where none does, and for other reports."""
    found = wording_of(report.data, concept)
    rows: Sequence[WordRow] = found.words if found else ()
    return tuple(row.term for row in sorted(rows, key=lambda row: -row.z)[:most])
