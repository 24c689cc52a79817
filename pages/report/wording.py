"""A concept of texts: its excerpts with the words that raise it, its words, texts over the range of its activation."""

from dataclasses import replace

from markupsafe import Markup

from concepts.numerics.written import two_decimals
from concepts.rendering.excerpts import Tile
from concepts.report.class_report import ClassReport
from concepts.report.rendering.excerpts import marked
from concepts.report.rendering.wording_scores import score_sentences
from concepts.report.rendering.wording_sentences import (
    DECILES,
    HEADER,
    NO_WORDS,
    list_sentence,
    word_table,
    wording_of,
)
from concepts.report.rows import WordingRow
from pages.components.pictures import picture_row
from pages.components.tables import table
from pages.components.texts import heading, paragraph
from pages.state.address import PHOTOS, ReportView
from pages.state.report_pictures import examples

SIZE = 200
MARKED = (
    "Marked: words without which the concept's code falls (blue) or rises (red, hatched underneath). Found by taking "
    "out one word at a time."
)


def wording_html(report: ClassReport, concept: int, at: ReportView) -> Markup:
    """All that is known of a concept in words. at: the state of the page that links lead on from."""
    row = wording_of(report.data, concept)
    if row is None or not row.excerpts:
        return paragraph("It has no excerpts: it is in none of these texts.")
    tops = picture_row(examples(report, concept, at), size=SIZE)
    return paragraph(MARKED, kind="cx-note") + tops + _words(row) + _deciles(report, row, at)


def _words(row: WordingRow) -> Markup:
    """The words that set its texts apart from others of the same lengths, and whether it is a list of words."""
    title = heading(3, "Its words", kind="cx-head")
    if not row.words:
        none = paragraph(NO_WORDS)
        return title + none + Markup("").join(paragraph(each) for each in score_sentences(row))
    return title + _said(row) + table(HEADER, word_table(row), caption="How often each stands in its texts and others")


def _said(row: WordingRow) -> Markup:
    """What its words explain, what its texts share, and what it speaks for."""
    return Markup("").join(paragraph(each) for each in (list_sentence(row), *score_sentences(row)))


def _deciles(report: ClassReport, row: WordingRow, at: ReportView) -> Markup:
    if not row.deciles:
        return Markup("")
    tiles: list[Tile] = [
        replace(
            marked(report, row.concept, each), caption=f"code {two_decimals(each.value)}",
            href=at.href(image=each.text, concept=row.concept, tab=PHOTOS),
        )
        for each in row.deciles[::2]
    ]  # fmt: skip
    return heading(3, "From strong to weak", kind="cx-head") + paragraph(DECILES) + picture_row(tiles, size=SIZE)
