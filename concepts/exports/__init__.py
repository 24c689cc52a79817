"""A report as data for other programs: JSON, CSV, Parquet, a notebook, and the folders in which that looks."""

from concepts.app_folder import APP, DEMO, default_workspace
from concepts.exports.columns import TABLES, Column, columns_of
from concepts.exports.files import parquet_zip, report_json, table_csv, tables, write_parquet
from concepts.exports.notebook import notebook_of

__all__ = [
    "APP",
    "DEMO",
    "TABLES",
    "Column",
    "columns_of",
    "default_workspace",
    "notebook_of",
    "parquet_zip",
    "report_json",
    "table_csv",
    "tables",
    "write_parquet",
]
