"""A report as it shows itself in a cell of a notebook: what was found, its main concepts and its strategies."""

from dataclasses import dataclass

from concepts.rendering.excerpts import Tile
from concepts.report.rendering import sentences, trust, verdict_sentences, wording_sentences
from concepts.report.rendering.excerpts import concept_excerpts
from concepts.report.rendering.html import crop_pictures, readable, report_environment
from concepts.report.rendering.summary import summary
from concepts.report.rendering.verdict_wordings import verdict_wording
from concepts.report.rows import ConceptRow, WordingRow
from concepts.report.stored import StoredReport

N_CONCEPTS, N_STRATEGIES = 5, 6
N_CROPS, CROP = 6, 72  # of a concept; pixels of the longer side
N_EXCERPTS = 2  # of a concept of texts


@dataclass(frozen=True)
class CellConcept:
    """A concept by its name, with its crops, or its excerpts and words."""

    row: ConceptRow
    name: str
    crops: list[Tile]
    wording: WordingRow | None


def render_cell(report: StoredReport) -> str:
    """Markup for a cell, under 300 kB, pictures embedded. Every name in it is escaped, overlong ones are cut."""
    report = readable(report)
    return (
        report_environment()
        .get_template("cell.html.j2")
        .render(
            data=report.data,
            words=sentences,
            verdict=verdict_sentences,
            wording=verdict_wording(report.data.noun),
            wordings=wording_sentences,
            trust=trust,
            summary=summary(report.data, report.names),
            names=report.names,
            concepts=[_concept(report, row) for row in report.data.concepts[:N_CONCEPTS]],
            strategies=report.data.strategies[:N_STRATEGIES],
        )
    )


def _concept(report: StoredReport, row: ConceptRow) -> CellConcept:
    name = report.names.concept(row.index)
    wording = wording_sentences.wording_of(report.data, row.index)
    if wording:
        return CellConcept(row, name, [each for _, each in concept_excerpts(report, row.index, N_EXCERPTS)], wording)
    return CellConcept(row, name, [*crop_pictures(report, name, row.crops[:N_CROPS], CROP)], None)
