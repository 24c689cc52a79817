"""The other columns of a set of texts as properties, in the form that a report tests."""

from concepts.data.documents.textset import TextSet
from concepts.data.properties.table import MOST_COLUMNS, PhotoTable, column_properties


def metadata_table(texts: TextSet) -> PhotoTable | None:
    """The metadata as numbers, dates and categories, one value a text; None where there is none.

    A column is a number, a date (ISO 8601) or a category by its content, as in `open_table`; columns that are none of
    these, such as 21 different texts, are in `left_out` with the reason. Raises ValueError for more than 100 columns.
    """
    import pandas as pd

    if not texts.metadata:
        return None
    if len(texts.metadata) > MOST_COLUMNS:
        raise ValueError(f"{texts.source_name} has {len(texts.metadata)} columns of metadata: at most {MOST_COLUMNS}")
    found, left_out = column_properties(pd.DataFrame(dict(texts.metadata), dtype=object))
    column = (texts.columns and texts.columns.id) or "row"
    return PhotoTable(
        source=texts.source_name,
        names=texts.names,
        matched=frozenset(texts.names),
        column=column,
        n_rows=len(texts),
        properties=tuple(found),
        unmatched=(),
        left_out=tuple(left_out),
    )
