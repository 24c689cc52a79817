"""A table's rows as a set of texts."""

from collections.abc import Sequence

from concepts.data.dataset import Skipped
from concepts.data.documents.cells import cell_text, label_of
from concepts.data.documents.checking import sifted
from concepts.data.documents.columns import Asked, Columns, columns_of
from concepts.data.documents.limits import TextLimits
from concepts.data.documents.raw_table import RawTable, listed, row_name
from concepts.data.documents.textset import TextSet, clean_names, first_skipped, table_labels
from concepts.data.images.labels import GivenLabels


def texts_of_table(table: RawTable, asked: Asked, source_name: str, limits: TextLimits) -> TextSet:
    """The texts of a table, named by its column of ids, else by their rows, with its labels and its other columns.

    Rows without a text that can be used are left out and named.
    Raises ValueError, one line, where columns cannot be told, ids are not all different, and no text is left.
    """
    columns = columns_of(table, asked)
    texts = table.column(columns.text)
    kept, problems = sifted(texts, limits)
    left_out = [Skipped(row_name(table.numbers[i]), problem) for i, problem in problems.items()]
    skipped = listed((*table.skipped, *left_out))
    if not kept:
        raise ValueError(f"{table.title} has no text in the column {columns.text!r}{first_skipped(skipped)}")
    return TextSet(
        texts=tuple(str(texts[i]) for i in kept),
        names=_names(table, columns, kept),
        source_name=source_name,
        given=None if columns.label is None else _labels(table, columns.label, kept),
        metadata={name: tuple(cell_text(table.column(name)[i]) for i in kept) for name in columns.others},
        columns=columns,
        skipped=skipped,
        notes=(_note(table, columns),),
        limits=limits,
    )


def _labels(table: RawTable, column: str, kept: Sequence[int]) -> GivenLabels | None:
    cells, classes = table.column(column), table.classes.get(column, ())
    return table_labels(tuple(label_of(cells[i], classes) for i in kept), classes)


def _names(table: RawTable, columns: Columns, kept: Sequence[int]) -> tuple[str, ...]:
    """The names by the column of ids, else by rows. Raises ValueError where two are equal or one is empty."""
    if columns.id is None:
        return tuple(row_name(table.numbers[i]) for i in kept)
    names = clean_names(cell_text(table.column(columns.id)[i]) or "" for i in kept)
    first: dict[str, int] = {}
    for i, name in zip(kept, names, strict=True):
        if name in first or cell_text(table.column(columns.id)[i]) is None:
            what = f"{name!r} in {row_name(table.numbers[first[name]])} and" if name in first else "an empty cell in"
            raise ValueError(
                f"{table.title}: the column {columns.id!r} has {what} {row_name(table.numbers[i])}: ids must differ; "
                'name another column (--id-column), or "" for none'
            )
        first[name] = i
    return names


def _note(table: RawTable, columns: Columns) -> str:
    found = [("texts", columns.text), ("labels", columns.label), ("names", columns.id)]
    told = ", ".join(f"{what} from {name!r}" for what, name in found if name is not None)
    return told if table.is_named else f"the first line names no columns and counts as a text: {told}"
