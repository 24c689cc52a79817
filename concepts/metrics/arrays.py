"""Input arrays of the measures: arrays of either kind, images on the first axis, read in blocks of rows."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

Array = np.ndarray | Tensor
BLOCK = 2**20  # numbers converted at once: 8 MiB in double precision, about the size of a cache


def activations(A: Array) -> Tensor:
    """A as a tensor (n, T..., p), of its own precision but at least float32. Raises ValueError for a vector."""
    A = torch.as_tensor(A)
    if A.ndim < 2 or A.shape[0] == 0:
        raise ValueError(f"activations must be (n, T..., p), n ≥ 1 images first, channels last; got {tuple(A.shape)}")
    return A if A.dtype in (torch.float32, torch.float64) else A.float()


def paired(A: Array, A_hat: Array) -> tuple[Tensor, Tensor]:
    """Activations and their reconstruction, of one shape and on one device. Raises ValueError when shapes differ."""
    A, A_hat = activations(A), activations(A_hat)
    if A.shape != A_hat.shape:
        raise ValueError(
            f"activations {tuple(A.shape)} and reconstruction {tuple(A_hat.shape)} differ in shape: give both whole"
        )
    return A, A_hat.to(A.device)


def unit(V: Tensor) -> Tensor:
    """Rows of unit length; a row of zeros stays zero. The largest entry is divided out first: no under- or overflow."""
    scale = V.abs().amax(dim=1, keepdim=True)
    return normalize(V / torch.where(scale > 0, scale, 1), dim=1)


def blocks(A: Tensor) -> Iterator[slice]:
    """Slices of the first axis that cover it, each of about `BLOCK` numbers."""
    step = max(1, BLOCK // max(1, A[0].numel()))
    yield from (slice(start, start + step) for start in range(0, len(A), step))


def vector(values: Array, name: str) -> np.ndarray:
    """Finite (n,) float64 in memory. Raises ValueError for another shape, NaN or infinity."""
    values = _numpy(values).astype(np.float64)
    if values.ndim != 1 or len(values) == 0:
        raise ValueError(f"{name} must be (n,), one number an image, n ≥ 1; got shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError(f"{name} holds NaN or infinity: look at the images or the model that gave them")
    return values


def _numpy(values: Array) -> np.ndarray:
    return values.detach().cpu().numpy() if isinstance(values, Tensor) else np.asarray(values)
