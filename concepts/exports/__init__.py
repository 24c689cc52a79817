"""A report as data for other programs: JSON, CSV, Parquet, a notebook."""

from concepts.exports.columns import TABLES, Column, columns_of
from concepts.exports.files import parquet_zip, report_json, table_csv, tables, write_parquet
from concepts.exports.notebook import notebook_of

__all__ = [
    "TABLES",
    "Column",
    "columns_of",
    "notebook_of",
    "parquet_zip",
    "report_json",
    "table_csv",
    "tables",
    "write_parquet",
]
