"""Maps of words on a photo: the activation of a word per place, smoothed, minus what all words share."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from concepts.lexicon.lexicon import Lexicon

CHUNK = 2**24  # activations of all words held at once: 64 MB
FOUND_SMOOTH, FOUND_CONTRAST = 4.0, "score"  # best at finding a photo among others, see benchmarks/haystack.py

CONTRASTS: dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "none": lambda s, mean, deviation: s,
    "mean": lambda s, mean, deviation: s - mean,
    "score": lambda s, mean, deviation: (s - mean) / deviation.clamp(min=torch.finfo(s.dtype).tiny),
}


def word_map(tokens: Tensor, lexicon: Lexicon, word: str, *, smooth: float = 0.0, contrast: str = "none") -> Tensor:
    """(h, w): activation of a word at each place of a photo. Arguments and errors as for `word_maps`."""
    return word_maps(tokens, lexicon, [word], smooth=smooth, contrast=contrast)[..., 0]


@torch.no_grad()
def word_maps(
    tokens: Tensor, lexicon: Lexicon, words: Sequence[str], *, smooth: float = 0.0, contrast: str = "none",
    chunk: int = CHUNK,
) -> Tensor:  # fmt: skip
    """(h, w, words): activation of each word at each place of a photo.

        z_tw = a_t · e_w + b_w,   s_tw = Σ_t' G_tt' max(0, z_t'w)

    G: a Gaussian of standard deviation `smooth`, in tokens, along both axes; its rows sum to 1 at the borders too; 0
    leaves the map unchanged. contrast, over all L words of the lexicon at a place: "none" returns s; "mean"
    s − mean_w s (what all words share is redundant: CLIP Surgery); "score" also divides by the standard deviation,
    (s − mean_w s) / sd_w s.
    tokens: (h, w, p) of one photo, of any size. The unit is logits, except for "score", which has none. chunk:
    number of activations of all words held at once.
    Raises ValueError for tokens of another shape or width, an unknown word, another contrast, or smooth < 0.
    """
    if tokens.ndim != 3 or tokens.shape[-1] != lexicon.n_channels:
        raise ValueError(
            f"tokens {tuple(tokens.shape)}, the lexicon {lexicon.name} takes (h, w, {lexicon.n_channels}) of one photo"
        )
    if contrast not in CONTRASTS:
        raise ValueError(f"unknown contrast {contrast!r}: choose one of {', '.join(CONTRASTS)}")
    if not 0 <= smooth < math.inf:
        raise ValueError(f"smooth is {smooth}: give a deviation in tokens, 0 for none")
    rows = [lexicon.row(word) for word in words]
    chosen = _smoothed(tokens, lexicon, torch.tensor(rows, dtype=torch.long), smooth)
    if contrast == "none":
        return chosen
    return CONTRASTS[contrast](chosen, *_shared_by_words(tokens, lexicon, smooth, chunk))


@dataclass(frozen=True, eq=False)
class WordHeat:
    """Activation of a word at each place of a photo: values (h, w) ≥ 0, and their maximum."""

    values: np.ndarray
    top: float

    @property
    def unit(self) -> np.ndarray:
        """The values as shares of the maximum; all 0 if the word is not activated."""
        return self.values / self.top if self.top else self.values


def word_heat(tokens: Tensor, lexicon: Lexicon, word: str, *, shared: bool = False) -> WordHeat:
    """The map of a word on a photo (h, w, p), for display. shared: keep what all words share at a place."""
    found = word_map(tokens, lexicon, word, contrast="none" if shared else "mean")
    values = np.maximum(found.numpy(), 0)
    return WordHeat(values, float(values.max()))


def peak(heat: Tensor) -> tuple[int, int]:
    """(row, column) of the largest value of a map (h, w); the first in a tie."""
    row, column = divmod(int(heat.flatten().argmax()), heat.shape[1])
    return row, column


def _smoothed(tokens: Tensor, lexicon: Lexicon, rows: Tensor, smooth: float) -> Tensor:
    """s of the words in `rows`, (h, w, words)."""
    z = tokens @ lexicon.vectors[rows].to(tokens).T
    if lexicon.bias is not None:
        z = z + lexicon.bias[rows].to(tokens)
    positive = z.clamp(min=0)
    if smooth == 0:
        return positive
    down, across = (gaussian(n, smooth).to(tokens) for n in tokens.shape[:2])
    return torch.einsum("yi,xj,ijw->yxw", down, across, positive)


def gaussian(n: int, deviation: float) -> Tensor:
    """(n, n): Gaussian weights around each of n places, rows summing to 1."""
    distance = torch.arange(n)[:, None] - torch.arange(n)
    weights = torch.exp(-(distance.double() ** 2) / (2 * deviation**2))
    return weights / weights.sum(dim=1, keepdim=True)


def _shared_by_words(tokens: Tensor, lexicon: Lexicon, smooth: float, chunk: int) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation of s over all words, each (h, w, 1), computed in chunks of words to limit memory."""
    h, w, _ = tokens.shape
    total, squares = (torch.zeros(h, w, dtype=torch.float64, device=tokens.device) for _ in range(2))
    for rows in torch.arange(len(lexicon)).split(max(1, chunk // (h * w))):
        s = _smoothed(tokens, lexicon, rows, smooth).double()
        total += s.sum(dim=-1)
        squares += s.square().sum(dim=-1)
    mean = total / len(lexicon)
    deviation = (squares / len(lexicon) - mean.square()).clamp(min=0).sqrt()
    return mean[..., None].to(tokens), deviation[..., None].to(tokens)
