"""New words for a lexicon in use: each is projected onto the hull of the old ones, nothing is refitted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from concepts.lexicon.lexicon import Lexicon


@dataclass(frozen=True)
class ExtendedLexicon:
    """The lexicon with its new words at the end. weights: (m, L), of the old words in each new one, ≥ 0, sum 1.

    residuals: (m,) distance of each vector from the hull, as a share of its length; 0 for a vector inside.
    """

    lexicon: Lexicon
    weights: Tensor
    residuals: Tensor


def with_words(lexicon: Lexicon, words: Sequence[str], vectors: Tensor) -> ExtendedLexicon:
    """Adds words, each as the point of the old words' hull nearest to its vector.

        min_w ‖Eᵀ w − v‖,  w ≥ 0, Σ w = 1

    vectors: (m, p). A bridge or bottleneck that reads the old words reads the new ones as mixtures of them, so none
    lies outside what it was fitted on. A bias is mixed likewise. A large residual means that the lexicon has no words
    nearby: refit. Solved exactly by non-negative least squares (Lawson & Hanson 1974, chapter 23: the point of a hull
    nearest to the origin). Raises ValueError for vectors of another width or number, vectors that are not finite, or
    words already in the lexicon.
    """
    if vectors.ndim != 2 or vectors.shape != (len(words), lexicon.n_channels) or not len(words):
        raise ValueError(
            f"{len(words)} new words with vectors {tuple(vectors.shape)}: expected ({len(words)}, {lexicon.n_channels})"
        )
    if not torch.isfinite(vectors).all():
        raise ValueError("the new vectors hold NaN or infinity: compute them anew")
    old = lexicon.vectors.detach().cpu().double().numpy()
    found = np.stack([hull_weights(old, vector) for vector in vectors.detach().cpu().double().numpy()])
    weights = torch.from_numpy(found).to(lexicon.vectors)
    inside = weights @ lexicon.vectors
    lengths = vectors.norm(dim=1).clamp(min=1e-12).to(lexicon.vectors)
    residuals = (inside - vectors.to(lexicon.vectors)).norm(dim=1) / lengths
    bias = None if lexicon.bias is None else torch.cat([lexicon.bias, weights.to(lexicon.bias) @ lexicon.bias])
    grown = replace(lexicon, words=(*lexicon.words, *words), vectors=torch.cat([lexicon.vectors, inside]), bias=bias)
    return ExtendedLexicon(grown, weights, residuals)


def with_mixture(lexicon: Lexicon, word: str, parts: Sequence[str]) -> Lexicon:
    """Adds a word for some of the old ones together: the mean of their vectors and of their biases.

    This is a point of the old words' hull, as in `with_words`, but known beforehand. Raises ValueError for a word that
    already exists, for no parts, and, with the nearest words, for an unknown part.
    """
    if " ".join(word.split()).casefold() in lexicon.places:
        raise ValueError(f"the word {word!r} is in the lexicon {lexicon.name} already: choose another")
    if not parts:
        raise ValueError(f"what is {word!r} made of? Name at least one word of the lexicon {lexicon.name}")
    rows = [lexicon.row(part) for part in parts]
    vectors, bias = _with_mean(lexicon.vectors, rows), None if lexicon.bias is None else _with_mean(lexicon.bias, rows)
    return replace(lexicon, words=(*lexicon.words, word), vectors=vectors, bias=bias)


def _with_mean(values: Tensor, rows: list[int]) -> Tensor:
    return torch.cat([values, values[rows].mean(dim=0, keepdim=True)])


def hull_weights(points: np.ndarray, target: np.ndarray) -> np.ndarray:
    """(L,) ≥ 0, sum 1: the mixture of points (L, p) nearest to a target (p,).

    With D = points − target, x = argmin_{x ≥ 0} ‖Dᵀ x‖² + (Σ x − 1)²; along each mixture x = t w the best t gives
    d² / (1 + d²) with d its distance, which increases with d: so x / Σ x is the nearest mixture.
    """
    from scipy.optimize import nnls

    away = points - target
    scale = max(float(np.sqrt(np.square(away).sum(axis=1).min())), 1e-12)  # of the nearest point
    x, _ = nnls(np.vstack([away.T / scale, np.ones(len(points))]), np.append(np.zeros(points.shape[1]), 1.0))
    return x / x.sum()
