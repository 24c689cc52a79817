"""An ensemble explained: how much each of its views has to do with one score.

A view is what one member of the ensemble says: a model of its own, another language of the same text, another kind of
feature. Asked from Python: a score is a function of the members' scores, which only its maker knows.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np

MOST = 10  # views: 2^10 combinations are computed
Combine = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class ViewShares:
    """The Shapley value of each of v views for n texts: values (n, v), in the unit of the score.

    whole, nothing: (n,), the score with all views and with none.
    """

    names: tuple[str, ...]
    values: np.ndarray
    whole: np.ndarray
    nothing: np.ndarray

    @property
    def gap(self) -> np.ndarray:
        """(n,): Σ values − (whole − nothing), 0 up to rounding: the shares are complete."""
        return self.values.sum(axis=1) - (self.whole - self.nothing)


def view_shares(
    scores: np.ndarray, combine: Combine, *, baseline: np.ndarray, names: Sequence[str] | None = None
) -> ViewShares:
    """The exact Shapley value of each view, by all 2^v combinations of views.

        φ_i = Σ_{S ∌ i} |S|! (v − |S| − 1)! / v! · (F(S ∪ {i}) − F(S))

    F(S) is the combined score where the views outside S say what `baseline` says.
    scores: (n, v, ...), what each view says of each text, such as (n, v, c) posteriors. combine: (m, v, ...) of that
    form → (m,) scores, such as the logit that a second classifier makes of the first ones' posteriors. baseline:
    (v, ...), what an absent view says: the mean of the view over all texts is a common choice, and equal posteriors
    another; the values depend on it. The sum of the values is F(all) − F(none); a view that changes nothing has 0; two
    that do the same have the same.
    Sources: Shapley, "A value for n-person games", 1953; ensembles of views: Esuli, Moreo and Sebastiani, "Funnelling",
    ACM TOIS 37(3), 2019.
    Raises ValueError for more than 10 views, arrays that do not fit, scores that are not finite, and names of another
    number.
    """
    scores, baseline = np.asarray(scores, dtype=np.float64), np.asarray(baseline, dtype=np.float64)
    _check(scores, baseline, names)
    n, v = scores.shape[:2]
    present = (np.arange(2**v)[:, None] >> np.arange(v)) & 1 == 1  # (2^v, v)
    F = np.stack([_combined(combine, scores, baseline, mask) for mask in present], axis=1)  # (n, 2^v)
    sizes = present.sum(axis=1)
    values = np.empty((n, v))
    for i in range(v):
        without = np.flatnonzero(~present[:, i])
        weight = np.array([factorial(s) * factorial(v - s - 1) / factorial(v) for s in sizes[without].tolist()])
        values[:, i] = (F[:, without | 1 << i] - F[:, without]) @ weight
    return ViewShares(tuple(names or (f"view {i + 1}" for i in range(v))), values, F[:, -1], F[:, 0])


def _combined(combine: Combine, scores: np.ndarray, baseline: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(n,): the score with the views of the mask (v,)."""
    shown = mask.reshape(-1, *(1,) * (scores.ndim - 2))
    said = np.asarray(combine(np.where(shown, scores, baseline)), dtype=np.float64)
    if said.shape != scores.shape[:1] or not np.isfinite(said).all():
        raise ValueError(
            f"combine returned {said.shape} for {len(scores)} texts, expected one finite score for each: choose the "
            "score of one class"
        )
    return said


def _check(scores: np.ndarray, baseline: np.ndarray, names: Sequence[str] | None) -> None:
    if scores.ndim < 2 or not 1 <= scores.shape[1] <= MOST or not len(scores):
        raise ValueError(f"scores {scores.shape}, expected (texts, views, ...) with 1 to {MOST} views: join some views")
    if baseline.shape != scores.shape[1:]:
        raise ValueError(f"baseline {baseline.shape}, expected {scores.shape[1:]}: what each view says when absent")
    if not np.isfinite(scores).all() or not np.isfinite(baseline).all():
        raise ValueError("scores or baseline hold NaN or infinity: leave these texts out")
    if names is not None and len(names) != scores.shape[1]:
        raise ValueError(f"{len(names)} names for {scores.shape[1]} views: give one for each")
