"""Properties of a report's texts, and of the texts of other classes beside them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from itertools import chain

import numpy as np

from concepts.data.dataset import Dataset
from concepts.data.others import WithOthers
from concepts.data.properties.property import Property, number
from concepts.data.properties.table import PhotoTable, own_table
from concepts.data.properties.texts import TextProperties, text_properties_of
from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.evidence.item_texts import text_of

MEASURED = tuple(field.name for field in fields(TextProperties))


def text_properties(findings: Findings, chosen: np.ndarray, table: PhotoTable | None) -> tuple[Property, ...]:
    """The properties of the n texts of the report, then of the m chosen others, (n + m,) each.

    Measured ones, the columns that came with the texts, and those of the user's table; a name that is taken has
    "(table)" behind it.
    """
    known, photos = findings.selection.known.photos, findings.selection.photos
    names = [photos.names[i] for i in findings.activations.indices] + [known.names[i] for i in chosen]
    found = [*_measured(findings, chosen)]
    taken = {each.name for each in found}
    for own in (_metadata(known), table):
        for each in () if own is None else own.of(names):
            found.append(each.named(f"{each.name} (table)") if each.name in taken else each)
            taken.add(each.name)
    return tuple(found)


def _measured(findings: Findings, chosen: np.ndarray) -> Iterator[Property]:
    """Those that differ between texts."""
    own = (text_of(findings.selection.photos, i) for i in findings.activations.indices)
    others = (text_of(findings.selection.known.photos, int(i)) for i in chosen)
    rows = np.array([_row(text) for text in chain(own, others)]).reshape(-1, len(MEASURED))
    for name, values in zip(MEASURED, rows.T, strict=True):
        if np.nanmin(values, initial=np.inf) < np.nanmax(values, initial=-np.inf):
            yield number(name.replace("_", " "), list(values))


def _row(text: str | None) -> tuple[float, ...]:
    return (np.nan,) * len(MEASURED) if text is None else tuple(vars(text_properties_of(text)).values())


def _metadata(texts: Dataset[str]) -> PhotoTable | None:
    """The columns that came with the texts; of others beside them where they have a column of that name."""
    parts = (texts.own, texts.others) if isinstance(texts, WithOthers) else (texts,)
    columns: list[Mapping[str, Sequence[str | None]]] = [getattr(part, "metadata", {}) for part in parts]
    if not any(columns):
        return None
    names = dict.fromkeys(chain.from_iterable(columns))
    joined = {
        name: [value for part, own in zip(parts, columns, strict=True) for value in own.get(name, [None] * len(part))]
        for name in names
    }
    both = (*parts[0].names, *(texts.names_of_others if isinstance(texts, WithOthers) else ()))
    return own_table(texts.source_name, both, joined)
