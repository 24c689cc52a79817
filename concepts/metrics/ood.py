"""Distance of the reconstruction from the distribution of activations: nearest neighbours (deep k-NN)."""

import numpy as np
import torch
from torch import Tensor

from concepts.metrics.arrays import Array, paired, unit
from concepts.numerics.intervals import Estimate, ratio_estimate

ROWS = 4096
BLOCK = 2**24  # distances held at once: 64 MiB in single precision


def ood_score(A: Array, A_hat: Array, *, k_neighbours: int = 10, rows: int = ROWS, seed: int = 0) -> Estimate:
    """Mean distance of Â to its k-th nearest neighbour in A, minus the same for A itself, rows of unit length.

        mean over held-out t of  d_k(â_t) − d_k(a_t),   d_k(z) = ‖z − (k-th nearest reference row)‖, in [0, 2]

    0 for Â = A; above 0 the reconstruction is further out than unseen activations; lower is better.
    A, Â: (m, p) or (n, T..., p). A seeded half of the first axis is the reference, the other half is held out, so
    positions of one image are never neighbours of each other; Â is taken on the held-out half only. Of each half at
    most `rows` positions are used, drawn without replacement. 95% bootstrap interval over held-out images, the
    reference fixed. A row of zeros stays zero: at distance 1 from every direction and 0 from another row of zeros.
    Source: Sun et al. 2022 (eq. 1 to 3), who also use the k-th distance alone.
    Raises ValueError for different shapes, NaN or infinity, fewer than two images or fewer reference rows than
    neighbours.
    """
    A, A_hat = paired(A, A_hat)
    if len(A) < 2:
        raise ValueError("one image cannot be both reference and held out: give at least two")
    reference_rows, held_out, image = _halves(A, rows, seed)
    reference = _directions(A, reference_rows)
    if not 1 <= k_neighbours <= len(reference):
        raise ValueError(f"k_neighbours is {k_neighbours} for {len(reference)} reference rows: ask for 1 to that many")
    own = neighbour_distance(_directions(A, held_out), reference, k_neighbours)
    rebuilt = neighbour_distance(_directions(A_hat, held_out), reference, k_neighbours)
    difference = (rebuilt - own).double().cpu().numpy()
    counts = np.bincount(image)
    return ratio_estimate(np.bincount(image, weights=difference)[counts > 0], counts[counts > 0], seed=seed)


def neighbour_distance(queries: Tensor, reference: Tensor, k: int, *, block: int = BLOCK) -> Tensor:
    """Euclidean distance (m,) of each query (m, p) to its k-th nearest of r reference rows (r, p).

    The neighbour is found from inner products, `block` of them at once; its distance is then computed directly, which
    is far more exact near 0.
    """
    distances, length = [], reference.square().sum(dim=1)
    for some in queries.split(max(1, block // len(reference))):
        apart = length - 2 * some @ reference.T  # squared distance, up to a constant per row
        kth = apart.topk(k, dim=1, largest=False).indices[:, -1]
        distances.append((some - reference[kth]).norm(dim=1))
    return torch.cat(distances)


def _halves(A: Tensor, rows: int, seed: int) -> tuple[Tensor, Tensor, np.ndarray]:
    """Reference rows and held-out rows of A.flatten(0, -2), and the image of each held-out row."""
    n, positions = len(A), A[0].numel() // A.shape[-1]
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(n, generator=generator)
    reference, held_out = (
        _some(_positions(half.sort().values, positions), rows, generator) for half in order.tensor_split([n // 2])
    )
    return reference, held_out, (held_out // positions).numpy()


def _positions(images: Tensor, positions: int) -> Tensor:
    return (images[:, None] * positions + torch.arange(positions)).flatten()


def _some(numbers: Tensor, size: int, generator: torch.Generator) -> Tensor:
    return numbers[torch.randperm(len(numbers), generator=generator)[:size].sort().values]


def _directions(A: Tensor, rows: Tensor) -> Tensor:
    chosen = A.flatten(0, -2)[rows.to(A.device)]
    if not torch.isfinite(chosen).all():
        raise ValueError("activations hold NaN or infinity: check the model's weights and the images")
    return unit(chosen)
