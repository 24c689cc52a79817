"""Overused words, activated on almost every photo: the use of each word over a corpus, and activations minus it."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Overuse:
    """The use of each of L words over a corpus. mean: (L,) activation over all tokens; share: (L,) of photos on which
    the word fires anywhere; n_photos: number of photos."""

    mean: Tensor
    share: Tensor
    n_photos: int

    @property
    def penalty(self) -> float:
        """Σ_w ā_w²: small if words are used rarely and evenly (the overuse penalty of LexVLA)."""
        return float(self.mean.square().sum())

    def discounted(self, activations: Tensor) -> Tensor:
        """(..., L): activations minus the word's mean activation, s − ā; below 0 where it is activated less than usual.

        Raises ValueError for another number of words.
        """
        if activations.shape[-1] != len(self.mean):
            raise ValueError(f"activations of {activations.shape[-1]} words, the overuse is of {len(self.mean)}")
        return activations - self.mean.to(activations)

    def and_of(self, others: "Overuse") -> "Overuse":
        """The use of these words, then of others, on the same photos. Raises ValueError for different photo numbers."""
        if others.n_photos != self.n_photos:
            raise ValueError(f"words over {self.n_photos} photos, the others over {others.n_photos}: count on the same")
        return Overuse(torch.cat([self.mean, others.mean]), torch.cat([self.share, others.share]), self.n_photos)

    def said_everywhere(self, least: float) -> float:
        """The share of words that fire on at least a share `least` of the photos."""
        return float((self.share >= least).float().mean())

    def most_used(self, n: int = 20) -> list[int]:
        """The n words that fire on the most photos; in a tie the larger mean comes first."""
        order = sorted(range(len(self.mean)), key=lambda word: (-float(self.share[word]), -float(self.mean[word])))
        return order[:n]


def overuse(batches: Iterable[Tensor]) -> Overuse:
    """The use of each word over photos in batches, of which one is held at a time.

    batches: (n, T..., L) lexical activations, non-negative: n photos with their tokens, or (n, L), one vector per
    photo. Raises ValueError for no photos, and for batches of different words.
    """
    sums = fires = None
    tokens = photos = 0
    for batch in batches:
        rows = batch.reshape(len(batch), -1, batch.shape[-1])  # (n, T, L)
        if sums is None or fires is None:
            sums = torch.zeros(rows.shape[-1], dtype=torch.float64, device=batch.device)
            fires = torch.zeros_like(sums)
        if rows.shape[-1] != len(sums):
            raise ValueError(f"a batch of {rows.shape[-1]} words after one of {len(sums)}: use one lexicon")
        sums += rows.sum(dim=(0, 1), dtype=torch.float64)
        fires += (rows > 0).any(dim=1).sum(dim=0)
        tokens, photos = tokens + rows.shape[0] * rows.shape[1], photos + len(rows)
    if sums is None or fires is None or not photos:
        raise ValueError("no photos to count words on: give at least one batch")
    return Overuse((sums / max(tokens, 1)).float(), (fires / photos).float(), photos)
