"""Batches for training the pair: pictures, some mirrored, and texts, some with words removed."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from concepts.demo.network import to_input
from concepts.demo.pair.network import PADDING, padded
from concepts.demo.pair.pictures import Captioned
from concepts.demo.pair.words import WORDS, spell


@dataclass(frozen=True)
class PairBatch:
    """n pictures and their texts.

    images: (n, 3, side, side). rows: (n, t) words of the texts, some removed. single: (n, 1), one word of each.
    captions: (n, L) bool, the words of the original texts. studies: (n,) bool.
    """

    images: Tensor
    rows: Tensor
    single: Tensor
    captions: Tensor
    studies: Tensor


def batches(data: Captioned, *, epochs: int, size: int, generator: torch.Generator) -> Iterator[PairBatch]:
    """Batches of all pictures once per epoch, in a new random order per epoch; half of the pictures are mirrored."""
    texts = padded([[word.row for word in spell(text)] for text in data.texts])
    captions, studies = has_words(texts), torch.from_numpy(data.studies)
    for _ in range(epochs):
        for chosen in torch.randperm(len(texts), generator=generator).split(size):
            images = to_input(data.images[chosen.numpy()])
            flip = torch.rand(len(chosen), 1, 1, 1, generator=generator) < 0.5
            images = torch.where(flip, images.flip(-1), images).contiguous(memory_format=torch.channels_last)
            rows, single = thinned(texts[chosen], generator), single_words(texts[chosen], generator)
            yield PairBatch(images, rows, single, captions[chosen], studies[chosen])


def has_words(rows: Tensor) -> Tensor:
    """(n, L) bool: whether each word of the vocabulary is among the rows (n, t) of KNOWN."""
    says = (rows >= 0) & (rows < len(WORDS))
    return torch.zeros(len(rows), len(WORDS)).scatter_add(1, rows.where(says, 0), says.float()) > 0


def thinned(rows: Tensor, generator: torch.Generator) -> Tensor:
    """The rows with words removed: half of the texts are unchanged; the others lose a random share, up to all but one.

    The remaining words have to stand for the removed ones: this is how expansion is learned.
    """
    chance = _chance(rows, generator)
    kept = chance <= chance.amin(dim=1, keepdim=True).maximum(torch.rand(len(rows), 1, generator=generator))
    whole = torch.rand(len(rows), 1, generator=generator) < 0.5
    return rows.where(kept | whole, PADDING)


def single_words(rows: Tensor, generator: torch.Generator) -> Tensor:
    """(n, 1): one vocabulary word of each text, chosen with equal probability."""
    return rows.gather(1, _chance(rows, generator).argmin(dim=1, keepdim=True))


def _chance(rows: Tensor, generator: torch.Generator) -> Tensor:
    """(n, t) random numbers in [0, 1), infinite for words outside the vocabulary."""
    nothing = (rows < 0) | (rows >= len(WORDS))
    return torch.rand(rows.shape, generator=generator).masked_fill(nothing, torch.inf)
