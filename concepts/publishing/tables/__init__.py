"""A report as data for other programs: JSON, CSV, Parquet, and a notebook with the folders it searches."""

from concepts.publishing.tables.columns import TABLES, TEXT_TABLES, Column, columns_of, tables_of
from concepts.publishing.tables.files import parquet_zip, report_json, table_csv, tables, write_parquet
from concepts.publishing.tables.notebook import notebook_of
from concepts.storage.app_folder import APP, DEMO, default_workspace

__all__ = [
    "APP",
    "DEMO",
    "TABLES",
    "TEXT_TABLES",
    "Column",
    "columns_of",
    "default_workspace",
    "notebook_of",
    "parquet_zip",
    "report_json",
    "table_csv",
    "tables",
    "tables_of",
    "write_parquet",
]
