"""Words that might set texts of a class apart: neither in a few of them nor in nearly all."""

import numpy as np

from concepts.wordings.presence import Presence


def words_held(held: Presence, *, least: int) -> tuple[tuple[str, ...], np.ndarray]:
    """The h words that at least `least` of n texts hold and as many do not; (n, h) bool: which texts hold each."""
    counts = held.counts
    between = held.of_terms(np.flatnonzero((counts >= least) & (counts <= len(held.lengths) - least)))
    return between.terms, np.asarray(between.holds.toarray() > 0)
