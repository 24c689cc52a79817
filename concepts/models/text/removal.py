"""A text without some of its words: deleted, replaced by the mask token, or hidden from attention.

The three give different answers: a deleted word moves those after it, a mask token is read as a word, and a hidden
one leaves a gap. Their spread belongs beside any figure made with one of them. Of a text that is cut at the window,
deleting a word lets in as many tokens from beyond the cut.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from concepts.models.encoders.pieces import Span
from concepts.models.text.reading import HIDDEN, Reader, overlaps

Spans = Sequence[Span]


def removed_inputs(reader: Reader, text: str, groups: Sequence[Spans], *, how: str) -> Tensor:
    """The input of a model for the text without the characters of each group, (n, 2, t) or (n, p).

    how: a key of `REMOVALS`. Raises ValueError where nothing is left to read.
    """
    return REMOVALS[how](reader, text, groups)


def without(text: str, spans: Spans) -> str:
    """The text without these characters; where blanks then meet, one is kept."""
    kept = text
    for start, stop in sorted(spans, reverse=True):
        before, after = kept[:start], kept[stop:]
        meet = before[-1:].isspace() or not before
        kept = before + (after[1:] if meet and after[:1].isspace() else after)
    return kept


def _deleted(reader: Reader, text: str, groups: Sequence[Spans]) -> Tensor:
    return reader.collate([reader.prepare(without(text, spans)) for spans in groups])


def _masked(reader: Reader, text: str, groups: Sequence[Spans]) -> Tensor:
    ids, touched = _tokens(reader, text, groups)
    return reader.collate([torch.where(each, reader.mask_id or 0, ids) for each in touched])


def _hidden(reader: Reader, text: str, groups: Sequence[Spans]) -> Tensor:
    ids, touched = _tokens(reader, text, groups)
    inputs = reader.collate([ids] * len(groups))
    inputs[:, 1, : len(ids)][touched] = HIDDEN
    if bool(touched.all(dim=1).any()):
        raise ValueError("hiding these words leaves no token to attend to: hide fewer")
    return inputs


def _tokens(reader: Reader, text: str, groups: Sequence[Spans]) -> tuple[Tensor, Tensor]:
    """(t,) ids of the text, and (n, t) bool: which tokens have characters in each group."""
    pieces = reader.pieces(text)
    touched = [[overlaps(span, spans) for span in pieces.spans] for spans in groups]
    return torch.tensor(pieces.ids), torch.tensor(touched)


REMOVALS: dict[str, Callable[[Reader, str, Sequence[Spans]], Tensor]] = {
    "delete": _deleted,
    "mask": _masked,
    "hide": _hidden,
}
