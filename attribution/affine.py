"""The closed form: where the head is affine, concept importance is exact and free (Holistic, theorems 1-3)."""

import torch
from torch import Tensor

from attribution.score import Head, Target, class_score


def affine_gradient(head: Head, activations: Tensor, target: Target, *, tolerance: float = 1e-4) -> Tensor | None:
    """∂F/∂A, shape (T..., p), when the score is affine in the activations; None when it is not.

    activations: (n, T..., p), a few real ones, n ≥ 1. Affine means F(a + b) − F(a) − F(b) + F(0) = 0 and
    F(−2a) + 2 F(a) − 3 F(0) = 0, both within `tolerance` of the largest of these scores: the second catches a
    head that is linear only where activations are ≥ 0. A group of classes (log-sum-exp) is never affine.
    """
    a = activations.detach()
    b = a.roll(1, dims=0) * 0.5
    zero = torch.zeros_like(a[:1])
    with torch.no_grad():
        together, first, second, mirrored, origin = (class_score(head(x), target) for x in (a + b, a, b, -2 * a, zero))
    scale = tolerance * max(1e-12, *(s.abs().max().item() for s in (together, first, second, mirrored)))
    additive = (together - first - second + origin).abs().max().item() <= scale
    homogeneous = (mirrored + 2 * first - 3 * origin).abs().max().item() <= scale
    if not (additive and homogeneous):
        return None
    with torch.enable_grad():
        point = zero.requires_grad_()
        return torch.autograd.grad(class_score(head(point), target).sum(), point)[0][0]


def affine_importance(codes: Tensor, components: Tensor, gradient: Tensor) -> Tensor:
    """φ_ij = Σ_t u_itj (v_j · ∂F/∂A_t), shape (n, k): what every complete method gives for an affine head.

    codes: (n, T..., k), components: (k, p), gradient: (T..., p). With average pooling this is
    mean_t(u_itj) · (v_j · w_c), the closed form of the paper.
    """
    weights = gradient @ components.T  # (T..., k)
    k = len(components)
    return torch.einsum("ntk,tk->nk", codes.reshape(len(codes), -1, k), weights.reshape(-1, k))
