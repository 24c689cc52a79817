"""Search for the smallest change of concepts that flips a prediction, and what the search proves."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import torch
from torch import Tensor

from concepts.interventions.doses import Head, dosed_logits
from concepts.interventions.subject import Subject

MOST_SETS = 4_000  # tried at most
STEP = 0.05  # of a dose


@dataclass(frozen=True)
class Flip:
    """Concepts whose removal flips the prediction of one photo, and what is known about smaller sets.

    concepts: in order of index, () if even the removal of all does not flip it. answer: the new class. proven: True if
    all sets of fewer concepts were tried, so none is smaller. tried_up_to: the size up to which all sets were tried:
    if not proven, the smallest flipping set has more than `tried_up_to` and at most len(concepts) concepts.
    """

    concepts: tuple[int, ...]
    answer: int | None
    proven: bool
    tried_up_to: int


def smallest_removal(
    head: Head, subject: Subject, *, among: Sequence[int] | None = None, most_sets: int = MOST_SETS
) -> Flip:
    """The smallest set of concepts whose removal flips the prediction, for the one photo of the subject.

    All sets of one concept, then of two, … are tried, up to `most_sets` in total: the first size with a flip is the
    smallest; among sets of this size, the one with the old class furthest below the new is returned. Beyond that,
    concepts are removed greedily: an upper bound. among: the concepts that may be removed (None: all).
    """
    k = len(subject.components)
    allowed = list(range(k)) if among is None else sorted(among)
    before = int(dosed_logits(head, subject, torch.ones(1, k))[0, 0].argmax())
    tried, size = 0, 0
    while size < len(allowed) and tried + comb(len(allowed), size + 1) <= most_sets:
        size += 1
        sets = list(combinations(allowed, size))
        margin, answers = _margins(head, subject, sets, before)
        tried += len(sets)
        best = int(margin.argmin())
        if margin[best] < 0:
            return Flip(sets[best], int(answers[best]), proven=True, tried_up_to=size)
    return _greedy(head, subject, allowed, before, size)


def _greedy(head: Head, subject: Subject, allowed: list[int], before: int, tried: int) -> Flip:
    removed: tuple[int, ...] = ()
    while len(removed) < len(allowed):
        sets = [tuple(sorted((*removed, j))) for j in allowed if j not in removed]
        margin, answers = _margins(head, subject, sets, before)
        best = int(margin.argmin())
        removed = sets[best]
        if margin[best] < 0:
            return Flip(removed, int(answers[best]), proven=len(removed) == tried + 1, tried_up_to=tried)
    return Flip((), None, proven=tried == len(allowed), tried_up_to=tried)


def _margins(head: Head, subject: Subject, sets: Sequence[Sequence[int]], before: int) -> tuple[Tensor, Tensor]:
    """For each set, the margin of the old class (below 0: the prediction flipped), and the predicted class."""
    doses = torch.ones(len(sets), len(subject.components))
    for row, each in enumerate(sets):
        doses[row, list(each)] = 0.0
    logits = dosed_logits(head, subject, doses)[0].cpu()
    others = logits.clone()
    others[:, before] = -torch.inf
    return logits[:, before] - others.max(dim=1).values, logits.argmax(dim=1)


def smallest_dose(head: Head, subject: Subject) -> tuple[int, float, int] | None:
    """(concept, dose, new class): the dose nearest to 1, of one concept alone, that flips the photo's prediction.

    All doses from 0 to 2 in steps of 0.05 are tried for every concept; None if none of them flips it.
    """
    k = len(subject.components)
    before = int(dosed_logits(head, subject, torch.ones(1, k))[0, 0].argmax())
    steps = round(1 / STEP)
    tried = [1 + sign * i * STEP for i in range(1, steps + 1) for sign in (-1, 1)]
    for dose in tried:  # nearest to 1 first
        doses = torch.ones(k, k)
        doses.fill_diagonal_(dose)
        answers = dosed_logits(head, subject, doses)[0].argmax(dim=1).tolist()
        flipped = [j for j in range(k) if answers[j] != before]
        if flipped:
            return flipped[0], round(dose, 2), answers[flipped[0]]
    return None
