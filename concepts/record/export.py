"""The record as a table for a spreadsheet."""

import csv
import io
from collections.abc import Iterable

from concepts.record.entry import Entry
from concepts.storage.csv_cells import csv_text

COLUMNS = ("when", "who", "what", "of", "result")


def record_csv(entries: Iterable[Entry]) -> str:
    """The entries as CSV with a header, one a line, in their order; no cell starts a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([csv_text(getattr(entry, name)) for name in COLUMNS] for entry in entries)
    return out.getvalue()
