"""Concept importance is attribution in concept space (Holistic, section 3.2), by Captum where Captum has the method.

A concept is one feature: F(m) = h_c((m ⊙ u) V) with one factor m_j for all positions of concept j.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from attribution.affine import affine_gradient, affine_importance, strongest
from attribution.budget import images_per_call, split_to_budget
from attribution.cost import CountedHead
from attribution.estimate import ImportanceEstimate, Sampling
from attribution.methods import IMPORTANCES
from attribution.score import Head, Target, check_codes, class_indices, concept_score, masked_score

__all__ = [
    "IMPORTANCE_METHODS",
    "Importance",
    "checked_importance",
    "completeness_gap",
    "concept_importance",
    "split_to_budget",
]

Progress = Callable[[float], None]  # the share of images that are done

IMPORTANCE_METHODS = {name: method.function() for name, method in IMPORTANCES.items()}  # (score, codes, sampling) -> φ


@dataclass(frozen=True)
class Importance:
    """An importance with its reliability checks and its cost.

    phi: (n, k). checks, where theory has one: `completeness_gap` (n,) of a method that adds up at least for affine
    heads, see that function; `standard_error` (n, k) of a sampled phi, in its units. closed_form: the head is affine
    and phi is exact. forward_passes, backward_passes: of the head, per image, counted; they include the test for an
    affine head, not the checks.
    """

    method: str
    phi: Tensor
    checks: dict[str, Tensor]
    closed_form: bool
    forward_passes: float
    backward_passes: float


def concept_importance(
    head: Head,
    codes: Tensor,
    components: Tensor,
    target: Target,
    method: str = "gradient_input",
    *,
    class_names: Sequence[str] | None = None,
    seed: int = 0,
    closed_form: bool = True,
    budget: int | None = None,
    progress: Progress | None = None,
) -> Tensor:
    """φ (n, k): the importance of each concept for each image, baseline 0 ("concept absent").

    head: activations (n, T..., p) -> logits (n, classes). codes: (n, T..., k). components: (k, p). target: a class
    index, a class name, or a list of them (a group: the log-sum-exp of their logits), where names are those of
    class_names, or of the model whose method the head is; or a differentiable function from the head's outputs for n
    images to scores (n,), and φ then has its unit. method: a name of `attribution.methods.IMPORTANCES`, which holds the
    unit and the sign of each method's φ. Sampling methods draw from `seed`, the same for every image; Shapley
    values from `seed` and the image's codes.
    Where the head is affine, the closed form replaces the methods that are complete there and equal to it
    (theorem 1-3); `closed_form=False` computes them anyway. Images are processed in batches of at most `budget` bytes
    of activations (None: what suits the device).
    Raises ValueError for an unknown method, shapes that do not fit, or a target outside the classes.
    """
    _check(codes, components, method)
    if class_names and not callable(target):
        target = class_indices(target, len(class_names), class_names)
    gradient = _gradient_if_affine(head, codes, components, target, method) if closed_form else None
    return _estimate(head, codes, components, target, method, gradient, seed, budget, progress).phi


def checked_importance(
    head: Head,
    codes: Tensor,
    components: Tensor,
    target: Target,
    method: str = "gradient_input",
    *,
    seed: int = 0,
    closed_form: bool = True,
    budget: int | None = None,
    progress: Progress | None = None,
) -> Importance:
    """`concept_importance` with its checks and its cost; same arguments and errors."""
    _check(codes, components, method)
    counted = CountedHead(head)
    gradient = _gradient_if_affine(counted, codes, components, target, method) if closed_form else None
    estimate = _estimate(counted, codes, components, target, method, gradient, seed, budget, progress)
    checks = {}
    if IMPORTANCES[method].complete_when_affine:
        checks["completeness_gap"] = completeness_gap(head, codes, components, target, estimate.phi, budget=budget)
    if estimate.standard_error is not None:
        checks["standard_error"] = estimate.standard_error
    return Importance(
        method=method,
        phi=estimate.phi,
        checks=checks,
        closed_form=gradient is not None,
        forward_passes=counted.forwards / max(1, len(codes)),
        backward_passes=counted.backwards / max(1, len(codes)),
    )


def completeness_gap(
    head: Head, codes: Tensor, components: Tensor, target: Target, phi: Tensor, *, budget: int | None = None
) -> Tensor:
    """|Σ_j φ_ij − (F(u_i) − F(0))| as a share of mean |F(u) − F(0)|, shape (n,): 0 when importance adds up.

    Shapes as in `concept_importance`; phi: (n, k). The denominator is the mean over images, so that an image whose
    score happens to equal F(0) does not diverge.
    """
    if not len(codes):
        return phi.new_zeros(0)
    with torch.no_grad():
        origin = concept_score(head, torch.zeros_like(codes[:1]).to(components.dtype), components, target)
        scores = [
            concept_score(head, batch.to(components.dtype), components, target)
            for batch in split_to_budget(codes, components, budget)
        ]
    change = torch.cat(scores) - origin
    return (phi.sum(dim=1) - change).abs() / change.abs().mean().clamp(min=1e-12)


def _gradient_if_affine(head: Head, codes: Tensor, components: Tensor, target: Target, method: str) -> Tensor | None:
    if not IMPORTANCES[method].complete_when_affine or not len(codes):
        return None
    return affine_gradient(head, strongest(codes).to(components.dtype) @ components, target)


def _estimate(
    head: Head,
    codes: Tensor,
    components: Tensor,
    target: Target,
    method: str,
    gradient: Tensor | None,
    seed: int,
    budget: int | None,
    progress: Progress | None,
) -> ImportanceEstimate:
    if not len(codes):
        return ImportanceEstimate(components.new_zeros(0, len(components)))
    score, compute = masked_score(head, components, target), IMPORTANCES[method].function()
    sampling = Sampling(seed, images_per_call(codes, components, budget))
    parts: list[ImportanceEstimate] = []
    for i, batch in enumerate(batches := split_to_budget(codes, components, budget)):
        u = batch.to(components.dtype)
        if gradient is not None:
            parts.append(ImportanceEstimate(affine_importance(u, components, gradient)))
        else:
            parts.append(compute(score, u, sampling))
        if progress:
            progress((i + 1) / len(batches))
    return _joined(parts)


def _joined(parts: list[ImportanceEstimate]) -> ImportanceEstimate:
    errors = [part.standard_error for part in parts if part.standard_error is not None]
    phi = torch.cat([part.phi for part in parts]).detach()
    return ImportanceEstimate(phi, torch.cat(errors).detach() if errors else None)


def _check(codes: Tensor, components: Tensor, method: str) -> None:
    if method not in IMPORTANCES:
        raise ValueError(f"unknown importance method {method!r}: choose one of {', '.join(IMPORTANCES)}")
    check_codes(codes, components)
