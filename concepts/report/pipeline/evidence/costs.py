"""What suspects raise and what they cost: conditions (b) and (c) of a verdict, on the report's own photos."""

from collections.abc import Sequence

import numpy as np

from concepts.models.outputs import Outputs
from concepts.numerics.intervals import Estimate, bootstrap_means, interval, mean_estimate
from concepts.report.pipeline.answers import recognised
from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.evidence.suspects import Group
from concepts.report.pipeline.importance import scores
from concepts.report.pipeline.removal import asked_of, logits_without
from concepts.report.verdict import Suspect


def suspect_of(findings: Findings, group: Group, rows: np.ndarray) -> Suspect:
    """The suspect with its figures, without a counter-proof. rows: (n,) the photos of the class, by row of φ."""
    phi, chosen, seed = findings.importances.phi[rows], list(group.concepts), findings.settings.seed
    inside = rows[group.present]
    together = phi[:, chosen].sum(axis=1)
    evidence = np.abs(phi[group.present])
    effect = difference_estimate(together[group.present], together[~group.present], seed)
    loss, lost = _costs(findings, chosen, asked_of(inside, seed))
    by_evidence = sorted(chosen, key=lambda j: -float(evidence[:, j].sum()))
    return Suspect(
        concepts=tuple(by_evidence),
        strategy=group.strategy,
        added=group.added,
        stand_in=group.stand_in,
        n=len(inside),
        share=float(group.present.mean()),
        evidence=float(evidence[:, chosen].sum() / max(evidence.sum(), 1e-30)),
        effect=float(effect), effect_low=effect.low, effect_high=effect.high,
        loss=float(loss), loss_low=loss.low, loss_high=loss.high,
        lost=float(lost), lost_low=lost.low, lost_high=lost.high,
        counterproof=(),
        photos=tuple(inside.tolist()),
    )  # fmt: skip


def difference_estimate(a: np.ndarray, b: np.ndarray, seed: int) -> Estimate:
    """mean(a) − mean(b) of two independent samples (m,), (n,), with its 95% bootstrap interval."""
    draws = bootstrap_means(a, seed=seed) - bootstrap_means(b, seed=seed + 1)
    low, high = interval(draws)
    return Estimate(float(a.mean() - b.mean()), float(low), float(high))


def _costs(findings: Findings, concepts: Sequence[int], photos: np.ndarray) -> tuple[Estimate, Estimate]:
    """The mean loss of the class's probability without the concepts, and the share of answers lost less gained.

    Both outputs are computed from the same stored activations, so that they differ by the concepts alone.
    """
    outputs, target, seed = findings.split.outputs, findings.target, findings.settings.seed
    both = [logits_without(findings, removed, photos) for removed in ((), concepts)]
    before, after = (class_probability(outputs, logits, target.indices) for logits in both)
    if outputs.kind == "regression":
        before, after = (scores(logits, target) for logits in both)
    held, kept = (recognised(outputs, logits, target).astype(float) for logits in both)
    return mean_estimate(before - after, seed=seed), mean_estimate(held - kept, seed=seed)


def class_probability(outputs: Outputs, logits: np.ndarray, indices: Sequence[int]) -> np.ndarray:
    """(n,) in [0, 1]: the probability of the class; of a group, of any of them (of labels, the likeliest).

    Zeros for a model of quantities.
    """
    found = outputs.probabilities(logits)
    if found is None:
        return np.zeros(len(logits))
    chosen = found[:, list(indices)]
    return chosen.sum(axis=1) if outputs.kind == "classes" else chosen.max(axis=1)
