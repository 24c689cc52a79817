"""A concept of texts: its excerpts with the words that raise it, its words, texts over the range of its activation."""

from dataclasses import replace

from markupsafe import Markup

from concepts.numerics.counted import counted
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
from pages.components.texts import folded, heading, isolated, paragraph
from pages.state.address import PHOTOS, ReportView
from pages.state.report_pictures import examples

SIZE, N_TOPS = 200, 6
IN_FIGURES, CAPTION = "Its words in figures", "How often each stands in its texts and others"
MARKED = (
    "Marked: words without which the concept's code falls (blue) or rises (red, hatched underneath). Found by taking "
    "out one word at a time."
)


def wording_html(report: ClassReport, concept: int, at: ReportView) -> Markup:
    """All that is known of a concept in words. at: the state of the page that links lead on from."""
    row = wording_of(report.data, concept)
    if row is None or not row.excerpts:
        return paragraph("It has no excerpts: it is in none of these texts.")
    return paragraph(MARKED, kind="cx-note") + _tops(report, concept, at) + _words(row) + _deciles(report, row, at)


def _tops(report: ClassReport, concept: int, at: ReportView) -> Markup:
    """The excerpts with its largest codes; those beyond the first few open in place."""
    tiles = examples(report, concept, at)
    shown, rest = picture_row(tiles[:N_TOPS], size=SIZE), tiles[N_TOPS:]
    if not rest:
        return shown
    return shown + folded(f"{counted(len(rest), 'more text')}", picture_row(rest, size=SIZE))


def _words(row: WordingRow) -> Markup:
    """The words that set its texts apart from others of the same lengths, and whether it is a list of words.

    How often they stand where, what they explain and what its texts share opens in place.
    """
    title = heading(3, "Its words", kind="cx-head")
    scores = Markup("").join(paragraph(each) for each in score_sentences(row))
    if not row.words:
        return title + paragraph(NO_WORDS) + scores
    words = paragraph(Markup(" · ").join(isolated(each.term) for each in row.words))
    figures = table(HEADER, word_table(row), caption=CAPTION) + scores
    return title + words + paragraph(list_sentence(row)) + folded(IN_FIGURES, figures)


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
    return folded("From strong to weak", paragraph(DECILES) + picture_row(tiles, size=SIZE))
