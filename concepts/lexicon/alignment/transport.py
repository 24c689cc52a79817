"""Optimal transport from rows to columns of limited capacity."""

import numpy as np


def transport_plan(
    utility: np.ndarray, supply: np.ndarray, capacity: np.ndarray, *, entropy: float = 0.0
) -> np.ndarray:
    """The plan P (r, c) ≥ 0 with the largest Σ P ⊙ utility + entropy · H(P), rows summing to supply, columns to at most
    capacity.

    utility: (r, c). supply: (r,) > 0. capacity: (c,) > 0. An extra row of utility 0 takes the unused capacity.
    entropy: 0 is exact, and P is integer if supply and capacity are; above 0 the plan is soft (Sinkhorn, in the log
    domain). Source: the package POT; Cuturi 2013. Raises ValueError when the total capacity is below the supply.
    """
    import ot

    utility, supply, capacity = (np.asarray(each, dtype=np.float64) for each in (utility, supply, capacity))
    spare = capacity.sum() - supply.sum()
    if spare < -1e-9 * supply.sum():
        raise ValueError(
            f"{supply.sum():g} to be carried to {len(capacity)} places that take {capacity.sum():g} together: "
            "raise the capacity"
        )
    rows, cost = supply, -utility
    if spare > 1e-9 * supply.sum():
        rows, cost = np.append(supply, spare), np.vstack([cost, np.zeros(len(capacity))])
    if entropy > 0:
        options = {"method": "sinkhorn_log", "numItermax": 1000, "stopThr": 1e-6, "warn": False}
        plan = ot.sinkhorn(rows, capacity, cost, entropy, **options)
    else:
        plan = ot.emd(rows, capacity, cost, numItermax=10_000_000)
    return np.asarray(plan)[: len(supply)]
