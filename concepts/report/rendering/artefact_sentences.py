"""The battery of artefacts in words: what the whole photo is like and what the model makes of that."""

from collections.abc import Sequence

from concepts.numerics.counted import counted
from concepts.report.names import joined_names
from concepts.report.pipeline.evidence.artefacts import BATTERY
from concepts.report.rendering.sentences import interval_text, percent
from concepts.report.rows import ArtefactRow
from concepts.report.schema import ReportData

HEADER = ("Artefact", "Turned into the class", "Share turned", "95% interval", "Answers changed")
CAPTION = "Photos of other classes with each artefact"
_WORDS = {each.name: each.words for each in BATTERY}


def named_artefacts(data: ReportData) -> list[ArtefactRow]:
    """The artefacts that turn photos of other classes into the class, the one that turns most first."""
    return sorted((row for row in data.artefacts if row.named), key=lambda row: -row.turned / row.others)


def artefact_sentences(data: ReportData) -> list[str]:
    """One sentence for each named artefact, one where none is; empty where none was tried."""
    named = named_artefacts(data)
    if named:
        return [_named(row, data) for row in named]
    return [_none(data.artefacts, data.target.label)] if data.artefacts else []


def artefact_table(data: ReportData) -> list[tuple[str, ...]]:
    """A row of texts for each artefact, under `HEADER`."""
    return [
        (
            row.artefact,
            f"{row.turned:,} of {row.others:,}",
            percent(row.turned / row.others),
            interval_text(row.turned_low, row.turned_high),
            f"{row.any_class:,}",
        )
        for row in data.artefacts
    ]


def _named(row: ArtefactRow, data: ReportData) -> str:
    words = _WORDS.get(row.artefact, f"given the artefact {row.artefact}")  # of a newer program, perhaps
    return (
        f"Photos of other classes become “{data.target.label}” when they are {words}: {row.turned:,} of {row.others:,} "
        f"({percent(row.turned / row.others)}, 95% interval {interval_text(row.turned_low, row.turned_high)}); "
        f"{row.any_class:,} change their answer at all."
    )


def _none(rows: Sequence[ArtefactRow], label: str) -> str:
    tried = joined_names([row.artefact for row in rows])
    return (
        f"None of {counted(len(rows), 'artefact')}, applied to {counted(rows[0].others, 'photo')} of other classes, "
        f"clearly turns them into “{label}” ({tried})."
    )
