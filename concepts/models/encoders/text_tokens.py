"""TokenTextEncoder: tokens with positions in the text, returned by every text adapter."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from concepts.models.encoders.base import TextTokens
from concepts.models.encoders.pieces import Pieces, Tokenize, check_lengths, check_texts

BATCH = 32
Run = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


@dataclass(frozen=True, eq=False)
class TokenTextEncoder:
    """Texts → `TextTokens`, in batches of texts of similar length. Safe to share between threads.

    `_run` maps ids (n, t) and mask (n, t), 1 for tokens of the text, to vectors (n, t, p) and pooled (n, p).
    `_width`: length that every text is padded to, for a model trained that way; None: the longest of the batch.
    """

    name: str
    fingerprint: str
    n_channels: int
    longest: int
    device: torch.device
    _tokenize: Tokenize = field(repr=False)
    _run: Run = field(repr=False)
    _pad: int = field(default=0, repr=False)
    _width: int | None = field(default=None, repr=False)

    def encode(self, texts: Sequence[str]) -> list[TextTokens]:
        """One `TextTokens` per text, float32 on the CPU.

        Raises ValueError for an empty text, and for one with more than `longest` tokens: nothing is truncated.
        """
        found: dict[int, TextTokens] = {}
        for rows, pieces, vectors, pooled in self._batches(texts):
            for i, row in enumerate(rows):
                kept = [t for t, span in enumerate(pieces[i].spans) if span is not None]
                spans = tuple(span for span in pieces[i].spans if span is not None)
                found[row] = TextTokens(texts[row], spans, vectors[i, kept], pooled[i])
        return [found[row] for row in range(len(texts))]

    def embed(self, texts: Sequence[str]) -> Tensor:
        """(n, p): the texts' pooled vectors, float32 on the CPU. Raises the same errors as `encode`."""
        result = torch.zeros(len(texts), self.n_channels)
        for rows, _, _, pooled in self._batches(texts):
            result[rows] = pooled
        return result

    @torch.no_grad()
    def _run_batch(self, pieces: list[Pieces]) -> tuple[Tensor, Tensor]:
        width = self._width or max(len(each.ids) for each in pieces)
        ids = torch.full((len(pieces), width), self._pad)
        mask = torch.zeros_like(ids)
        for i, each in enumerate(pieces):
            ids[i, : len(each.ids)] = torch.tensor(each.ids)
            mask[i, : len(each.ids)] = 1
        vectors, pooled = self._run(ids.to(self.device), mask.to(self.device))
        return vectors.float().cpu(), pooled.float().cpu()

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[list[int], list[Pieces], Tensor, Tensor]]:
        check_texts(texts)
        pieces = self._tokenize(texts)
        check_lengths(texts, pieces, self.longest)
        order = sorted(range(len(texts)), key=lambda row: len(pieces[row].ids))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            chosen = [pieces[row] for row in rows]
            yield rows, chosen, *self._run_batch(chosen)
