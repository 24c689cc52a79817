"""Importance from removing concepts, by Captum: one at a time (occlusion), or in random orders (Shapley)."""

import torch
from torch import Tensor

from attribution.estimate import GROUPS, ImportanceEstimate, Sampling, from_replicates
from attribution.gradients import ones
from attribution.score import Forward


def occlusion(score: Forward, codes: Tensor, sampling: Sampling) -> ImportanceEstimate:
    """F(u) − F(u with concept j set to 0 at all positions)."""
    from captum.attr import FeatureAblation

    phi = FeatureAblation(score).attribute(
        ones(codes), baselines=0, additional_forward_args=codes, perturbations_per_eval=_at_once(codes, sampling)
    )
    return ImportanceEstimate(phi)


def shapley(score: Forward, codes: Tensor, sampling: Sampling) -> ImportanceEstimate:
    """The Shapley value of concept j: the mean over random orders of the change in F when j joins those before it.

    GROUPS pairs of an order and its reverse (Mitchell et al. 2022, section 3.2: less scatter than single orders), the
    same for all images. Σ_j φ_j = F(u) − F(0) in every order. Captum sums in float32. Sources: Štrumbelj &
    Kononenko 2010; ConceptSHAP (Yeh et al. 2020).
    """
    from captum.attr import ShapleyValueSampling

    sampler = ShapleyValueSampling(score)
    generator = torch.Generator().manual_seed(sampling.seed)
    replicates = []
    for _ in range(GROUPS):
        order = torch.randperm(codes.shape[-1], generator=generator).tolist()
        sampler.permutation_generator = lambda *_, pair=(order, order[::-1]): iter(pair)  # its own draws are global
        phi = sampler.attribute(
            ones(codes).detach(),
            baselines=0,
            additional_forward_args=codes,
            n_samples=2,
            perturbations_per_eval=_at_once(codes, sampling),
        )
        replicates.append(phi.to(codes))
    return from_replicates(torch.stack(replicates))


def _at_once(codes: Tensor, sampling: Sampling) -> int:
    """Number of masked copies of the images per call, at most k: Captum always expands the codes to this number."""
    return max(1, min(codes.shape[-1], sampling.per_call // len(codes)))
