"""Words that might set texts of a class apart: neither in a few of them nor in nearly all."""

from collections.abc import Sequence

import numpy as np

from concepts.wordings.presence import term_presence


def words_held(texts: Sequence[str], *, least: int) -> tuple[tuple[str, ...], np.ndarray]:
    """The h words that at least `least` of n texts hold and as many do not; (n, h) bool: which texts hold each."""
    held = term_presence(texts, least=least)
    between = held.of_terms(np.flatnonzero(held.counts <= len(texts) - least))
    return between.terms, np.asarray(between.holds.toarray() > 0)
