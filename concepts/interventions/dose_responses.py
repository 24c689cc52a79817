"""Predictions under doses, compared with the model's own prediction, and along the dose of one concept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch

from concepts.interventions.doses import CLASSES, Head, dosed_logits, dosed_probabilities, probabilities_of
from concepts.interventions.subject import Subject
from concepts.models.outputs import Outputs
from concepts.report.queries.predictions import PredictionChange, compare_predictions, mean_margin

STEPS = 21  # doses along a curve, from 0 to 2


@dataclass(frozen=True, eq=False)
class DoseResponse:
    """Dose-response curves. doses: (m,), from 0 to 2. curves: class → its mean probability (m,), highest peak first."""

    doses: np.ndarray
    curves: dict[int, np.ndarray]


def predictions_under_doses(
    head: Head, subject: Subject, doses: Mapping[int, float], *, top: int, outputs: Outputs = CLASSES
) -> PredictionChange:
    """Predictions for the subject's photos without and with doses; at most `top` classes. doses: concept → dose."""
    k = len(subject.components)
    rows = torch.from_numpy(np.stack([dose_row(k, {}), dose_row(k, doses)]))
    logits = dosed_logits(head, subject, rows).cpu().numpy()  # (n, 2, c)
    each = probabilities_of(logits, outputs)
    found = compare_predictions(each[:, 0], each[:, 1], top=top)
    if outputs.kind != "classes" or logits.shape[2] < 2:
        return found
    before, after = (mean_margin(logits[:, place], found.first.index) for place in (0, 1))
    return replace(found, margin=(before, after))


def dose_response(
    head: Head, subject: Subject, doses: Mapping[int, float], concept: int, *, top: int, outputs: Outputs = CLASSES
) -> DoseResponse:
    """Mean class probabilities as the dose of one concept goes from 0 to 2; the others stay at their doses."""
    along = np.linspace(0, 2, STEPS)
    rows = np.repeat(dose_row(len(subject.components), doses)[None], STEPS, axis=0)
    rows[:, concept] = along
    probabilities = dosed_probabilities(head, subject, rows, outputs=outputs).mean(axis=0)  # (m, c)
    order = np.argsort(-probabilities.max(axis=0), kind="stable")[:top].tolist()
    return DoseResponse(along, {index: probabilities[:, index] for index in order})


def dose_row(k: int, doses: Mapping[int, float]) -> np.ndarray:
    """(k,) float32: the dose of each of k concepts, 1 for those not in `doses`."""
    row = np.ones(k, dtype=np.float32)
    row[list(doses)] = list(doses.values())
    return row
