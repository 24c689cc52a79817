"""Reconstruction error: the share of the activations that the concepts leave out."""

import numpy as np
import torch
from torch import Tensor

from concepts.extraction.base import one_thread
from concepts.metrics.arrays import Array, blocks, paired
from concepts.numerics.intervals import Estimate, ratio_estimate


def relative_l2(A: Array, A_hat: Array) -> float:
    """‖A − Â‖_F / ‖A‖_F, 0 for a perfect reconstruction; lower is better.

    A, Â: the same shape. Raises ValueError when shapes differ or A is all zero.
    """
    errors, energies = image_errors(*paired(A, A_hat))
    return float(np.sqrt(errors.sum() / energies.sum()))


def relative_l2_estimate(A: Array, A_hat: Array, *, seed: int = 0) -> Estimate:
    """`relative_l2` with its 95% bootstrap interval over images, the first axis of A (n, T..., p).

    It is the root of a ratio of two sums over images, so both sums use the same draws. Raises as `relative_l2` does.
    """
    squared = ratio_estimate(*image_errors(*paired(A, A_hat)), seed=seed)
    return Estimate(squared**0.5, squared.low**0.5, squared.high**0.5)


def image_errors(A: Tensor, A_hat: Tensor) -> tuple[np.ndarray, np.ndarray]:
    """‖A_i − Â_i‖² and ‖A_i‖² of each image, each (n,) float64. Raises ValueError when A is all zero."""
    errors, energies = (torch.zeros(len(A), dtype=torch.float64, device=A.device) for _ in range(2))
    with one_thread():
        for block in blocks(A):  # written in place: small results kept between large blocks would retain memory
            true, estimate = A[block].double().flatten(1), A_hat[block].double().flatten(1)
            energies[block] = true.square().sum(dim=1)
            errors[block] = (true - estimate).square_().sum(dim=1)
    error, energy = errors.cpu().numpy(), energies.cpu().numpy()
    if energy.sum() == 0:
        raise ValueError("the activations are all zero: a relative error has no meaning")
    return error, energy
