"""What could be a shortcut: concepts that are cleanly added in some photos, alone or several together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from concepts.report.verdict import LEAST_EVIDENCE
from concepts.strategies.known import KnownSplit
from concepts.strategies.populations import Populations
from concepts.strategies.summary import joint_separation
from concepts.strategies.suspicion import ADDED, shown_apart

LEAST_ADDED = 0.25  # of `added_cleanly` or a strategy's suspicion: below, other parts are missing where it is
TOGETHER = 0.8  # Jaccard index of the photos of two suspects that are the same
PRESENT = 0.5  # of `shown_apart`, from which a concept is present and absent with the others
NEARLY = 0.9  # of the separation by all concepts, that of the concepts that come together
MOST = 8
SELDOM, OFTEN = 0.1, 0.3  # a stand-in: rate in these photos as a share of that in the others; that in the others
CHANCE = 0.01  # that a concept independent of these photos is in none of them


@dataclass(frozen=True, eq=False)
class Group:
    """Concepts that come together. present: (n,) bool; added: how cleanly, in [0, 1]; strategy: whose photos, if any.

    concepts: the one that tells the photos apart best first. stand_in: a concept that other photos show in their place.
    column: of the known group that it is, if any.
    """

    concepts: tuple[int, ...]
    present: np.ndarray
    added: float
    strategy: int | None
    stand_in: int | None
    column: int | None = None


def groups(
    phi: np.ndarray,
    evidence: np.ndarray,
    populations: Sequence[Populations],
    labels: np.ndarray,
    suspicions: Sequence[float],
    known: Sequence[KnownSplit] = (),
) -> list[Group]:
    """The suspects, most cleanly added first; two with nearly the same photos are one.

    phi: (n, k) importance. evidence: (n, k), standardised, larger where a concept speaks for the class
    (`Strategies.evidence`). labels: (n,) the strategies; suspicions: one for each, NaN where there is one only. known:
    groups known from elsewhere, such as the texts that hold a word, which the evidence tells apart.
    """
    found: list[Group] = []
    for present, added, first in sorted(_masks(populations, labels, suspicions, known), key=lambda each: -each[1]):
        if any(_alike(present, other.present) for other in found):
            continue
        column = next((each.column for each in known if each.inside is present), None)
        concepts = _together(evidence, present, first)
        if not concepts and column is not None:
            concepts = _jointly(evidence, present)
        if concepts:
            stand_in = _stand_in(phi, populations, concepts, present)
            found.append(Group(concepts, present, added, _strategy_of(present, labels), stand_in, column))
    return found[:MOST]


def _masks(
    populations: Sequence[Populations], labels: np.ndarray, suspicions: Sequence[float], known: Sequence[KnownSplit]
) -> list[tuple[np.ndarray, float, int | None]]:
    """Photos, how cleanly something is added in them, and the concept that was looked at."""
    found: list[tuple[np.ndarray, float, int | None]] = [
        (each.present, each.suspicion, each.concept) for each in populations if each.suspicion >= LEAST_ADDED
    ]
    found += [(labels == label, float(value), None) for label, value in enumerate(suspicions) if value >= LEAST_ADDED]
    least, most = ADDED
    return found + [  # `is_added` has shown that nothing is missing: how cleanly is how far apart
        (each.inside, float(np.clip((each.separation - least) / (most - least), LEAST_ADDED, 1.0)), None)
        for each in known
    ]


def _together(evidence: np.ndarray, present: np.ndarray, first: int | None) -> tuple[int, ...]:
    """The concepts that are present in these photos and absent in the others; `first` is one of them."""
    apart = shown_apart(evidence, present)
    if first is not None:
        apart[first] = max(apart[first], PRESENT)
    order = np.argsort(-apart, kind="stable")
    return tuple(int(j) for j in order if apart[j] >= PRESENT)


def _jointly(evidence: np.ndarray, present: np.ndarray) -> tuple[int, ...]:
    """The fewest concepts, by the gap of their means, that together set these photos apart nearly as well as all do."""
    gap = evidence[present].mean(axis=0) - evidence[~present].mean(axis=0)
    order = [int(j) for j in np.argsort(-gap, kind="stable") if gap[j] > 0]
    least = NEARLY * joint_separation(evidence, present, ~present)
    for m in range(1, len(order)):
        if joint_separation(evidence[:, order[:m]], present, ~present) >= least:
            return tuple(order[:m])
    return tuple(order)


def _stand_in(
    phi: np.ndarray, populations: Sequence[Populations], concepts: Sequence[int], present: np.ndarray
) -> int | None:
    """The concept on which many of the other photos rest and these do not: parts that stand for each other.

    It has two populations of photos itself, raises the score, and carries at least 5% of the evidence where it is. A
    mark added to some photos leaves what they rest on there, so that no concept is in its place.
    """
    found = [each for each in populations if each.concept not in concepts and _counts(phi, each)]
    rates = [(float(each.present[present].mean()), float(each.present[~present].mean())) for each in found]
    for each, (here, there) in zip(found, rates, strict=True):
        if there >= OFTEN and here <= SELDOM * there and (1 - there) ** int(present.sum()) <= CHANCE:
            return each.concept
    return None


def _counts(phi: np.ndarray, found: Populations) -> bool:
    """True where the concept raises the score where it is present, and carries enough of the evidence there."""
    inside, j = found.present, found.concept
    share = np.abs(phi[inside, j]).sum() / max(float(np.abs(phi[inside]).sum()), 1e-30)
    return bool(phi[inside, j].mean() > phi[~inside, j].mean() and share >= LEAST_EVIDENCE)


def _strategy_of(present: np.ndarray, labels: np.ndarray) -> int | None:
    """The strategy whose photos these are; None where there is none, or only one."""
    found = range(int(labels.max()) + 1) if labels.max() > 0 else range(0)
    return next((label for label in found if _alike(present, labels == label)), None)


def _alike(a: np.ndarray, b: np.ndarray) -> bool:
    return float((a & b).sum()) >= TOGETHER * float((a | b).sum())
