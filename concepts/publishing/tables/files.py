"""The tables of a report as files: JSON, CSV, Parquet."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.annotations import Note
from concepts.annotations.import_export import notes_json
from concepts.publishing.tables.columns import TABLES, TEXT_TABLES, Column, columns_of, tables_of
from concepts.report.class_report import ClassReport
from concepts.storage.csv_cells import csv_text
from concepts.storage.output_folder import OutputKind, check_output_folder
from concepts.storage.store import new_folder
from concepts.storage.typed_json import to_json, write_typed

if TYPE_CHECKING:
    import pyarrow as pa

ABOUT = "tables.json"
TABLES_FOLDER = OutputKind(
    "folder of tables",
    frozenset({ABOUT, *(f"{table}.parquet" for table in {*TABLES, *TEXT_TABLES})}),
    ABOUT,
    frozenset({"tables"}),
)


def report_json(report: ClassReport, notes: Sequence[Note] = ()) -> str:
    """All tables, as in the report's own report.json, and the users' notes, in the format of `import_notes`."""
    return json.dumps(to_json(report.data) | notes_json(notes), indent=1, ensure_ascii=False)


def table_csv(report: ClassReport, table: str) -> str:
    """One of `tables_of` as CSV with a header, one line per row.

    List items are separated by spaces; unknown is empty.
    """
    columns = columns_of(report, table)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(column.name for column in columns)
    rows = zip(*(column.values for column in columns), strict=True)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return buffer.getvalue()


def _cell(value: object) -> object:
    """The cell value; a text cannot start a formula in a spreadsheet."""
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return csv_text(value) if isinstance(value, str) else value


def tables(report: ClassReport) -> dict[str, "pa.Table"]:
    """All of `tables_of` as Arrow tables; each field carries its meaning, each table the provenance of the report."""
    return {table: _table(columns_of(report, table), provenance(report)) for table in tables_of(report)}


def provenance(report: ClassReport) -> dict[str, str]:
    """The provenance of the report as texts: model, layer and photos or texts with their hashes, seed, command."""
    data = report.data
    return {
        "report": data.title, "created": data.created, "model": data.model.name,
        "model hash": data.model.fingerprint, "layer": data.layer.path, f"{data.noun}s": data.dataset.source,
        f"{data.noun}s hash": data.dataset.fingerprint, "settings": json.dumps(to_json(data.settings)),
        "versions": json.dumps(data.versions), "command": data.command,
    }  # fmt: skip


def _table(columns: list[Column], about: dict[str, str]) -> "pa.Table":
    import pyarrow as pa

    kinds = {
        "string": pa.string(), "double": pa.float64(), "int64": pa.int64(), "bool": pa.bool_(),
        "list<int64>": pa.list_(pa.int64()),
    }  # fmt: skip
    fields = [pa.field(column.name, kinds[column.kind], metadata={"meaning": column.meaning}) for column in columns]
    schema = pa.schema(fields, metadata=about)
    return pa.table(
        [pa.array(column.values, type=field.type) for column, field in zip(columns, fields, strict=True)], schema=schema
    )


def write_parquet(report: ClassReport, folder: str | Path) -> Path:
    """Writes a .parquet file per table, and tables.json with the meaning of each column; atomic.

    Earlier tables are replaced. Raises ValueError if the folder holds anything else.
    """
    place = check_output_folder(folder, TABLES_FOLDER)
    with new_folder(place) as part:
        for name, content in _parquet_files(report).items():
            (part / name).write_bytes(content)
        write_typed(part / ABOUT, _about(report))
    return place


def parquet_zip(report: ClassReport) -> bytes:
    """The files of `write_parquet` in one zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:  # Parquet is already compressed
        for name, content in _parquet_files(report).items():
            archive.writestr(name, content)
        archive.writestr(ABOUT, json.dumps(to_json(_about(report)), indent=1, ensure_ascii=False))
    return buffer.getvalue()


def _parquet_files(report: ClassReport) -> dict[str, bytes]:
    import pyarrow.parquet as pq

    files = {}
    for name, table in tables(report).items():
        buffer = io.BytesIO()
        pq.write_table(table, buffer)
        files[f"{name}.parquet"] = buffer.getvalue()
    return files


@dataclass(frozen=True)
class AboutTables:
    """Content of tables.json. about: the provenance of the tables. tables: table → column → meaning."""

    about: dict[str, str]
    tables: dict[str, dict[str, str]]


def _about(report: ClassReport) -> AboutTables:
    meanings = {
        table: {column.name: column.meaning for column in columns_of(report, table)} for table in tables_of(report)
    }
    return AboutTables(provenance(report), meanings)
