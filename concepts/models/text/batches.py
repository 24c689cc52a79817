"""Running a model over texts of many lengths: sorted, padded as little as possible, results in the order of the input.

Some models give a text another answer when it is padded (XLNet, FNet, MobileBERT, ConvBERT), or beside other texts.
That is measured when a model is opened; their texts are then run with others of the same length, or alone.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from concepts.models.text.reading import PADDING, READ

Batching = Literal["padded", "same length", "alone"]
Run = Callable[[Tensor, Tensor], Tensor]  # ids (m, t) and mask (m, t) of 1 and 0 → (m, ...)
TOLERANCE = 2e-5  # of the largest magnitude: rounding of batches of other sizes is below
TOKENS_AT_ONCE = {"cpu": 1536, "cuda": 65_536}  # on two cores MiniLM takes a tenth more time with 4,096
READ_TOGETHER = 16  # times the batch size: of 512 texts sorted by length, less than a tenth is padding
SAID: dict[Batching, str] = {
    "padded": "",
    "same length": "Only texts of the same length share a batch: padding changes this model's answers.",
    "alone": "One text at a time: the model's answer for a text depends on the others in its batch.",
}


@dataclass(frozen=True)
class Batches:
    """Callable: runs a function over texts. tokens_at_once: tokens in one call, padding included."""

    how: Batching
    tokens_at_once: int

    def __call__(self, run: Run, inputs: Tensor) -> Tensor:
        """(m, ...) for inputs (m, 2, t), ids and mask, m ≥ 1. A text with no token next to it is run as it is."""
        lengths = lengths_of(inputs)
        order = torch.argsort(lengths, stable=True)
        parts = []
        for rows in self._groups(order.tolist(), lengths.tolist()):
            chosen = inputs[rows, :, : max(1, int(lengths[rows].max()))]
            parts.append(_run_group(run, chosen))
        results = torch.cat(parts)
        return results[torch.argsort(order).to(results.device)]

    def _groups(self, order: Sequence[int], lengths: Sequence[int]) -> Iterator[list[int]]:
        """Rows in order of length; each group fits into `tokens_at_once`, padded to its longest."""
        group: list[int] = []
        for row in order:
            if group and not self._share(len(group) + 1, lengths[group[0]], lengths[row]):
                yield group
                group = []
            group.append(row)
        yield group

    def _share(self, n: int, shortest: int, longest: int) -> bool:
        if self.how == "alone" or (self.how == "same length" and shortest != longest):
            return False
        return n * longest <= self.tokens_at_once


def lengths_of(inputs: Tensor) -> Tensor:
    """(m,) number of tokens of each text, up to its last one that is no padding."""
    places = torch.arange(1, inputs.shape[2] + 1, device=inputs.device)
    return ((inputs[:, 1] != PADDING) * places).amax(dim=1)


def _run_group(run: Run, inputs: Tensor) -> Tensor:
    """The function on a group; on one text at a time where it refuses the group.

    BART refuses texts of which one holds its end token more often than the others.
    """
    ids, mask = inputs[:, 0], (inputs[:, 1] == READ).long()
    try:
        return run(ids, mask)
    except ValueError:
        if len(inputs) == 1:
            raise
        return torch.cat([_run_group(run, each[:, :, : max(1, int(lengths_of(each)))]) for each in inputs.split(1)])


@torch.no_grad()
def measured_batching(run: Run, texts: Sequence[Tensor], collate: Callable[[Sequence[Tensor]], Tensor]) -> Batching:
    """How texts can share a batch so that each gets what it gets alone. texts: ids (t,), of different lengths."""

    def together(pair: Sequence[Tensor]) -> Tensor:
        inputs = collate(pair).to(texts[0].device)
        return run(inputs[:, 0], inputs[:, 1])

    def differ(pair: Sequence[Tensor]) -> bool:
        alone = torch.cat([together([each]) for each in pair])
        try:
            return not same(together(pair), alone)
        except ValueError:  # what the model says when it refuses a batch
            return True

    short, long = min(texts, key=len), max(texts, key=len)
    if not differ([short, long]):
        return "padded"
    turned = torch.cat([long[:1], long[1:-1].flip(0), long[-1:]])
    return "alone" if differ([long, turned]) else "same length"


def same(a: Tensor, b: Tensor) -> bool:
    """Whether two results are equal but for rounding."""
    return a.shape == b.shape and float((a - b).abs().max()) <= TOLERANCE * float(b.abs().max())
