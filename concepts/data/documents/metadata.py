"""The other columns of a set of texts as properties, in the form that a report tests."""

from concepts.data.documents.textset import TextSet
from concepts.data.properties.table import PhotoTable, own_table


def metadata_table(texts: TextSet) -> PhotoTable | None:
    """The metadata as numbers, dates and categories, one value a text; None where there is none.

    A column is a number, a date (ISO 8601) or a category by its content, as in `open_table`; columns that are none of
    these, such as 21 different texts, are in `left_out` with the reason. Raises ValueError for more than 100 columns.
    """
    if not texts.metadata:
        return None
    column = (texts.columns and texts.columns.id) or "row"
    return own_table(texts.source_name, texts.names, texts.metadata, column=column)
