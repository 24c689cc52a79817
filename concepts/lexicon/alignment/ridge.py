"""`ridge`: least squares with a penalty chosen by leave-one-out."""

import torch
from torch import Tensor

from concepts.lexicon.alignment.bridge import Bridge
from concepts.lexicon.alignment.pairs import Pairs

PENALTIES = tuple(10 ** (half / 2) for half in range(-8, 9))  # times the mean squared singular value of the photos


def ridge(photos: Tensor, texts: Tensor, *, seed: int = 0, penalties: tuple[float, ...] = PENALTIES) -> Bridge:
    """The bridge that minimises Σ_i ‖x_i M + b − y_i‖² + λ ‖M‖²_F; b is not penalised.

    photos: (m, p). texts: (m, d), the vector of each photo's word. λ is the value of `penalties`, in units of the mean
    squared singular value of the centred photos, with the smallest leave-one-out mean squared error on these photos.
    figures: `penalty`, `error` (of leave-one-out, mean square) and `share` (1 − error / the error of the mean word).
    The fit is exact: the seed is only recorded. Source: LiMBeR (Merullo et al., ICLR 2023), there by gradient descent.
    Raises ValueError as `Pairs` does.
    """
    pairs = Pairs(photos, texts)
    U, S, Vt = torch.linalg.svd(pairs.X, full_matrices=False)
    unit = S.square().mean().clamp(min=torch.finfo(S.dtype).tiny)
    shares = [S.square() / (S.square() + penalty * unit) for penalty in penalties]
    errors = [leave_one_out(U, share, pairs.Y).square().mean().item() for share in shares]
    best = min(range(len(errors)), key=errors.__getitem__)
    filtered = shares[best] / S.clamp(min=torch.finfo(S.dtype).tiny)
    M = Vt.T @ (filtered[:, None] * (U.T @ pairs.Y))
    m = len(pairs.Y)
    blind = (pairs.Y * m / (m - 1)).square().mean().item()  # leave-one-out of the mean alone
    figures = {"penalty": penalties[best], "error": errors[best], "share": 1 - errors[best] / blind}
    return pairs.bridge(M, "ridge", seed, figures)


def leave_one_out(U: Tensor, share: Tensor, Y: Tensor) -> Tensor:
    """(m, d): each photo's word minus the prediction of the map fitted on all other photos, without a refit.

        e_i = (y_i − ŷ_i) / (1 − h_ii),   H = 1/m + U diag(s² / (s² + λ)) Uᵀ

    U: (m, r) left singular vectors of the centred photos. share: (r,) = s² / (s² + λ). Y: (m, d) centred.
    The 1/m accounts for the offset, which is refitted as well. Source: Allen 1974 (PRESS); Golub, Heath & Wahba 1979.
    """
    residual = Y - U @ (share[:, None] * (U.T @ Y))
    leverage = 1 / len(Y) + U.square() @ share  # (m,)
    return residual / (1 - leverage).clamp(min=torch.finfo(Y.dtype).eps)[:, None]
