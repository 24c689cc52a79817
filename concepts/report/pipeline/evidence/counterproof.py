"""The counter-proof: suspects are put on items of other classes, and the model is asked again."""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from concepts.models.outputs import Outputs
from concepts.numerics.intervals import bootstrap_means, interval
from concepts.report.pipeline.answers import recognised
from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.evidence.others import FEWEST_OTHERS
from concepts.report.pipeline.evidence.rows_of_class import rows_of_class
from concepts.report.pipeline.evidence.sources import Planted
from concepts.report.pipeline.evidence.transplants import ACTIVATIONS, INPUT, Answers, OthersBatch, Transplants
from concepts.report.pipeline.importance import scores
from concepts.report.verdict import CounterProof

By = Literal["pixels", "words", "activations"]


def ask_others(
    findings: Findings, chosen: np.ndarray, transplants: Transplants, planted: Sequence[Planted],
    progress: Callable[[float], None],
) -> Answers:  # fmt: skip
    """The answers on the chosen items of other classes, each suspect put on them in both ways.

    planted: the activations of each suspect. The model runs once on every item, and for every suspect that can be put
    on at the input twice more (itself, control); what is put on by activations runs through the head alone.
    """
    others: list[int] = []
    base: list[Tensor] = []
    changed: list[Tensor] = []  # (s, 4, b, c) each
    with torch.inference_mode():
        for batch in transplants.batches():
            A = batch.activations()
            base.append(findings.split.head(A).float().cpu())
            nothing = torch.full_like(base[-1], torch.nan)
            rows = [
                [
                    *_by_input(findings, batch, s, nothing),
                    *_planted(findings, A, batch.places, each, nothing),
                ]
                for s, each in enumerate(planted)
            ]
            changed.append(torch.stack([torch.stack(row) for row in rows]))
            others += batch.places
            progress(len(others) / len(chosen))
    if not base:  # none can be read any more
        return Answers(np.zeros(0, np.int64), np.zeros((0, 0), np.float32), np.zeros((0, 2, 2, 0, 0), np.float32))
    joined = torch.cat(changed, dim=2).unflatten(1, (2, 2))
    return Answers(np.asarray(others), torch.cat(base).numpy(), joined.numpy())


def _by_input(findings: Findings, batch: OthersBatch, suspect: int, nothing: Tensor) -> Iterator[Tensor]:
    """(b, c) logits with the suspect put on at the input, then with its control."""
    for control in (False, True):
        A = batch.changed(suspect, control=control)
        yield nothing if A is None else findings.split.head(A).float().cpu()


def _planted(
    findings: Findings, A: Tensor, places: Sequence[int], planted: Planted, nothing: Tensor
) -> Iterator[Tensor]:
    """(b, c) logits with the suspect's activations, then with the control's."""
    if not planted.has_control:
        yield from (nothing, nothing)
        return
    for part in planted.parts(places):
        yield findings.split.head(A + part.to(A)).float().cpu()


def counter_proofs(
    findings: Findings, answers: Answers, suspect: int, at_input: Literal["pixels", "words"]
) -> tuple[CounterProof, ...]:
    """What the score of the class did, at the input first where there was something to put on, then by activations.

    Empty where fewer than 8 of the items could be read.
    """
    if len(answers.base) < FEWEST_OTHERS:
        return ()
    usual = usual_lead(findings)
    ways: tuple[tuple[int, By], ...] = ((INPUT, at_input), (ACTIVATIONS, "activations"))
    return tuple(
        _counter_proof(findings, name, answers.base, answers.changed[suspect, way], usual)
        for way, name in ways
        if not np.isnan(answers.changed[suspect, way]).any()
    )


def _counter_proof(findings: Findings, by: By, base: np.ndarray, changed: np.ndarray, usual: float) -> CounterProof:
    """changed: (2, m, c), with the suspect and with its control."""
    target, (own, control) = findings.target, changed
    before = scores(base, target)
    rise, control_rise = scores(own, target) - before, scores(control, target) - before
    low, high = interval(bootstrap_means(rise - control_rise, seed=findings.settings.seed))
    return CounterProof(
        by=by,
        others=len(base),
        rise=float(rise.mean()), control_rise=float(control_rise.mean()), low=float(low), high=float(high),
        lead=usual,
        turned=int(turned(findings, base, own).sum()),
        control_turned=int(turned(findings, base, control).sum()),
    )  # fmt: skip


def turned(findings: Findings, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """(m,) bool: photos that are recognised as the class after, and were not before; from logits (m, c)."""
    outputs, target = findings.split.outputs, findings.target
    return recognised(outputs, after, target) & ~recognised(outputs, before, target)


def usual_lead(findings: Findings) -> float:
    """The median lead of the class on its own photos that are recognised, in logits; 0 where none is."""
    rows = rows_of_class(findings)
    logits = findings.activations.logits[rows[findings.recognised[rows]]]
    if not len(logits):
        return 0.0
    return float(np.median(leads(findings.split.outputs, logits, findings.target.indices)))


def leads(outputs: Outputs, logits: np.ndarray, indices: Sequence[int]) -> np.ndarray:
    """(n,): the largest logit of the target's classes less the largest of the others; of labels, its distance from
    one half (logit 0)."""
    own = logits[:, list(indices)].max(axis=1)
    rest = np.delete(logits, list(indices), axis=1)
    if outputs.kind == "multilabel" or not rest.shape[1]:
        return own
    return own - rest.max(axis=1)
