"""Stage "strategies", third part: photos predicted as another class, and the concepts that support that class."""

from collections import defaultdict

import numpy as np
import torch

from attribution.importance import concept_importance
from concepts.report.pipeline.assemble import Findings
from concepts.report.rows import MistakeRow

MOST_ROWS = 24  # groups of mistakes, the largest first
MOST_ASKED = 64  # photos of a group on which the importance for the predicted class is measured


def mistake_rows(findings: Findings, labels: np.ndarray) -> tuple[MistakeRow, ...]:
    """One row per strategy and wrongly predicted class, most photos first. labels: (n,), -1 for outliers."""
    answers = findings.activations.logits.argmax(axis=1)
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i in _missed(findings, answers):
        groups[int(labels[i]), int(answers[i])].append(i)
    largest = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))[:MOST_ROWS]
    return tuple(_row(findings, labels, label, taken, photos) for (label, taken), photos in largest)


def _missed(findings: Findings, answers: np.ndarray) -> list[int]:
    """The photos predicted as another class; none where their own classes are not known, since nothing is then known
    to be wrong. With labels that do not exclude each other, a photo may be predicted as none: it is left out here."""
    if findings.right is None:
        return []
    own = [findings.target.indices if label is None else (label,) for label in findings.labels]
    return [i for i in np.flatnonzero(~findings.right).tolist() if answers[i] not in own[i]]


def _row(findings: Findings, labels: np.ndarray, label: int, taken: int, photos: list[int]) -> MistakeRow:
    phi = findings.importances.phi
    asked = np.sort(np.random.default_rng(findings.settings.seed).permutation(photos)[:MOST_ASKED])
    well = (labels == label) & (findings.good if findings.good is not None else False)
    own = phi[photos].mean(axis=0)
    return MistakeRow(
        strategy=label,
        predicted=findings.selection.class_names[taken],
        photos=tuple(photos),
        n_asked=len(asked),
        phi_predicted=tuple(importance_for(findings, taken, asked).mean(axis=0).tolist()),
        phi_target=tuple(own.tolist()),
        n_well=int(well.sum()),
        deficit=tuple((phi[well].mean(axis=0) - own).tolist()) if well.any() else (),
    )


def importance_for(findings: Findings, taken: int, photos: np.ndarray) -> np.ndarray:
    """(m, k): φ of each concept for the class `taken` in these photos, by the report's own method.

    Whether the head is affine was tested for the report's own class, and is not tested again for each other one.
    """
    split, settings = findings.split, findings.settings
    V = torch.from_numpy(findings.dictionary.components).to(split.device)
    u = torch.from_numpy(findings.dictionary.codes[photos]).to(V)
    phi = concept_importance(
        split.head, u, V, taken, settings.importance, seed=settings.seed, closed_form=findings.importances.closed_form
    )
    return phi.float().cpu().numpy()
