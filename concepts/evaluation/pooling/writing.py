"""A comparison of poolings as CSV, JSON and one HTML file that opens from disk."""

import csv
import io
from dataclasses import fields
from pathlib import Path

from concepts.evaluation.pooling.compared import MEASURES, PoolingRow
from concepts.evaluation.pooling.comparison import PoolingComparison
from concepts.evaluation.pooling.sentences import (
    HEADER,
    about_sentence,
    best_sentence,
    cells,
    how_sentences,
    meaning,
    of_measure,
)
from concepts.rendering.environment import environment
from concepts.storage.csv_cells import csv_text
from concepts.storage.output_folder import OutputKind
from concepts.storage.store import new_folder, write_json, write_text
from concepts.storage.typed_json import to_json

FILE, TABLE, PAGE = "pooling.json", "table.csv", "pooling.html"
RESULT = OutputKind(
    "comparison of poolings", frozenset({FILE, TABLE, PAGE}), FILE, frozenset({"model", "attentions", "rows"})
)


def write_comparison(found: PoolingComparison, folder: Path) -> Path:
    """Writes pooling.json, table.csv and pooling.html into the folder, which appears whole; returns it."""
    with new_folder(folder) as place:
        write_json(place / FILE, to_json(found))
        write_text(place / TABLE, csv_of(found.rows))
        write_text(place / PAGE, html_of(found))
    return folder


def csv_of(rows: tuple[PoolingRow, ...]) -> str:
    """One figure a row, under the names of `PoolingRow`."""
    out = io.StringIO()
    names = [field.name for field in fields(PoolingRow)]
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        values = [getattr(row, name) for name in names]
        writer.writerow([csv_text(value) if isinstance(value, str) else value for value in values])
    return out.getvalue()


def html_of(found: PoolingComparison) -> str:
    """The page as text. The template engine escapes every name in it."""
    tables = [
        (measure, meaning(measure), best_sentence(found.rows, measure), [cells(row) for row in rows])
        for measure in MEASURES
        if (rows := of_measure(found.rows, measure))
    ]
    template = environment("concepts.evaluation").get_template("pooling.html.j2")
    return template.render(
        found=found, about=about_sentence(found), how=how_sentences(found), header=HEADER, tables=tables
    )
