"""Documents cut into sentences."""

from dataclasses import replace

from concepts.data.documents.limits import check_number
from concepts.data.documents.sentences import sentences
from concepts.data.documents.textset import Part, TextSet


def split_documents(texts: TextSet) -> TextSet:
    """Every sentence of every text as a text of its own, called "document · 3", counted from 1.

    A sentence keeps its document's label and metadata; `parts` says where it is from. Raises ValueError for a set of
    sentences, and for more sentences than the limit of texts.
    """
    if texts.parts:
        raise ValueError(f"{texts.source_name} is cut into sentences already: give whole documents")
    parts = tuple(Part(i, *span) for i, text in enumerate(texts.texts) for span in sentences(text))
    check_number(len(parts), f"{texts.source_name}, cut into sentences,", texts.limits)
    places = [part.document for part in parts]
    return replace(
        texts,
        texts=tuple(texts.texts[part.document][part.start : part.stop] for part in parts),
        names=_names(texts, parts),
        given=texts.given and replace(texts.given, names=tuple(texts.given.names[i] for i in places)),
        metadata={name: tuple(cells[i] for i in places) for name, cells in texts.metadata.items()},
        parts=parts,
    )


def _names(texts: TextSet, parts: tuple[Part, ...]) -> tuple[str, ...]:
    names: list[str] = []
    before, number = -1, 0
    for part in parts:
        number = number + 1 if part.document == before else 1
        before = part.document
        names.append(f"{texts.names[part.document]} · {number}")
    return tuple(names)
