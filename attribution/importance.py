"""Concept importance is attribution in concept space (Holistic, section 3.2). Captum computes what it has.

A concept is one feature: F(m) = h_c((m ⊙ u) V) with one factor m_j for all positions of concept j. At m = 1 the
gradient in m_j is Σ_t u_tj ∂F/∂u_tj, so Captum works on (n, k) and never holds a copy of the codes a step.
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from attribution.affine import affine_gradient, affine_importance, strongest
from attribution.score import Head, Target, class_indices, concept_score

Forward = Callable[[Tensor, Tensor], Tensor]  # factors m (n, k), codes u (n, T..., k) -> score (n,)
BUDGETS = {"cpu": 24 * 2**20, "cuda": 512 * 2**20}  # bytes a call of the head may hold; on a CPU what caches keep
STEPS = 32  # of the integral; completeness is measured, see `completeness_gap`


def gradient_input(score: Forward, codes: Tensor) -> Tensor:
    """u_j ∂F/∂u_j, summed over positions."""
    from captum.attr import InputXGradient

    return InputXGradient(score).attribute(_ones(codes), additional_forward_args=codes)


def saliency(score: Forward, codes: Tensor) -> Tensor:
    """∂F/∂u_j, signed, summed over positions."""
    from captum.attr import Saliency

    gradients = Saliency(lambda u: score(_ones(u), u)).attribute(codes.detach().requires_grad_(), abs=False)
    return gradients.reshape(len(codes), -1, codes.shape[-1]).sum(dim=1)


def integrated_gradients(score: Forward, codes: Tensor) -> Tensor:
    """u_j ∫₀¹ ∂F(αu)/∂u_j dα by Gauss-Legendre quadrature, one step of the path at a time."""
    from captum.attr import IntegratedGradients

    factors = _ones(codes)
    return IntegratedGradients(score).attribute(
        factors, torch.zeros_like(factors), additional_forward_args=codes, n_steps=STEPS, internal_batch_size=len(codes)
    )


def occlusion(score: Forward, codes: Tensor) -> Tensor:
    """F(u) − F(u with concept j set to 0 at all positions)."""
    from captum.attr import FeatureAblation

    return FeatureAblation(score).attribute(_ones(codes), baselines=0, additional_forward_args=codes)


IMPORTANCE_METHODS: dict[str, Callable[[Forward, Tensor], Tensor]] = {
    "gradient_input": gradient_input,
    "integrated_gradients": integrated_gradients,
    "saliency": saliency,
    "occlusion": occlusion,
}
COMPLETE_WHEN_AFFINE = ("gradient_input", "integrated_gradients", "occlusion")


def concept_importance(
    head: Head,
    codes: Tensor,
    components: Tensor,
    target: Target,
    method: str = "gradient_input",
    *,
    class_names: Sequence[str] | None = None,
    closed_form: bool = True,
    budget: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Tensor:
    """φ (n, k): the importance of each concept for each image, baseline 0 ("concept absent"), in logits.

    head: activations (n, T..., p) -> logits (n, classes). codes: (n, T..., k). components: (k, p). target: a class
    index, a class name, or a list of them (a group: the log-sum-exp of their logits); names are those of class_names,
    or of the model that the head is a method of. `saliency` is in logits per unit of code.
    Where the head is affine the complete methods are replaced by the closed form, which they equal (theorem 1-3);
    `closed_form=False` computes them all the same. Images go in batches of at most `budget` bytes of activations (None:
    what suits the device).
    Raises ValueError for an unknown method, shapes that do not fit, or a target outside the classes.
    """
    _check(codes, components, method)
    target = class_indices(target, len(class_names), class_names) if class_names else target
    parts, done = [], 0
    gradient = None
    if closed_form and method in COMPLETE_WHEN_AFFINE and len(codes):
        gradient = affine_gradient(head, strongest(codes).to(components.dtype) @ components, target)
    for batch in split_to_budget(codes, components, budget):
        u = batch.to(components.dtype)
        parts.append(_importance(head, u, components, target, method, gradient))
        done += len(batch)
        if progress:
            progress(done / len(codes))
    return torch.cat(parts) if parts else components.new_zeros(0, len(components))


def _importance(
    head: Head, u: Tensor, components: Tensor, target: Target, method: str, gradient: Tensor | None
) -> Tensor:
    if gradient is not None:
        return affine_importance(u, components, gradient)

    def score(factors: Tensor, codes: Tensor) -> Tensor:
        between = (1,) * (codes.ndim - 2)
        return concept_score(head, codes * factors.view(len(factors), *between, -1), components, target)

    return IMPORTANCE_METHODS[method](score, u).detach()


def completeness_gap(
    head: Head, codes: Tensor, components: Tensor, target: Target, phi: Tensor, *, budget: int | None = None
) -> Tensor:
    """|Σ_j φ_ij − (F(u_i) − F(0))| as a share of mean |F(u) − F(0)|, shape (n,): 0 when importance adds up.

    Shares as in `concept_importance`; phi: (n, k). The mean over images is the denominator, so that an image whose
    score happens to equal F(0) does not blow up.
    """
    with torch.no_grad():
        origin = concept_score(head, torch.zeros_like(codes[:1]).to(components.dtype), components, target)
        scores = [
            concept_score(head, batch.to(components.dtype), components, target)
            for batch in split_to_budget(codes, components, budget)
        ]
    change = torch.cat(scores) - origin
    return (phi.sum(dim=1) - change).abs() / change.abs().mean().clamp(min=1e-12)


def split_to_budget(codes: Tensor, components: Tensor, budget: int | None = None) -> tuple[Tensor, ...]:
    """The codes in batches of images whose activations, their gradients and the head's own stay within `budget` bytes.

    None: what suits the device. Smaller is not slower on a CPU: what fits its caches is twice as fast.
    """
    if not len(codes):
        return ()
    budget = budget or BUDGETS.get(components.device.type, BUDGETS["cuda"])
    positions = codes[0].numel() // codes.shape[-1]
    per_image = positions * components.shape[1] * components.element_size() * 4
    return codes.split(max(1, budget // per_image))


def _ones(codes: Tensor) -> Tensor:
    return torch.ones(len(codes), codes.shape[-1], dtype=codes.dtype, device=codes.device, requires_grad=True)


def _check(codes: Tensor, components: Tensor, method: str) -> None:
    if method not in IMPORTANCE_METHODS:
        raise ValueError(f"unknown importance method {method!r}: choose one of {', '.join(IMPORTANCE_METHODS)}")
    if components.ndim != 2 or codes.ndim < 2 or codes.shape[-1] != len(components):
        raise ValueError(
            "codes must end in the k concepts of components (k, p); "
            f"got {tuple(codes.shape)} and {tuple(components.shape)}"
        )
