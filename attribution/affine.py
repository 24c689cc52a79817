"""The closed form: where the head is affine, concept importance is exact and free (Holistic, theorems 1-3)."""

import torch
from torch import Tensor

from attribution.score import Head, Target, names_of, target_score

PROBED = 8  # images on which the head is tested


def strongest(codes: Tensor) -> Tensor:
    """The few images (≤ 8, T..., k) of codes (n, T..., k) with the largest code: where non-linearity shows best."""
    flat = codes.reshape(len(codes), -1)
    peaks = torch.maximum(flat.amax(dim=1), -flat.amin(dim=1))  # no copy of the codes
    return codes[peaks.topk(min(PROBED, len(codes))).indices]


def affine_gradient(head: Head, activations: Tensor, target: Target, *, tolerance: float = 1e-4) -> Tensor | None:
    """∂F/∂A, shape (T..., p), when the score is affine in the activations; None when it is not.

    activations: (n, T..., p), a few real ones, n ≥ 1, as large as possible (`strongest`). Affine means
    F(−2a) + 2 F(a) − 3 F(0) = 0 and F(a + b) − F(a) − F(b) + F(0) = 0, each within `tolerance` of the largest change
    |F(x) − F(0)| of the scores so far. The first test detects a head that is linear only where activations are ≥ 0.
    Where the score does not change, nothing is known, and the result is None, as for a head without gradient. A group
    (log-sum-exp) is never affine.
    """
    a = activations.detach()
    zero = torch.zeros_like(a[:1])

    def score(points: Tensor) -> Tensor:
        with torch.no_grad():
            return target_score(head(points), target, class_names=names_of(head))

    def negligible(defect: Tensor, *scores: Tensor) -> bool:
        change = max((each - origin).abs().max().item() for each in scores)
        return bool(change) and defect.abs().max().item() <= tolerance * change

    first, mirrored, origin = score(a), score(-2 * a), score(zero)
    if not negligible(mirrored + 2 * first - 3 * origin, first, mirrored):
        return None  # most heads that are not affine end here
    b = a.roll(1, dims=0) * 0.5
    together, second = score(a + b), score(b)
    if not negligible(together - first - second + origin, first, mirrored, together, second):
        return None
    with torch.enable_grad():
        point = zero.requires_grad_()
        total = target_score(head(point), target, class_names=names_of(head)).sum()
        try:
            (gradient,) = torch.autograd.grad(total, point, allow_unused=True)
        except RuntimeError:  # no derivative: the closed form is not available
            return None
    return None if gradient is None else gradient[0]


def affine_importance(codes: Tensor, components: Tensor, gradient: Tensor) -> Tensor:
    """φ_ij = Σ_t u_itj (v_j · ∂F/∂A_t), shape (n, k): the result of every complete method for an affine head.

    codes: (n, T..., k), components: (k, p), gradient: (T..., p). With average pooling this is
    mean_t(u_itj) · (v_j · w_c), the closed form of the paper.
    """
    weights = gradient @ components.T  # (T..., k)
    k = len(components)
    return torch.einsum("ntk,tk->nk", codes.reshape(len(codes), -1, k), weights.reshape(-1, k))
