"""Words that say the label by themselves, found without a model."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from concepts.numerics.intervals import Estimate, wilson
from concepts.wordings.presence import Presence, term_presence


@dataclass(frozen=True)
class WordLabel:
    """How a word goes with a label.

    n: texts that hold the word. share: of them with the label, with Wilson's interval. base: the label's share of all
    texts. z: the distance in standard errors. p_bonferroni, p_adjusted: two-sided p-values, by Bonferroni as in the
    paper (no false word at all), and by Benjamini and Hochberg (at most 5% false ones among those below 0.05).
    """

    word: str
    label: str
    n: int
    share: Estimate
    base: float
    z: float
    p_bonferroni: float
    p_adjusted: float


@dataclass(frozen=True)
class WordLabels:
    """All words tested with each label, the largest |z| first. critical_z: the |z| above which Bonferroni finds one."""

    rows: tuple[WordLabel, ...]
    n_words: int
    critical_z: float

    def found(self) -> tuple[WordLabel, ...]:
        """The rows that Bonferroni's correction leaves at 5%."""
        return tuple(row for row in self.rows if row.p_bonferroni < 0.05)


def word_labels(texts: Sequence[str], labels: Sequence[str], *, least: int = 15, split: str = "words") -> WordLabels:
    """Each word's share of each label, tested against the label's share of all texts.

        z = (p̂(y|w) − p₀) / √(p₀ (1 − p₀) / n)

    A word counts once a text, and is tested where at least `least` texts hold it. Of two labels the last in
    alphabetical order is tested alone, since the other mirrors it. p₀ is the label's share; the paper takes labels of
    equal shares. Source: Gardner et al. 2021 (2104.08646), section 3. On the 10,662 sentences of RT-polarity, split by
    spaces, 1,506 words are in 15 texts or more, and 102 of them have |z| > 4.2.
    Raises ValueError for other numbers of labels than texts, and fewer than two labels.
    """
    return term_labels(term_presence(texts, split=split, least=least), labels, least=least)


def term_labels(presence: Presence, labels: Sequence[str], *, least: int = 15) -> WordLabels:
    """`word_labels` of texts whose words are known."""
    from scipy.stats import false_discovery_control, norm

    names, given = _labels(len(presence.lengths), labels)
    presence = presence.of_terms(np.flatnonzero(presence.counts >= least))
    tested = range(1, 2) if len(names) == 2 else range(len(names))
    n = presence.counts
    counts = np.array([presence.counts_in(given == y) for y in tested])  # (labels, L)
    base = np.array([[np.mean(given == y)] for y in tested])
    z = (counts / n - base) / np.sqrt(base * (1 - base) / n)
    p = 2 * norm.sf(np.abs(z))
    adjusted = false_discovery_control(p, axis=None).reshape(p.shape) if p.size else p
    rows = [
        WordLabel(
            word,
            names[y],
            int(n[j]),
            Estimate(counts[i, j] / n[j], *wilson(int(counts[i, j]), int(n[j]))),
            float(base[i, 0]),
            float(z[i, j]),
            min(1.0, float(p[i, j]) * p.size),
            float(adjusted[i, j]),
        )
        for i, y in enumerate(tested)
        for j, word in enumerate(presence.terms)
    ]
    rows.sort(key=lambda row: (-abs(row.z), row.word))
    critical = float(norm.isf(0.025 / p.size)) if p.size else math.inf
    return WordLabels(tuple(rows), len(presence.terms), critical)


def _labels(n: int, labels: Sequence[str]) -> tuple[list[str], np.ndarray]:
    """The labels in alphabetical order, and each text's place among them."""
    if len(labels) != n:
        raise ValueError(f"{len(labels)} labels for {n} texts: give one a text")
    names = sorted(set(labels))
    if len(names) < 2:
        raise ValueError(f"the texts have {len(names)} label, expected at least two: give a labelled table")
    place = {name: y for y, name in enumerate(names)}
    return names, np.array([place[label] for label in labels])
