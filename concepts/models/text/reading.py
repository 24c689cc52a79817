"""From a text to what a model reads: token ids with their places in the text, cut at the model's window.

A text longer than the window is cut at its end, as `truncation=True` of transformers does it, begin and end tokens
kept; `TextPieces.n_cut` says by how many tokens. It is not read in windows whose answers are averaged, because that
would explain another classifier than the one in use. Documents are better cut into sentences first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import torch
from torch import Tensor

from concepts.data.dataset import UnreadableItem
from concepts.models.encoders.pieces import Pieces, Span, Tokenize

READ, HIDDEN, PADDING = 1, -1, 0  # of the mask: read; hidden from attention; no token of the text
TOO_LONG = 2048  # tokens kept of a text for a model whose window has no end


@dataclass(frozen=True)
class TextPieces(Pieces):
    """The pieces that a model reads of one text. n_cut: number of tokens at the end that the window leaves out."""

    n_cut: int = 0


class Reader(Protocol):
    """Texts to inputs of a model. `longest`: the largest number of tokens, None for a model without tokens.

    mask_id: the id of the mask token, None without one.
    """

    @property
    def longest(self) -> int | None: ...
    @property
    def mask_id(self) -> int | None: ...

    def pieces(self, text: str) -> TextPieces:
        """The words or tokens that are read of a text, with their characters."""
        ...

    def prepare(self, text: str) -> Tensor:
        """One text's input. Raises UnreadableItem for a text of which nothing can be read."""
        ...

    def collate(self, prepared: Sequence[Tensor]) -> Tensor:
        """Inputs of m texts as one tensor."""
        ...


@dataclass(frozen=True, eq=False)
class TokenReader:
    """Token ids of a text, at most `longest`. Safe to share between threads.

    places: whether the tokens' characters are known, so that those of a word can be masked or hidden.
    n_vectors: number of token embeddings of the model, None where not known.
    """

    longest: int
    mask_id: int | None
    pad: int
    places: bool = field(default=True, kw_only=True)
    n_vectors: int | None = field(default=None, kw_only=True)
    _tokenize: Tokenize = field(repr=False)

    def pieces(self, text: str) -> TextPieces:
        """The tokens, begin and end included. Raises UnreadableItem for characters that are none (half surrogates)."""
        try:
            return cut_at(self._tokenize([text])[0], self.longest)
        except (UnicodeError, TypeError) as error:
            raise UnreadableItem("the text holds characters that are not valid Unicode: clean it") from error

    def prepare(self, text: str) -> Tensor:
        """(t,) int64 ids. Raises UnreadableItem for a text without a token, or with one unknown to the model."""
        ids = self.pieces(text).ids
        if not ids:
            raise UnreadableItem("the text has no character that the model's tokenizer knows")
        if self.n_vectors is not None and max(ids) >= self.n_vectors:
            raise UnreadableItem(
                f"its token {max(ids)} is none of the model's {self.n_vectors}: the tokenizer is another model's"
            )
        return torch.tensor(ids)

    def collate(self, prepared: Sequence[Tensor]) -> Tensor:
        """(m, 2, t) int64: ids and mask of m texts, padded right to the longest."""
        longest = max((len(ids) for ids in prepared), default=0)
        both = torch.zeros(len(prepared), 2, longest, dtype=torch.int64)
        both[:, 0] = self.pad
        for row, ids in zip(both, prepared, strict=True):
            row[0, : len(ids)] = ids
            row[1, : len(ids)] = READ
        return both


def cut_at(pieces: Pieces, longest: int) -> TextPieces:
    """The first pieces, at most `longest` in all; the tokens without characters at the end (end of text) are kept."""
    n_cut = max(0, len(pieces.ids) - longest)
    if not n_cut:
        return TextPieces(pieces.ids, pieces.spans)
    n_end = next((i for i, span in enumerate(reversed(pieces.spans)) if span is not None), 0)
    n_start = max(0, longest - n_end)
    end = slice(len(pieces.ids) - n_end, None)
    return TextPieces(pieces.ids[:n_start] + pieces.ids[end], pieces.spans[:n_start] + pieces.spans[end], n_cut)


def overlaps(span: Span | None, removed: Sequence[Span]) -> bool:
    """Whether a token's characters are among those of the given spans, at least in part."""
    return span is not None and any(start < span[1] and span[0] < stop for start, stop in removed)
