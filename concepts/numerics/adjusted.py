"""p-values adjusted for how many tests there are."""

import numpy as np


def holm(p: np.ndarray) -> np.ndarray:
    """Adjusted p-values (m,): each below 0.05 is found with at most 5% risk of any false find among all m.

        p̃_(i) = max over j ≤ i of min(1, (m − j + 1) p_(j))

    p: (m,) in [0, 1], dependent in any way. Source: Holm, Scandinavian Journal of Statistics 1979.
    """
    order = np.argsort(p, kind="stable")
    weights = np.arange(len(p), 0, -1)
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum(1, np.maximum.accumulate(weights * p[order]))
    return adjusted
