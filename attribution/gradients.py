"""Importance from gradients, by Captum: saliency, TCAV's sign, gradient-input, integrated gradients.

At m = 1 the gradient of F(m ⊙ u) in m_j is Σ_t u_tj ∂F/∂u_tj, so Captum works on (n, k) and never holds a copy of the
codes for each step.
"""

import torch
from torch import Tensor

from attribution.estimate import ImportanceEstimate, Sampling
from attribution.score import Forward

STEPS = 32  # of the integral; completeness is measured, see `completeness_gap`


def saliency(score: Forward, codes: Tensor, sampling: Sampling) -> ImportanceEstimate:
    """∂F/∂u_j, signed, summed over positions."""
    from captum.attr import Saliency

    gradients = Saliency(lambda u: score(ones(u), u)).attribute(codes.detach().requires_grad_(), abs=False)
    return ImportanceEstimate(gradients.reshape(len(codes), -1, codes.shape[-1]).sum(dim=1))


def tcav(score: Forward, codes: Tensor, sampling: Sampling) -> ImportanceEstimate:
    """1 where the directional derivative ∂F/∂u_j is positive, else 0: its mean over images is the TCAV score.

    Source: TCAV (Kim et al., 2018), eq. 2, with rows of the dictionary for concept activation vectors.
    """
    gradient = saliency(score, codes, sampling).phi
    return ImportanceEstimate((gradient > 0).to(gradient))


def gradient_input(score: Forward, codes: Tensor, sampling: Sampling) -> ImportanceEstimate:
    """u_j ∂F/∂u_j, summed over positions."""
    from captum.attr import InputXGradient

    return ImportanceEstimate(InputXGradient(score).attribute(ones(codes), additional_forward_args=codes))


def integrated_gradients(score: Forward, codes: Tensor, sampling: Sampling) -> ImportanceEstimate:
    """u_j ∫₀¹ ∂F(αu)/∂u_j dα by Gauss-Legendre quadrature, with as many steps of the path per call as fit."""
    from captum.attr import IntegratedGradients

    factors = ones(codes)
    phi = IntegratedGradients(score).attribute(
        factors,
        torch.zeros_like(factors),
        additional_forward_args=codes,
        n_steps=STEPS,
        internal_batch_size=max(len(codes), sampling.per_call),
    )
    return ImportanceEstimate(phi)


def ones(codes: Tensor) -> Tensor:
    """Factors 1 of shape (n, k) for codes (n, T..., k), with requires_grad."""
    return torch.ones(len(codes), codes.shape[-1], dtype=codes.dtype, device=codes.device, requires_grad=True)
