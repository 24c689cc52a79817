"""The concepts as rows: rank, crops, name, flags, share of the evidence with its interval, drawing."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from markupsafe import Markup

from concepts.annotations import Note
from concepts.rendering.excerpts import Tile
from concepts.rendering.pictures import Picture
from concepts.report.class_report import ClassReport
from concepts.report.names import concept_number
from concepts.report.rendering.excerpts import top_words
from concepts.report.rendering.follows import followed
from concepts.report.rendering.sentences import good_word, interval_text, percent
from concepts.report.rows import ConceptRow
from concepts.report.verdict import LEANS
from pages.components import report as components
from pages.components.cards import flag, verdict_badge
from pages.state.address import CONCEPTS, ReportView
from pages.state.report_pictures import examples

N_CROPS = 4
N_LINES, A_LINE = 2, 110  # excerpts of a row, and their characters
N_WORDS = 5


def rows_html(
    report: ClassReport, rows: Sequence[ConceptRow], at: ReportView, *, chosen: int | None,
    here: Mapping[int, ConceptRow], judged: Mapping[int, tuple[str, ...]], drawn: Mapping[int, str],
) -> Markup:  # fmt: skip
    """Some rows of the table. at: the state of the page that links lead on from. chosen: the concept that is open.

    here: the figures among the chosen photos, by concept. judged: what people said, by concept. drawn: the `src` of
    drawings, by concept.
    """
    widest = max((row.share_high for row in report.data.concepts), default=1.0)
    each = [
        components.concept_row(
            index=row.index, rank=concept_number(row.index), name=report.names.concept(row.index),
            href=at.href(concept=row.index, tab=CONCEPTS), words=top_words(report, row.index, N_WORDS),
            crops=_crops(report, row, at),
            bar=components.share_bar(row.share, row.share_low, row.share_high, widest, against=row.importance < 0),
            figures=_figures(report, row), here=_here(here.get(row.index), report.data.noun),
            flags=_flags(report, row, judged.get(row.index, ())), drawing=_drawing(report, row, drawn),
            is_open=row.index == chosen,
        )
        for row in rows
    ]  # fmt: skip
    return components.concept_rows(each, "Concepts by importance")


def said_of(notes: Mapping[tuple[str, int], Note]) -> dict[int, tuple[str, ...]]:
    """The flags that people gave, by concept."""
    return {index: note.flags for (kind, index), note in notes.items() if kind == "concept" and note.flags}


def _crops(report: ClassReport, row: ConceptRow, at: ReportView) -> list[Tile]:
    most = N_CROPS if report.data.kind == "images" else N_LINES
    return [replace(tile, href="") for tile in examples(report, row.index, at, most=most, window=A_LINE)]


def _figures(report: ClassReport, row: ConceptRow) -> str:
    text = f"{percent(row.share)} of the evidence ({interval_text(row.share_low, row.share_high)})"
    text += f", first in {percent(row.prevalence)}"
    return text if row.reliability is None else f"{text}, {percent(row.reliability)} of these {good_word(report.data)}"


def _here(row: ConceptRow | None, noun: str) -> str:
    if row is None:
        return ""
    return f"In the chosen {noun}s {percent(row.share)} ({interval_text(row.share_low, row.share_high)})"


def _flags(report: ClassReport, row: ConceptRow, judged: Sequence[str]) -> list[Markup]:
    """What to know about a concept before reading it: the verdict, people's judgement, what it follows."""
    data, flags = report.data, []
    verdict = data.verdict
    if verdict is not None and verdict.kind == LEANS and verdict.suspect and row.index in verdict.suspect.concepts:
        flags.append(verdict_badge(LEANS, verdict.phrase))
    words = [*judged, *(f"follows {name}" for name in followed(data, "concept", row.index)[:1])]
    if row.dead:
        words.append("dead")
    if row.importance < 0:
        words.append("lowers the score")
    return flags + [flag(each) for each in words]


def _drawing(report: ClassReport, row: ConceptRow, drawn: Mapping[int, str]) -> Picture | None:
    source, name = drawn.get(row.index), report.names.concept(row.index)
    return None if source is None else Picture(source, f"what drives {name}, drawn by the model")
