"""Summary of each strategy: its frequency, reliability, concepts and suspicion."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from concepts.numerics.intervals import wilson
from concepts.numerics.ranks import most_important
from concepts.strategies.discriminant import fisher_direction
from concepts.strategies.evidence import Evidence
from concepts.strategies.populations import Populations
from concepts.strategies.suspicion import suspicion
from concepts.strategies.valleys import separation

if TYPE_CHECKING:
    import pandas as pd

N_TELLING = 5
MOST_COMPARED = 2000  # images of a strategy up to which its medoid is exact


class Interval(NamedTuple):
    """A mean with the 2.5% and 97.5% quantiles (or confidence limits) around it."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Strategies:
    """Groups of images recognised for the same reason.

    embedding (n, 2): places for drawing, by `embedding_kind`. labels (n,): strategy of each image, 0 the largest, −1 an
    outlier. table: one row per strategy (`summarise`). concepts: one row per concept (`concept_table`). evidence (n,
    k): the quantity by which images were compared, named by `evidence_kind`. links (s, s): `crossing_links`, the edges
    of the graph. silhouette: in [−1, 1], None where there is one strategy. agreement: adjusted Rand index between this
    grouping and those found on random nine tenths (at most 500) of the images. suspicion: the largest of the table,
    None where there is one strategy: what all images share cannot be distinguished from the class itself. populations:
    the concepts present in some images and absent in others, whether or not strategies follow from them.
    """

    embedding: np.ndarray
    labels: np.ndarray
    table: "pd.DataFrame"
    concepts: "pd.DataFrame"
    evidence: np.ndarray
    evidence_kind: str
    embedding_kind: str
    silhouette: float | None
    agreement: Interval
    links: np.ndarray
    suspicion: float | None
    populations: tuple[Populations, ...]
    seed: int

    @property
    def n_strategies(self) -> int:
        return len(self.table)


def summarise(evidence: Evidence, phi: np.ndarray, labels: np.ndarray, correct: np.ndarray | None) -> "pd.DataFrame":
    """One row per strategy, in the order of its label:

    n, prevalence (share of all images), reliability with its 95% Wilson limits (None where `correct` is), concepts (at
    most five, most distinctive first), medoid (index of the image with the smallest mean distance to the others of the
    strategy), separation (Ashman's D from the rest along Fisher's direction), suspicion and effect (mean φ of the
    first concept inside minus outside, in logits); the last three are NaN for one strategy.
    """
    import pandas as pd

    rows = [_row(evidence, phi, labels, s, correct) for s in range(labels.max() + 1)]
    return pd.DataFrame(rows).rename_axis("strategy")


def _row(evidence: Evidence, phi: np.ndarray, labels: np.ndarray, s: int, correct: np.ndarray | None) -> dict:
    inside, outside = labels == s, (labels >= 0) & (labels != s)
    others = [labels == other for other in range(labels.max() + 1) if other != s]
    told = telling_concepts(evidence, phi, inside, outside)
    apart = bool(outside.any())
    return {
        "n": int(inside.sum()),
        "prevalence": float(inside.mean()),
        **_reliability(correct, inside),
        "concepts": [int(j) for j in told],
        "medoid": medoid(evidence.values, np.flatnonzero(inside)),
        "separation": joint_separation(evidence.values, inside, outside) if apart else float("nan"),
        "suspicion": suspicion(evidence, inside, others) if apart else float("nan"),
        "effect": float(phi[inside, told[0]].mean() - phi[outside, told[0]].mean()) if apart else float("nan"),
    }


def _reliability(correct: np.ndarray | None, members: np.ndarray) -> dict[str, float | None]:
    """Share of correct predictions among the members with its Wilson limits; None where unknown or without members."""
    if correct is None or not members.any():
        return dict.fromkeys(("reliability", "reliability_low", "reliability_high"))
    hits, n = int(correct[members].sum()), int(members.sum())
    low, high = wilson(hits, n)
    share = hits / n  # equal to a limit at 0 and 1, except for rounding
    return {"reliability": share, "reliability_low": min(low, share), "reliability_high": max(high, share)}


def telling_concepts(evidence: Evidence, phi: np.ndarray, inside: np.ndarray, outside: np.ndarray) -> np.ndarray:
    """Concepts that are present inside and less so outside, by the gap of the means over the spread inside both.

    For one strategy there is nothing to compare: its concepts by mean importance, largest first; none if all φ are 0.
    """
    if not phi.any():
        return np.zeros(0, dtype=int)
    if not outside.any():
        return np.argsort(-phi[inside].mean(axis=0), kind="stable")[:N_TELLING]
    shown = evidence.values * evidence.presence
    gap = shown[inside].mean(axis=0) - shown[outside].mean(axis=0)
    spread = np.sqrt((shown[inside].var(axis=0) + shown[outside].var(axis=0)) / 2)
    return np.argsort(-gap / (spread + 0.01), kind="stable")[:N_TELLING]


def joint_separation(E: np.ndarray, inside: np.ndarray, outside: np.ndarray) -> float:
    """Ashman's D of the strategy from the rest along the mixture of concepts that separates them best."""
    used = inside | outside
    projected = E[used] @ fisher_direction(E[used], inside[used])
    middle = (projected[inside[used]].mean() + projected[~inside[used]].mean()) / 2
    return float(separation(projected[:, None], np.array([middle]))[0])


def medoid(E: np.ndarray, members: np.ndarray) -> int:
    """Index of the member with the smallest mean distance to the others; above 2,000, to an evenly spaced subset."""
    from scipy.spatial.distance import cdist

    step = -(-len(members) // MOST_COMPARED)
    return int(members[cdist(E[members[::step]], E[members]).mean(axis=0).argmin()])


def concept_table(phi: np.ndarray, correct: np.ndarray | None) -> "pd.DataFrame":
    """One row per concept: prevalence, the share of images in which it is the most important; reliability, the share of
    correct predictions among those, with its 95% Wilson limits (None where it never is, or where unknown)."""
    import pandas as pd

    first = most_important(phi)
    rows = [
        {"prevalence": float((first == j).mean()), **_reliability(correct, first == j)} for j in range(phi.shape[1])
    ]
    return pd.DataFrame(rows).rename_axis("concept")
