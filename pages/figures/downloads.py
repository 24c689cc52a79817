"""Tables of a report as files."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

import numpy as np

from concepts.notes import Note
from concepts.notes.travel import notes_json
from concepts.report.result import ClassReport, ReportData

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run


def concepts_csv(data: ReportData) -> str:
    """One line a concept."""
    names = ("index", "importance", "low", "high", "share", "share_low", "share_high", "prevalence", "reliability",
             "reliability_low", "reliability_high", "dead")  # fmt: skip
    return _csv(names, ([getattr(row, name) for name in names] for row in data.concepts))


def strategies_csv(data: ReportData) -> str:
    """One line a strategy."""
    names = ("label", "n", "prevalence", "reliability", "reliability_low", "reliability_high", "suspicion", "medoid")
    rows = ([getattr(row, name) for name in names] + [" ".join(map(str, row.concepts))] for row in data.strategies)
    return _csv((*names, "concepts"), rows)


def photos_csv(data: ReportData, phi: np.ndarray) -> str:
    """One line a photo, with the importance of every concept in logits; phi: (n, k)."""
    names = ("name", "label", "predicted", "probability", "score", "recognised", "right", "strategy")
    header = (*names, *(f"importance_{j}" for j in range(phi.shape[1])))
    rows = ([getattr(row, name) for name in names] + phi[i].tolist() for i, row in enumerate(data.images))
    return _csv(header, rows)


def report_json(report: ClassReport, notes: Sequence[Note]) -> str:
    """All tables, as in the report's own report.json, and what people wrote, as `import_notes` takes it."""
    return json.dumps(asdict(report.data) | notes_json(notes), indent=1, ensure_ascii=False)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def _harmless(cell: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
