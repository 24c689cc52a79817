"""A concept of texts: its excerpts with the words that raise it, its words, texts over the range of its activation."""

from dataclasses import replace

from markupsafe import Markup

from concepts.numerics.written import two_decimals
from concepts.rendering.excerpts import Tile
from concepts.report.class_report import ClassReport
from concepts.report.rendering.excerpts import marked
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
HEADER = ("Word", "Log-odds", "95% interval", "In its texts", "In others")
OVER = "Over the whole range of its activation, largest first: the top alone makes a concept look purer than it is."


def wording_html(report: ClassReport, concept: int, at: ReportView) -> Markup:
    """All that is known of a concept in words. at: the state of the page that links lead on from."""
    row = next((each for each in report.data.wordings if each.concept == concept), None)
    if row is None or not row.excerpts:
        return paragraph("It has no excerpts: it is in none of these texts.")
    tops = picture_row(examples(report, concept, at), size=SIZE)
    return paragraph(MARKED, kind="cx-note") + tops + _words(row) + _deciles(report, row, at)


def _words(row: WordingRow) -> Markup:
    """The words that set its texts apart from others of the same lengths, and whether it is a list of words."""
    title = heading(3, "Its words", kind="cx-head")
    if not row.words:
        return title + paragraph("No word is surely more frequent in its texts than in others of the same lengths.")
    lines = [
        (each.term, two_decimals(each.log_odds), f"{two_decimals(each.low)} to {two_decimals(each.high)}",
         f"{each.active:,}", f"{each.inactive:,}")
        for each in row.words
    ]  # fmt: skip
    return title + paragraph(list_sentence(row)) + table(HEADER, lines, caption="Its words")


def list_sentence(row: WordingRow) -> str:
    """Whether the concept is a list of words, in one sentence."""
    if row.list_auroc is None or row.list_low is None or row.list_high is None:
        return "There are too few texts to try whether these words alone tell where it is."
    found = f"{two_decimals(row.list_auroc)} ({two_decimals(row.list_low)} to {two_decimals(row.list_high)})"
    return (
        f"“Holds one of its words” tells where it is, on texts held out, with AUROC {found}: 1 would be a list of "
        "words, 0.5 a concept that its words do not tell."
    )


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
    return heading(3, "From strong to weak", kind="cx-head") + paragraph(OVER) + picture_row(tiles, size=SIZE)
