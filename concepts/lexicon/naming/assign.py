"""Joint assignment of words to all concepts."""

import numpy as np

NONE = -1  # no good word


def assign_words(
    scores: np.ndarray, thresholds: np.ndarray | float, *, capacity: int = 1, entropy: float = 0.0
) -> np.ndarray:
    """(k,) the column of each concept's word, NONE if no word is good.

    Optimal transport of the concepts to the words: it maximises the sum of score − threshold, where no word is assigned
    to more than `capacity` concepts, and "no word", of value 0, has no limit. So a concept may get its second word if
    its first is worth more to another, but never one at or below its threshold.
    scores: (k, L). thresholds: (k,) or one for all. entropy: 0 is exact; above 0 each concept takes the most likely
    word of a soft plan (VLAP), whose capacity holds for shares, so that a word may then name a few more.
    Raises ValueError for scores of another shape, no words, NaN, or a capacity below 1.
    """
    from concepts.lexicon.alignment.transport import transport_plan  # imports torch, which reading names does not need

    scores = np.asarray(scores, dtype=np.float64)
    if scores.ndim != 2 or 0 in scores.shape:
        raise ValueError(f"scores {scores.shape}, expected (k, L): at least one concept and one word")
    if capacity < 1:
        raise ValueError(f"capacity is {capacity}: a word must be able to name at least one concept")
    limits = np.broadcast_to(np.asarray(thresholds, dtype=np.float64), len(scores))
    if not (np.isfinite(scores).all() and np.isfinite(limits).all()):
        raise ValueError("scores or thresholds hold NaN or infinity: check the tokens and the lexicon")
    gain = scores - limits[:, None]
    k, n_words = gain.shape
    worth = np.hstack([gain, np.zeros((k, 1))])
    plan = transport_plan(worth, np.ones(k), np.append(np.full(n_words, float(capacity)), float(k)), entropy=entropy)
    word = plan.argmax(axis=1)
    good = (word < n_words) & (worth[np.arange(k), word] > 0)
    return np.where(good, word, NONE)
