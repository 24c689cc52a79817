"""The rows of a report's tables, from arrays."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from concepts.numerics.intervals import bootstrap_means, interval, wilson
from concepts.numerics.ranks import most_important
from concepts.report.rows import ConceptRow, CropRow, ImageRow, StrategyRow

if TYPE_CHECKING:
    from concepts.strategies import Strategies


def importance_order(phi: np.ndarray) -> np.ndarray:
    """(k,): the concepts' indices, largest |mean φ| first; φ: (n, k)."""
    return np.argsort(-np.abs(phi.mean(axis=0)), kind="stable")


def concept_rows(
    phi: np.ndarray, right: np.ndarray | None, dead: np.ndarray, crops: Sequence[Sequence[CropRow]], seed: int
) -> tuple[ConceptRow, ...]:
    """One row per concept. φ: (n, k); right: (n,) bool or None; dead: (k,) bool.

    Shares are 0 where all φ are 0; in a photo whose φ are all 0 no concept is the most important.
    """
    draws = bootstrap_means(np.stack([phi, np.abs(phi)], axis=1), seed=seed)  # (resamples, 2, k)
    mean, (low, high), sizes = phi.mean(axis=0), interval(draws[:, 0]), draws[:, 1]
    share_low, share_high = interval(sizes / sizes.sum(axis=1, keepdims=True).clip(1e-30))
    share = np.abs(phi).mean(axis=0) / max(np.abs(phi).mean(axis=0).sum(), 1e-30)
    first = most_important(phi)
    return tuple(
        ConceptRow(
            j, float(mean[j]), float(low[j]), float(high[j]), float(share[j]), float(share_low[j]),
            float(share_high[j]), float((first == j).mean()), *share_right(right, first == j), bool(dead[j]),
            tuple(crops[j]),
        )
        for j in range(phi.shape[1])
    )  # fmt: skip


def share_right(right: np.ndarray | None, members: np.ndarray) -> tuple[float | None, float | None, float | None]:
    """Reliability of these images: the share that the model gets right and its Wilson interval; None if unknown."""
    n = int(members.sum())
    if right is None or n == 0:
        return None, None, None
    hits = int(right[members].sum())
    return hits / n, *wilson(hits, n)


def image_rows(
    names: Sequence[str], labels: Sequence[int | None], predicted: Sequence[tuple[str, float | None]],
    scores: np.ndarray, recognised: np.ndarray, right: np.ndarray | None, strategy: np.ndarray,
    class_names: Sequence[str],
) -> tuple[ImageRow, ...]:  # fmt: skip
    """One row per image, in the order of the arrays. predicted: the predicted class and its probability."""
    return tuple(
        ImageRow(
            name=names[i],
            label=None if labels[i] is None else class_names[labels[i]],  # type: ignore[index]
            predicted=predicted[i][0],
            probability=predicted[i][1],
            score=float(scores[i]),
            recognised=bool(recognised[i]),
            right=None if right is None else bool(right[i]),
            strategy=int(strategy[i]),
        )
        for i in range(len(names))
    )


def strategy_rows(strategies: "Strategies", right: np.ndarray | None) -> tuple[StrategyRow, ...]:
    """One row per strategy, from `concepts.strategies.Strategies`."""
    rows = []
    for label, row in enumerate(strategies.table.to_dict("records")):
        members = strategies.labels == label
        rows.append(
            StrategyRow(
                label, int(members.sum()), float(row["prevalence"]), *share_right(right, members),
                tuple(int(j) for j in row["concepts"]), int(row["medoid"]),
                None if np.isnan(row["suspicion"]) else float(row["suspicion"]),
            )
        )  # fmt: skip
    return tuple(rows)
