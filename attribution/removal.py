"""Importance from removing concepts, by Captum: one at a time (occlusion), or in random orders (Shapley)."""

from hashlib import blake2b

import numpy as np
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

    GROUPS pairs of an order and its reverse (Mitchell et al. 2022, section 3.2: less scatter than single orders), each
    image's own (`orders_of`): the errors of different images are independent, so that an interval over images covers
    them too. Σ_j φ_j = F(u) − F(0) in every order. Captum sums in float32. Sources: Štrumbelj & Kononenko 2010;
    ConceptSHAP (Yeh et al. 2020).
    """
    from captum.attr import ShapleyValueSampling

    def in_order(factors: Tensor, u: Tensor, place: Tensor) -> Tensor:
        return score(factors.gather(1, place), u)  # Captum adds features by their place; each image has its own order

    sampler, k = ShapleyValueSampling(in_order), codes.shape[-1]
    ways = (range(k), range(k)[::-1])
    sampler.permutation_generator = lambda *_: iter(ways)  # its own draws are global
    replicates = []
    for orders in orders_of(codes, sampling.seed).to(codes.device).unbind(dim=1):
        place = orders.argsort(dim=1)  # (n, k): of each concept
        phi = sampler.attribute(
            ones(codes).detach(),
            baselines=0,
            additional_forward_args=(codes, place),
            n_samples=len(ways),
            perturbations_per_eval=_at_once(codes, sampling),
        )
        replicates.append(phi.gather(1, place).to(codes))
    return from_replicates(torch.stack(replicates))


def orders_of(codes: Tensor, seed: int) -> Tensor:
    """(n, GROUPS, k) random orders of the concepts, drawn for each image from the seed and its own codes (n, T..., k).

    An image has the same orders in every batch and on every device. Equal images have equal orders; their unit is
    taken out first, so that codes that are twice as large have them too.
    """
    flat = codes.detach().flatten(1).float()
    relative = flat / flat.abs().amax(dim=1, keepdim=True).clamp(min=torch.finfo(torch.float32).tiny)
    orders = np.tile(np.arange(codes.shape[-1]), (len(codes), GROUPS, 1))
    for found, image in zip(orders, relative.cpu().numpy(), strict=True):
        rng = np.random.default_rng([seed, int.from_bytes(blake2b(image.tobytes(), digest_size=8).digest())])
        rng.permuted(found, axis=1, out=found)
    return torch.from_numpy(orders)


def _at_once(codes: Tensor, sampling: Sampling) -> int:
    """Number of masked copies of the images per call, at most k: Captum always expands the codes to this number."""
    return max(1, min(codes.shape[-1], sampling.per_call // len(codes)))
