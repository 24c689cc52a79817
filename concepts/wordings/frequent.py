"""Words that might set texts of a class apart: neither in a few of them nor in nearly all."""

from collections.abc import Sequence

import numpy as np

from concepts.wordings.presence import term_presence


def words_held(texts: Sequence[str], *, least: int) -> np.ndarray:
    """(n, h) bool: which texts hold each word that at least `least` texts hold and at least `least` do not."""
    held = term_presence(texts, least=least)
    between = np.flatnonzero(held.counts <= len(texts) - least)
    return np.asarray(held.of_terms(between).holds.toarray() > 0)
