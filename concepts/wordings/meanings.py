"""Has a concept two meanings? Clusters among the texts in which it is most active."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from concepts.numerics.one_thread import one_thread
from concepts.wordings.coherence import unit_rows

MOST, DRAWS = 4, 99  # meanings; null samples, at most
ENOUGH = 10  # null samples with as large a silhouette, after which no more are drawn
FEWEST = 8  # texts


@dataclass(frozen=True, eq=False)
class Meanings:
    """Clusters of m top texts. labels: (m,) from 0, the largest cluster first.

    silhouette: mean over texts, in [-1, 1]. expected: its mean in null samples. p: the share of null samples that have
    as large a silhouette; the texts' own is counted where fewer than ten have. The texts fall into several meanings
    where p < 0.05.
    """

    labels: np.ndarray
    silhouette: float
    expected: float
    p: float

    @property
    def several(self) -> bool:
        """Whether one meaning can be excluded."""
        return self.p < 0.05


def meanings(vectors: np.ndarray, *, seed: int = 0) -> Meanings:
    """The best of two to four clusters of the top texts of one concept, against texts of one meaning.

    vectors: (m, p) of an encoder of texts; their lengths do not matter. Clusters: Ward's method; the number with the
    largest silhouette. Null: normal samples with the mean and covariance of the texts, clustered in the same way, as in
    the test of Liu et al. (JASA 2008); at most 99 of them, and no more once ten have as large a silhouette: then p is
    their share (Besag & Clifford, Biometrika 1991). Why: one concept may stand for several things (PRISM, 2506.15538).
    Raises ValueError for fewer than eight texts.
    """
    if len(vectors) < FEWEST:
        raise ValueError(f"{len(vectors)} top texts, expected at least {FEWEST} to look for several meanings")
    with one_thread():
        rows = _in_their_plane(unit_rows(vectors))
        silhouette, labels = _best(rows)
        null, above = list[float](), 0
        for sample in _null(rows, seed):
            null.append(_best(sample)[0])
            above += null[-1] >= silhouette
            if above == ENOUGH:
                break
    p = above / len(null) if above == ENOUGH else (1 + above) / (1 + len(null))
    return Meanings(_by_size(labels), silhouette, float(np.mean(null)), p)


def _in_their_plane(rows: np.ndarray) -> np.ndarray:
    """The same distances in at most m coordinates, centred."""
    left, lengths, _ = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    return left * lengths


def _null(rows: np.ndarray, seed: int) -> Iterator[np.ndarray]:
    """Normal samples of centred rows (m, q): mixing them with normal weights keeps their covariance."""
    generator, m = np.random.default_rng(seed), len(rows)
    for _ in range(DRAWS):
        yield generator.normal(size=(m, m)) @ rows / np.sqrt(m - 1)


def _best(rows: np.ndarray) -> tuple[float, np.ndarray]:
    """The largest silhouette over numbers of clusters, and the labels (m,) that have it."""
    from scipy.cluster.hierarchy import linkage
    from scipy.spatial.distance import pdist, squareform

    distances = pdist(rows)
    square = squareform(distances)
    found = [(_silhouette(square, labels), labels) for labels in _cuts(linkage(rows, "ward"), len(rows))]
    return max(reversed(found), key=lambda each: each[0])  # of equal ones the fewest clusters


def _cuts(tree: np.ndarray, m: int) -> Iterator[np.ndarray]:
    """The labels (m,) of four, three and two clusters. tree: (m − 1, 4), the merges in order, as SciPy has them.

    SciPy's own function checks the tree each time, which took most of the time of small ones.
    """
    clusters = {row: [row] for row in range(m)}
    for step, (one, other) in enumerate(tree[:, :2].astype(int).tolist()):
        if len(clusters) <= MOST:
            labels = np.empty(m, dtype=int)
            for number, members in enumerate(clusters.values()):
                labels[members] = number
            yield labels
        clusters[m + step] = clusters.pop(one) + clusters.pop(other)


def _silhouette(distances: np.ndarray, labels: np.ndarray) -> float:
    """Mean of (b − a)/max(a, b): a to the own cluster, b to the nearest other; 0 for a text alone (Rousseeuw 1987)."""
    member = np.eye(labels.max() + 1)[labels]  # (m, clusters)
    sizes, sums = member.sum(axis=0), distances @ member
    own = np.take_along_axis(sums, labels[:, None], axis=1)[:, 0] / np.maximum(1, sizes[labels] - 1)
    other = np.where(member > 0, np.inf, sums / sizes).min(axis=1)
    widths = (other - own) / np.maximum(np.maximum(own, other), 1e-12)
    return float(np.where(sizes[labels] > 1, widths, 0).mean())


def _by_size(labels: np.ndarray) -> np.ndarray:
    """The labels numbered anew, the largest cluster 0."""
    order = np.argsort(-np.bincount(labels), kind="stable")
    places = np.empty(len(order), dtype=int)
    places[order] = np.arange(len(order))
    return places[labels]
