"""Tables as Parquet, read within stated bounds."""

import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from concepts.data.documents.limits import TextLimits, check_number, check_total
from concepts.data.documents.raw_table import RawTable, checked_names
from concepts.data.texts import one_line

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

FEATURES = b"huggingface"  # key under which `datasets` keeps what columns mean


def read_parquet(data: bytes, title: str, limits: TextLimits) -> RawTable:
    """The columns of texts, numbers, truth values and dates; lists, structures and bytes are left out.

    Class names that Hugging Face's `datasets` stores beside a column of class numbers come with it. A text that stands
    in many rows is held once, so that a small file cannot fill the memory.
    Raises ValueError, one line, for bytes that are no Parquet, and for a table over the limits.
    """
    import pyarrow as pa

    try:
        file = _opened(data)
        _check_size(file.metadata, title, limits)
        kept = _readable(file.schema_arrow)
        table = file.read(columns=kept)
        columns = tuple(_cells(table.column(name)) for name in kept)
    except (pa.ArrowException, OSError, TypeError, UnicodeDecodeError) as error:
        raise ValueError(f"{title} is no readable Parquet file: {one_line(error)}") from error
    names = checked_names(kept, title, limits.max_columns)
    return RawTable(title, names, columns, range(1, table.num_rows + 1), classes=_classes(file.schema_arrow))


def _check_size(told: "pq.FileMetaData", title: str, limits: TextLimits) -> None:
    check_number(told.num_rows, title, limits)
    check_total(sum(told.row_group(i).total_byte_size for i in range(told.num_row_groups)), title, limits)


def _opened(data: bytes) -> "pq.ParquetFile":
    """The file, with its texts as numbers into a dictionary."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pq.read_schema(io.BytesIO(data))
    texts = [field.name for field in schema if pa.types.is_string(field.type) or pa.types.is_large_string(field.type)]
    return pq.ParquetFile(io.BytesIO(data), read_dictionary=texts)


def _readable(schema: "pa.Schema") -> list[str]:
    import pyarrow as pa

    def reads(kind: "pa.DataType") -> bool:
        inner = kind.value_type if pa.types.is_dictionary(kind) else kind
        plain = (pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_floating)
        others = (pa.types.is_boolean, pa.types.is_date, pa.types.is_timestamp, pa.types.is_decimal)
        return any(test(inner) for test in (*plain, *others))

    return [field.name for field in schema if reads(field.type) and not field.name.startswith("__index_level_")]


def _cells(column: "pa.ChunkedArray") -> list[object]:
    """The cells; equal texts of a chunk are one object."""
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        return column.to_pylist()
    cells: list[object] = []
    for chunk in column.chunks:
        values = chunk.dictionary.to_pylist()
        cells += [None if place is None else values[place] for place in chunk.indices.to_pylist()]
    return cells


def _classes(schema: "pa.Schema") -> Mapping[str, tuple[str, ...]]:
    """Column -> the names of its classes in order, from the features that Hugging Face's `datasets` writes."""
    try:
        told = json.loads((schema.metadata or {}).get(FEATURES, b"{}"))
        features = dict(told["info"]["features"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):  # not written by it
        return {}
    named = {name: feature.get("names") for name, feature in features.items() if isinstance(feature, dict)}
    return {name: tuple(cast(Sequence[str], names)) for name, names in named.items() if _are_names(names)}


def _are_names(names: object) -> bool:
    return isinstance(names, list) and all(isinstance(name, str) for name in names)
