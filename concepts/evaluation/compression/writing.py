"""A comparison of codes as JSON and CSV."""

import csv
import io
from pathlib import Path

from concepts.evaluation.compression.comparison import CodeRow, Compression
from concepts.storage.output_folder import OutputKind
from concepts.storage.store import new_folder, write_json, write_text
from concepts.storage.typed_json import to_json

FILE, TABLE = "compression.json", "table.csv"
RESULT = OutputKind("comparison of codes", frozenset({FILE, TABLE}), FILE, frozenset({"n_tokens", "channels", "rows"}))
COLUMNS = ("code", "of", "each", "shared", "times", "error", "recall", "recall_low", "recall_high")
OF_WORDS = {"named": "of", "named_n": "n", "named_kept": "kept", "named_five": "five"}  # column → field
OF_REPORT = ("n", "matched", "cosine", "agreement", "strategies", "verdict", "same_verdict")


def write_compression(found: Compression, folder: Path) -> Path:
    """Writes compression.json and table.csv into the folder, which appears whole; returns it."""
    with new_folder(folder) as place:
        write_json(place / FILE, to_json(found))
        write_text(place / TABLE, csv_of(found.rows))
    return folder


def csv_of(rows: tuple[CodeRow, ...]) -> str:
    """One code a row; the columns of the report, and of what words name, are empty where that was not asked."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*COLUMNS, *OF_REPORT, *OF_WORDS])
    for row in rows:
        own = [getattr(row, name) for name in COLUMNS]
        report = ["" if row.report is None else getattr(row.report, name) for name in OF_REPORT]
        named = ["" if row.words is None else getattr(row.words, name) for name in OF_WORDS.values()]
        writer.writerow([*own, *report, *named])
    return out.getvalue()
