"""Probes put to a model: which answers turn, and which concepts' shares move."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from concepts.numerics.adjusted import holm
from concepts.numerics.intervals import Estimate, bootstrap_means, interval, share_estimate
from concepts.probes.control import equally_frequent
from concepts.probes.probe import Probe
from concepts.probes.rows import Flip, Mover, ProbeRow

ALIKE = 1e-4  # a spread below this share of the largest change is rounding, of float32 answers too
Ask = Callable[[Sequence[str]], np.ndarray]  # n texts -> (n, c) logits, or (n, k)


@dataclass(frozen=True, eq=False)
class Answers:
    """Of n texts: logits of the target (n,), whether it is recognised (n,) bool, shares of k concepts (n, k)."""

    score: np.ndarray
    recognised: np.ndarray
    shares: np.ndarray


def run_probes(
    texts: Sequence[str],
    probes: Sequence[Probe],
    *,
    logits: Ask,
    codes: Ask,
    target: int,
    importances: Ask | None = None,
    recognised: Callable[[np.ndarray], np.ndarray] | None = None,
    control: bool = True,
    seed: int = 0,
) -> tuple[ProbeRow, ...]:
    """One row a probe, in order, then the control: a word becomes another as frequent one (`equally_frequent`).

    logits: texts → (n, c). codes: texts → (n, k). importances: texts → (n, k), each concept's share of the target's
    score; the codes themselves stand in where it is None. recognised: logits (n, c) → (n,) bool; None: the target has
    the largest logit. Passes: n texts, then for each probe those that it applies to; texts that it leaves as they are
    are not asked again. The same seed changes a text alike whatever other probes run. Raises ValueError for no texts,
    and a target that the logits do not have.
    """
    if not len(texts):
        raise ValueError("0 texts, expected at least one: give texts to probe")
    ask = _asked(logits, importances or codes, target, recognised)
    before = ask(texts)
    asked = [*probes, *([equally_frequent(texts)] if control else [])]
    found = [_run(probe, texts, before, ask, seed) for probe in asked]
    return _adjusted([row for row, _ in found], [p for _, p in found])


def changed_by(probe: Probe, texts: Sequence[str], *, seed: int = 0) -> list[str | None]:
    """Each text as the probe leaves it in `run_probes`; None for one that it does not change."""
    return [probe.apply(text, np.random.default_rng([seed, i])) for i, text in enumerate(texts)]


def _asked(
    logits: Ask, shares: Ask, target: int, recognised: Callable[[np.ndarray], np.ndarray] | None
) -> Callable[[Sequence[str]], Answers]:
    """Texts → their answers."""

    def ask(texts: Sequence[str]) -> Answers:
        found = np.asarray(logits(texts))
        if found.ndim != 2 or not 0 <= target < found.shape[1]:
            raise ValueError(f"target {target} with logits {found.shape}: expected (n, c) and a target below c")
        own = found.argmax(axis=1) == target if recognised is None else recognised(found)
        return Answers(found[:, target], own, np.asarray(shares(texts)))

    return ask


def _run(
    probe: Probe, texts: Sequence[str], before: Answers, ask: Callable[[Sequence[str]], Answers], seed: int
) -> tuple[ProbeRow, np.ndarray]:
    """The row, its p-values not adjusted, and these (k,) in the order of its movers."""
    changed = changed_by(probe, texts, seed=seed)
    kept = [i for i, text in enumerate(changed) if text is not None]
    given = [text for text in changed if text is not None]
    if not given:
        nothing = Estimate(math.nan)
        row = ProbeRow(probe.name, probe.sentence, 0, len(texts), 0, nothing, nothing, nothing, nothing, (), ())
        return row, np.zeros(0)
    after, was = ask(given), before.recognised[kept]
    turned, change = was != after.recognised, after.score - before.score[kept]
    moves = np.column_stack([change, after.shares - before.shares[kept]])
    low, high = interval(bootstrap_means(moves, seed=seed))  # (1 + k,)
    means = [Estimate(mean, *ends) for mean, *ends in zip(moves.mean(axis=0), low, high, strict=True)]
    movers, p = _movers(means[1:], moves[:, 1:])
    order = [int(i) for i in np.argsort(-np.abs(change), kind="stable") if turned[i]]
    row = ProbeRow(
        probe.name,
        probe.sentence,
        len(kept),
        len(texts) - len(kept),
        int(was.sum()),
        _share(turned),
        _share(turned[was]),
        _share(turned[~was]),
        means[0],
        movers,
        tuple(Flip(kept[i], given[i], bool(was[i])) for i in order),
    )
    return row, p


def _movers(means: Sequence[Estimate], changes: np.ndarray) -> tuple[tuple[Mover, ...], np.ndarray]:
    """The k concepts, the largest mean of the changes (n, k) first, and their p-values (k,), not adjusted."""
    order = np.argsort(-np.abs(means), kind="stable").tolist()
    return tuple(Mover(j, means[j], math.nan) for j in order), np.array([_p_of_no_change(changes[:, j]) for j in order])


def _p_of_no_change(changes: np.ndarray) -> float:
    """Two-sided, that the mean of (n,) is 0: Student's t test, or where all change alike, the test of their signs."""
    from scipy.stats import ttest_1samp

    if np.allclose(changes, 0):
        return 1.0
    if np.ptp(changes) <= ALIKE * np.abs(changes).max():
        return 2.0 ** (1 - len(changes))
    return float(ttest_1samp(changes, 0).pvalue)


def _adjusted(rows: list[ProbeRow], p: list[np.ndarray]) -> tuple[ProbeRow, ...]:
    """The rows with the p-values of all their movers adjusted together."""
    adjusted = iter(holm(np.concatenate(p)).tolist())
    return tuple(
        replace(row, movers=tuple(replace(mover, p_adjusted=next(adjusted)) for mover in row.movers)) for row in rows
    )


def _share(holds: np.ndarray) -> Estimate:
    return share_estimate(holds) if len(holds) else Estimate(math.nan)
