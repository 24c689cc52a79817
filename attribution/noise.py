"""SmoothGrad, SquareGrad and VarGrad: moments of a concept's gradient under Gaussian noise on its codes.

g_j = Σ_t ∂F/∂u_tj at u + ε, ε_tj ~ N(0, σ²) at every position, σ = 0.1 × the range of the image's codes: the largest
minus the smallest over positions and concepts, including 0 ("absent"). SmoothGrad's paper advises 10 to 20%
of the input's range. Codes of a non-negative dictionary may become negative.
Sources: Smilkov et al. 2017; Hooker et al. 2019 (squared); Adebayo et al. 2018 (variance).
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from attribution.estimate import GROUPS, ImportanceEstimate, Sampling, from_replicates
from attribution.gradients import ones
from attribution.score import Forward, at_all_positions

NOISE = 0.1  # σ as a share of the codes' range
DRAWS = 4  # noisy copies of the codes per group; GROUPS groups are drawn


def smoothgrad(score: Forward, codes: Tensor, sampling: Sampling) -> ImportanceEstimate:
    """E[g_j]: the mean gradient under noise."""
    return from_replicates(_noisy_gradients(score, codes, sampling, "smoothgrad"))


def squaregrad(score: Forward, codes: Tensor, sampling: Sampling) -> ImportanceEstimate:
    """E[g_j²]: the mean square of the gradient under noise."""
    return from_replicates(_noisy_gradients(score, codes, sampling, "smoothgrad_sq"))


def vargrad(score: Forward, codes: Tensor, sampling: Sampling) -> ImportanceEstimate:
    """Var[g_j] ≥ 0: the variance of the gradient under noise, unbiased (Captum's is divided by the draws)."""
    biased = _noisy_gradients(score, codes, sampling, "vargrad").clamp(min=0)  # rounding of E[g²] − E[g]²
    return from_replicates(biased * DRAWS / (DRAWS - 1))


def noise_width(codes: Tensor) -> Tensor:
    """σ (n,) of the noise on codes (n, T..., k), in their units."""
    flat = codes.flatten(1)
    return NOISE * (flat.amax(dim=1).clamp(min=0) - flat.amin(dim=1).clamp(max=0))


def _noisy_gradients(score: Forward, codes: Tensor, sampling: Sampling, kind: str) -> Tensor:
    """A moment of the gradient in each group of draws, (groups, n, k), by Captum's noise tunnel.

    Captum's own noise is set to 0: it uses the global generator and would differ with the batch. Our noise enters the
    function itself, whose argument is a shift s (n, k) of the codes at all positions: its gradient is summed over them.
    """
    from captum.attr import NoiseTunnel, Saliency

    draws, width = _normal_draws(codes, sampling.seed), noise_width(codes)

    def shifted(shift: Tensor, repeated: Tensor) -> Tensor:
        copies = len(shift) // len(codes)
        standard = torch.stack([next(draws) for _ in range(copies)])  # (copies, T..., k)
        noise = width.view(-1, *(1,) * standard.ndim) * standard  # (n, copies, T..., k)
        u = repeated + noise.flatten(0, 1) + at_all_positions(shift, repeated)
        return score(ones(u), u)

    tunnel = NoiseTunnel(Saliency(shifted))
    moments = [
        tunnel.attribute(
            codes.new_zeros(len(codes), codes.shape[-1]),
            nt_type=kind,
            nt_samples=DRAWS,
            nt_samples_batch_size=max(1, sampling.per_call // len(codes)),
            stdevs=0.0,
            additional_forward_args=codes,
            abs=False,
        )
        for _ in range(GROUPS)
    ]
    return torch.stack(moments)


def _normal_draws(codes: Tensor, seed: int) -> Iterator[Tensor]:
    """Standard normal tensors (T..., k), one by one, so that batches of any size get the same ones."""
    generator = torch.Generator().manual_seed(seed)
    while True:
        yield torch.randn(codes.shape[1:], generator=generator, dtype=codes.dtype).to(codes.device)
