"""Stage "importance": φ for every image, and how much of the model's prediction the dictionary keeps."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import torch

from attribution.affine import affine_gradient, affine_importance, strongest
from attribution.importance import checked_importance, completeness_gap, concept_importance, split_to_budget
from attribution.methods import IMPORTANCES
from concepts.models.splitting.base import SplitModel
from concepts.models.target import Scored
from concepts.report.settings import ReportSettings

SAMPLED = 8  # images on which a sampled method's standard error is measured: each needs a second run
KEPT = 128  # images on which the kept prediction and the completeness are measured
ROUNDING = 1e-6  # of the largest score: a smaller change is rounding


@dataclass(frozen=True, eq=False)
class Importances:
    """`phi` (n, k), and on a seeded sample of images: `kept` image indices, `kept_logits` of the reconstruction (m, c),
    completeness `gap` (m,), empty if φ does not claim to add up.

    `error`: the standard errors of a sampled φ as a share of its mean size, on some of these images; empty for other
    methods. `closed_form`: True if the head is affine and importance exact. All φ are 0 where the target's score is the
    same with all concepts as with none: what is left then is rounding, or RISE's part common to all concepts.
    """

    phi: np.ndarray
    kept: np.ndarray
    kept_logits: np.ndarray
    gap: np.ndarray
    error: np.ndarray
    closed_form: bool

    def ordered(self, order: np.ndarray) -> Self:
        """The same with the concepts renumbered by `order` (k,)."""
        return replace(self, phi=np.ascontiguousarray(self.phi[:, order]))


def check_gradient(split: SplitModel, method: str) -> None:
    """Raises ValueError if the method follows gradients and the head gives none, with the methods that work."""
    if split.differentiable or not IMPORTANCES[method].passes.backward:
        return
    others = ", ".join(name for name, each in IMPORTANCES.items() if not each.passes.backward)
    raise ValueError(
        f"the model gives no gradient after layer {split.layer} (it is quantised, or runs under no_grad), which "
        f"{method} follows: choose an importance without gradients (--importance): {others}"
    )


def estimate_importances(
    split: SplitModel,
    codes: np.ndarray,
    components: np.ndarray,
    target: Scored,
    settings: ReportSettings,
    progress: Callable[[float], None],
) -> Importances:
    """The importance of each concept in each image, by the method of the settings, with its checks."""
    V = torch.from_numpy(components).to(split.device)
    gradient = None
    complete_when_affine = IMPORTANCES[settings.importance].complete_when_affine
    if complete_when_affine:  # decided once, for all images
        probe = strongest(torch.from_numpy(codes)).to(V)
        gradient = affine_gradient(split.head, probe @ V, target.score)
    parts = _importance(split, codes, V, target, settings, gradient, progress)
    phi = np.concatenate([part.cpu().numpy() for part in parts])
    kept = np.sort(np.random.default_rng(settings.seed).permutation(len(codes))[:KEPT])
    u = torch.from_numpy(codes[kept]).to(split.device)
    gap = np.zeros(0)
    if complete_when_affine:
        importance = torch.from_numpy(phi[kept]).to(V)
        gap = completeness_gap(split.head, u, V, target.score, importance).cpu().numpy()
    kept_logits = _reconstructed_logits(split, u, V)
    changes = score_changes(split, kept_logits, (*codes.shape[1:-1], V.shape[1]), target)
    return Importances(
        phi=phi if changes else np.zeros_like(phi),
        kept=kept,
        kept_logits=kept_logits,
        gap=gap,
        error=_sampling_error(split, u[:SAMPLED], V, target, settings),
        closed_form=gradient is not None,
    )


def score_changes(split: SplitModel, kept_logits: np.ndarray, shape: Sequence[int], target: Scored) -> bool:
    """True where the target's score with all concepts, from kept_logits (m, c), differs from that with none.

    shape: of one image's activations, (T..., p). A difference is more than 1e-6 of the largest of these scores.
    """
    found = np.r_[score_of_none(split, shape, target), scores(kept_logits, target)]
    change, largest = np.abs(found - found[0]).max(), np.abs(found).max()
    return not change <= ROUNDING * largest  # NaN is not "the same"


def score_of_none(split: SplitModel, shape: Sequence[int], target: Scored) -> float:
    """The target's score with all activations 0. shape: of one image's activations, (T..., p)."""
    with torch.inference_mode():
        none = split.head(torch.zeros(1, *shape, device=split.device)).float().cpu().numpy()
    return float(scores(none, target)[0])


def _importance(
    split: SplitModel,
    codes: np.ndarray,
    V: torch.Tensor,
    target: Scored,
    settings: ReportSettings,
    gradient: torch.Tensor | None,
    progress: Callable[[float], None],
) -> Iterator[torch.Tensor]:
    step = 256
    for start in range(0, len(codes), step):
        u = torch.from_numpy(codes[start : start + step]).to(split.device)
        if gradient is not None:
            yield affine_importance(u.to(V), V, gradient)
        else:
            yield concept_importance(
                split.head, u, V, target.score, settings.importance, seed=settings.seed, closed_form=False
            )
        progress(0.9 * min(1.0, (start + step) / len(codes)))


def _sampling_error(
    split: SplitModel, u: torch.Tensor, V: torch.Tensor, target: Scored, settings: ReportSettings
) -> np.ndarray:
    """(m,): for each image the mean standard error of φ over the mean |φ|; (0,) if the method does not sample."""
    if not IMPORTANCES[settings.importance].sampled:
        return np.zeros(0)
    found = checked_importance(split.head, u, V, target.score, settings.importance, seed=settings.seed)
    error = found.checks.get("standard_error")
    if error is None:  # the closed form is exact
        return np.zeros(0)
    return (error.mean(dim=1) / found.phi.abs().mean().clamp(min=1e-12)).cpu().numpy()


def _reconstructed_logits(split: SplitModel, u: torch.Tensor, V: torch.Tensor) -> np.ndarray:
    with torch.inference_mode():
        parts = [split.head(batch.float() @ V) for batch in split_to_budget(u, V)]
    return torch.cat(parts).float().cpu().numpy()


def scores(logits: np.ndarray, target: Scored) -> np.ndarray:
    """(n,): the target's score from logits (n, c)."""
    return target.score(torch.from_numpy(np.asarray(logits))).numpy()
