"""Scores of one dictionary: its fit, its measures, and every importance on it with its faithfulness."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from attribution.faithfulness import ConceptCurve, c_deletion, c_insertion, c_mu_fidelity
from attribution.importance import checked_importance, split_to_budget
from concepts.evaluation.arrays import Curve
from concepts.evaluation.measurement_data import MeasurementData
from concepts.evaluation.table import Row
from concepts.extraction import Extractor
from concepts.metrics import (
    dead_concepts,
    frechet_distance,
    kept_logit,
    ood_score,
    part_coherence,
    relative_l2_estimate,
    sparsity_estimate,
)
from concepts.models import Split
from concepts.numerics.intervals import Estimate
from concepts.report.pipeline.dictionary import extractor_for
from concepts.report.settings import ReportSettings

SPREAD_ROWS = 4096  # positions on which distributions are compared
NEIGHBOURS = 10  # neighbours of a position, for OOD


class UnsuitableError(ValueError):
    """The method does not suit these activations: their sign, their channels or their number."""


@dataclass(frozen=True)
class FittedDictionary:
    """A dictionary V (k, p), the codes of the measured images (n, T..., k), and the seconds for both."""

    extractor: Extractor
    V: Tensor
    codes: Tensor
    seconds: float
    settings: ReportSettings

    def row(
        self,
        measure: str,
        value: float | Estimate | None,
        *,
        importance: str = "",
        control: float | None = None,
        note: str = "",
    ) -> Row:
        """A row of the table; NaN becomes None, an Estimate includes its interval."""
        low, high = value.interval if isinstance(value, Estimate) else (None, None)
        value, low, high, control = map(_number, (value, low, high, control))
        s = self.settings
        return Row(s.method, s.n_concepts, s.seed, importance, measure, value, low, high, control, note)


def _number(value: float | None) -> float | None:
    return float(value) if value is not None and np.isfinite(value) else None


def fit(data: MeasurementData, settings: ReportSettings) -> FittedDictionary:
    """A dictionary by those settings. Raises UnsuitableError where the method does not suit the layer."""
    begin = time.perf_counter()
    with unsuitable():
        extractor = extractor_for(data.split, settings)
        V = extractor.fit(data.rows).dictionary
        codes = extractor.transform(data.A.flatten(0, -2)).reshape(*data.A.shape[:-1], -1)
    return FittedDictionary(extractor, V, codes, time.perf_counter() - begin, settings)


@contextmanager
def unsuitable() -> Iterator[None]:
    """Raise UnsuitableError for a ValueError inside. For fits only: there it means that the method does not suit;
    elsewhere it is a mistake.
    """
    try:
        yield
    except ValueError as error:
        raise UnsuitableError(str(error)) from error


def dictionary_rows(data: MeasurementData, fitted: FittedDictionary) -> list[Row]:
    """The measures of the dictionary alone."""
    A, U = data.A, fitted.codes
    A_hat = (U.flatten(0, -2) @ fitted.V).reshape(A.shape)
    kept = reconstructed_logits(data.split, U, fitted.V)
    score = data.target.score
    survives = kept_logit(score(data.logits), score(kept), data.logits, kept)
    seed = fitted.settings.seed
    drawn = _some_positions(A, seed)
    some, some_hat = A.flatten(0, -2)[drawn], A_hat.flatten(0, -2)[drawn]
    return [
        fitted.row("relative ℓ2", relative_l2_estimate(A, A_hat, seed=seed)),
        fitted.row("sparsity", sparsity_estimate(U, seed=seed)),
        fitted.row("FID", frechet_distance(some, some_hat, seed=seed)),
        fitted.row("OOD", _ood(A, A_hat, seed)),
        fitted.row("dead concepts", float(np.asarray(dead_concepts(U).float().mean()))),
        fitted.row("kept answers", survives.agreement),
        fitted.row("kept score (R²)", survives.r_squared),
        fitted.row("kept order (Spearman)", survives.spearman),
        *coherence_rows(data, fitted),
        fitted.row("seconds", fitted.seconds),
    ]


def _some_positions(A: Tensor, seed: int) -> Tensor:
    """At most SPREAD_ROWS rows of A.flatten(0, -2), drawn at random: a fixed stride would favour some columns."""
    drawn = torch.randperm(A.shape[:-1].numel(), generator=torch.Generator().manual_seed(seed))
    return drawn[:SPREAD_ROWS].sort().values.to(A.device)


def _ood(A: Tensor, A_hat: Tensor, seed: int) -> Estimate | None:
    """OOD score by image, so that no neighbour is from the same image; None for a reference of fewer than ten rows."""
    reference = len(A) // 2 * A.shape[1:-1].numel()
    return (
        ood_score(A, A_hat, k_neighbours=NEIGHBOURS, rows=SPREAD_ROWS, seed=seed) if reference >= NEIGHBOURS else None
    )


def coherence_rows(data: MeasurementData, fitted: FittedDictionary) -> list[Row]:
    """How well the concepts find the known parts, means over parts; no rows where no part is known.

    For a signed method either sign of a concept may show a part. Each end of an interval is the mean of the parts'
    ends: no narrower than the interval of the mean.
    """
    if not data.parts or data.split.grid is None:
        return []
    maps = data.split.to_map(fitted.codes)
    both = torch.cat([maps, -maps], dim=-1) if maps.min() < 0 else maps
    found = part_coherence(both, data.parts, seed=fitted.settings.seed).values()
    note = f"{len(found)} parts: {', '.join(data.parts)}"
    return [
        fitted.row("best IoU", _mean([p.iou for p in found]), control=_mean([p.iou_control for p in found]), note=note),
        fitted.row(
            "pointing game",
            _mean([p.pointing for p in found]),
            control=_mean([p.pointing_control for p in found]),
            note=note,
        ),
    ]


def _mean(values: Sequence[float]) -> Estimate:
    ends = [(value.low, value.high) for value in values if isinstance(value, Estimate)]
    return Estimate(float(np.mean(values)), *(np.mean(ends, axis=0) if ends else ()))


def reconstructed_logits(split: Split, U: Tensor, V: Tensor) -> Tensor:
    """(n, c): the model's logits when its head receives only the concepts."""
    with torch.inference_mode():
        return torch.cat([split.head(batch @ V) for batch in split_to_budget(U, V)]).float()


@dataclass(frozen=True, eq=False)
class ImportanceScores:
    """Scores of one importance on a dictionary: its rows of the table, and the curves that they summarise."""

    importance: str
    rows: list[Row]
    deletion: Curve
    insertion: Curve


def importance_rows(
    data: MeasurementData, fitted: FittedDictionary, importances: tuple[str, ...]
) -> Iterator[ImportanceScores]:
    """Scores of every importance on this dictionary, one by one."""
    head, U, V, score, seed = data.split.head, fitted.codes, fitted.V, data.target.score, fitted.settings.seed
    for name in importances:
        begin = time.perf_counter()
        found = checked_importance(head, U, V, score, name, seed=seed)
        seconds = time.perf_counter() - begin
        deletion = c_deletion(head, U, V, score, found.phi, seed=seed)
        insertion = c_insertion(head, U, V, score, found.phi, seed=seed)
        fidelity = c_mu_fidelity(head, U, V, score, found.phi, seed=seed)
        note = f"{fidelity.left_out} images have no correlation" if fidelity.left_out else ""
        control = fidelity.control.value if fidelity.control else None
        rows = [
            fitted.row("C-Deletion", *_of_curve(deletion), importance=name, control=_control(deletion)),
            fitted.row("C-Insertion", *_of_curve(insertion), importance=name, control=_control(insertion)),
            fitted.row(
                "C-μFidelity", Estimate(fidelity.value, *fidelity.interval), importance=name, control=control, note=note
            ),
            fitted.row("seconds", seconds, importance=name),
            fitted.row("head passes", found.forward_passes + found.backward_passes, importance=name),
        ]
        for check, measure in (("completeness_gap", "completeness gap"), ("standard_error", "sampling error")):
            if check in found.checks:
                size = 1.0 if check == "completeness_gap" else max(float(found.phi.abs().mean()), 1e-12)
                rows.append(fitted.row(measure, float(found.checks[check].mean()) / size, importance=name))
        yield ImportanceScores(name, rows, _stored(deletion), _stored(insertion))


def _of_curve(curve: ConceptCurve) -> tuple[Estimate]:
    return (Estimate(curve.auc, *curve.interval),)


def _control(curve: ConceptCurve) -> float | None:
    return curve.control.auc if curve.control else None


def _stored(curve: ConceptCurve) -> Curve:
    low, high = curve.band
    random = curve.control.curve if curve.control else torch.full_like(curve.curve, torch.nan)
    return Curve.of(torch.stack([curve.curve, low, high, random]).cpu().numpy().astype(np.float32))
