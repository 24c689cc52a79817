"""Does a token's code hang on which token it is, or on what stands around it?"""

import numpy as np

from concepts.numerics.intervals import Estimate
from concepts.numerics.jackknife import jackknife_estimate


def identity_r_squared(tokens: np.ndarray, codes: np.ndarray, texts: np.ndarray, *, seed: int = 0) -> Estimate:
    """Share of the variance of a concept's token codes that the token's identity explains on texts held out.

        R² = 1 − Σ (u_i − ū(token_i))² / Σ (u_i − ū)²

    Near 1: the concept is a word. Near 0: it is context; below 0 where the means mislead. ū(token): its mean code in
    the other half of the texts, the mean of all tokens there for one that they lack. Each half is predicted from the
    other. Interval: over texts, which are
    independent of each other; the tokens of one text are not.
    tokens: (m,) identities of all tokens. codes: (m,). texts: (m,) the text that each stands in. For codes of whole
    texts there is no such figure: `bag_of_words` takes its place.
    Raises ValueError for fewer than two texts, and for codes that are all the same.
    """
    names, owners = np.unique(texts, return_inverse=True)
    if len(names) < 2:
        raise ValueError(f"tokens of {len(names)} text, expected at least two: one half is predicted from the other")
    fitted = (np.random.default_rng(seed).permutation(len(names)) % 2 == 0)[owners]
    errors, spread = np.zeros(len(codes)), np.zeros(len(codes))
    for inside in (fitted, ~fitted):
        mean = codes[inside].mean()
        errors[~inside] = codes[~inside] - _means(tokens[inside], codes[inside], tokens[~inside], mean)
        spread[~inside] = codes[~inside] - mean
    if not spread.any():
        raise ValueError("every token has the same code: the concept has no variance to explain")
    return explained(_by_text(errors**2, owners), _by_text(spread**2, owners))


def explained(errors: np.ndarray, spread: np.ndarray) -> Estimate:
    """1 − Σ errors / Σ spread of one pair a text, each (n,), with its interval from the texts' influences.

    Not by bootstrap: 10,000 texts and fifty concepts would take a minute.
    """
    whole, ratio = spread.sum(), errors.sum() / spread.sum()
    return jackknife_estimate(float(1 - ratio), (ratio * spread - errors) / whole)


def _means(known: np.ndarray, codes: np.ndarray, asked: np.ndarray, otherwise: float) -> np.ndarray:
    """The mean code of each token asked for, among known ones; `otherwise` for those that are not there."""
    names, places = np.unique(known, return_inverse=True)
    means = np.bincount(places, weights=codes) / np.bincount(places)
    found = np.minimum(np.searchsorted(names, asked), len(names) - 1)
    return np.where(names[found] == asked, means[found], otherwise)


def _by_text(values: np.ndarray, owners: np.ndarray) -> np.ndarray:
    return np.bincount(owners, weights=values)
