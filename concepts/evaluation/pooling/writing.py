"""A comparison of poolings as CSV, JSON and one HTML file that opens from disk."""

import csv
import io
from dataclasses import fields
from pathlib import Path

from concepts.evaluation.pooling.compared import MEASURES, PoolingRow
from concepts.evaluation.pooling.comparison import PoolingComparison
from concepts.numerics.written import with_sign, written
from concepts.rendering.environment import environment
from concepts.storage.csv_cells import csv_text
from concepts.storage.output_folder import OutputKind
from concepts.storage.store import new_folder, write_json, write_text
from concepts.storage.typed_json import to_json

FILE, TABLE, PAGE = "pooling.json", "table.csv", "pooling.html"
RESULT = OutputKind(
    "comparison of poolings", frozenset({FILE, TABLE, PAGE}), FILE, frozenset({"model", "attentions", "rows"})
)
WHAT = {
    "accuracy": "share of texts held out that a linear probe has right",
    "relative ℓ2": "what the concepts leave out of the features, beside their mean",
    "R² of the logits": "how much of the probe's logits the concepts tell",
}


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
        (measure, f"{WHAT[measure]}; {better} is better", [_line(row) for row in found.rows if row.measure == measure])
        for measure, (_, _, better) in MEASURES.items()
    ]
    return environment("concepts.evaluation").get_template("pooling.html.j2").render(found=found, tables=tables)


def _line(row: PoolingRow) -> tuple[str, str, str, str, str, str]:
    return (
        row.pooling,
        row.attention or "–",
        written(row.value, 3),
        f"{written(row.low, 3)} to {written(row.high, 3)}",
        with_sign(row.difference, 3),
        f"{with_sign(row.difference_low, 3)} to {with_sign(row.difference_high, 3)}",
    )
