"""The counter-proof: suspects are put on photos of other classes, and the model is asked again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from concepts.models.outputs import Outputs
from concepts.numerics.intervals import bootstrap_means, interval
from concepts.report.pipeline.answers import recognised
from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.evidence.others import FEWEST_OTHERS, prepared_others
from concepts.report.pipeline.evidence.rows_of_class import rows_of_class
from concepts.report.pipeline.evidence.sources import Patch, Planted, pasted, patch_for
from concepts.report.pipeline.importance import scores
from concepts.report.verdict import CounterProof

PIXELS, ACTIVATIONS = 0, 1  # ways of putting a suspect on a photo
WAYS: tuple[tuple[int, Literal["pixels", "activations"]], ...] = ((PIXELS, "pixels"), (ACTIVATIONS, "activations"))


@dataclass(frozen=True, eq=False)
class Answers:
    """The model's logits on m photos of other classes: as they are, `base` (m, c), and `changed` (s, 2, 2, m, c) for
    s suspects, put on by pixels and by activations, each the suspect itself and then its control; NaN where that
    cannot be done. others: (m,) their places among the chosen photos."""

    others: np.ndarray
    base: np.ndarray
    changed: np.ndarray


def ask_others(
    findings: Findings,
    chosen: np.ndarray,
    patches: Sequence[Sequence[Patch]],
    planted: Sequence[Planted],
    progress: Callable[[float], None],
) -> Answers:
    """The answers on the chosen photos of other classes, each suspect put on them in both ways.

    patches, planted: of each suspect. The model runs once on every photo, and for every suspect with a region twice
    more (itself, control); what is put on by activations runs through the head alone.
    """
    split = findings.split
    others: list[int] = []
    base: list[Tensor] = []
    changed: list[Tensor] = []  # (s, 4, b, c) each
    with torch.inference_mode():
        for images, places in prepared_others(findings, chosen):
            A = split.encode(images.to(split.device))
            base.append(split.head(A).float().cpu())
            nothing = torch.full_like(base[-1], torch.nan)
            rows = [
                [
                    *_by_pixels(findings, images, places, patches[s], nothing),
                    *_planted(findings, A, places, each, nothing),
                ]
                for s, each in enumerate(planted)
            ]
            changed.append(torch.stack([torch.stack(row) for row in rows]))
            others += places
            progress(len(others) / len(chosen))
    if not base:  # none can be read any more
        return Answers(np.zeros(0, np.int64), np.zeros((0, 0), np.float32), np.zeros((0, 2, 2, 0, 0), np.float32))
    joined = torch.cat(changed, dim=2).unflatten(1, (2, 2))
    return Answers(np.asarray(others), torch.cat(base).numpy(), joined.numpy())


def _by_pixels(
    findings: Findings, images: Tensor, places: Sequence[int], patches: Sequence[Patch], nothing: Tensor
) -> Iterator[Tensor]:
    """(b, c) logits with the suspect's regions, then with the control's."""
    if not patches:
        yield from (nothing, nothing)
        return
    split, own = findings.split, [patch_for(patches, place) for place in places]
    for control in (False, True):
        yield split.head(split.encode(pasted(images, own, control=control).to(split.device))).float().cpu()


def _planted(
    findings: Findings, A: Tensor, places: Sequence[int], planted: Planted, nothing: Tensor
) -> Iterator[Tensor]:
    """(b, c) logits with the suspect's activations, then with the control's."""
    if not planted.has_control:
        yield from (nothing, nothing)
        return
    for part in planted.parts(places):
        yield findings.split.head(A + part.to(A)).float().cpu()


def counter_proofs(findings: Findings, answers: Answers, suspect: int) -> tuple[CounterProof, ...]:
    """What the score of the class did, by pixels first where there was a region, then by activations.

    Empty where fewer than 8 of the photos could be read.
    """
    if len(answers.base) < FEWEST_OTHERS:
        return ()
    usual = usual_lead(findings)
    return tuple(
        _counter_proof(findings, name, answers.base, answers.changed[suspect, way], usual)
        for way, name in WAYS
        if not np.isnan(answers.changed[suspect, way]).any()
    )


def _counter_proof(
    findings: Findings, by: Literal["pixels", "activations"], base: np.ndarray, changed: np.ndarray, usual: float
) -> CounterProof:
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
