"""Search for strategies, images recognised for the same reason: evidence → groups → outliers → layout → table."""

from dataclasses import dataclass

import numpy as np

from concepts.numerics.intervals import interval
from concepts.numerics.one_thread import one_thread
from concepts.strategies.evidence import Evidence, evidence_of, image_order
from concepts.strategies.layout import crossing_links, lay_out, nearest_neighbours
from concepts.strategies.populations import two_populations
from concepts.strategies.splits import GroupSplit, assign, features, grow, smallest_group
from concepts.strategies.summary import Interval, Strategies, concept_table, summarise

FEWEST_TO_SPLIT = 16  # below, a split cannot be distinguished from chance
SMALLEST_SHARE = 0.06  # of the images, of a group
OUTLIER = 5.0  # robust standard deviations
MOST_SILHOUETTE = 2000
MOST_REFITTED, REFITTED = 500, 0.9  # largest number and share of images per refit: fewer lose a group of a tenth
LEAST_AGREEMENT = 0.6  # marks on a tenth of the hats show 0.82 and more; two chance splits of clean ones 0.52, 0.80
SLACK = 5.0  # in units of `excess`: a refit has fewer images as evidence


def find_strategies(
    phi: np.ndarray,
    codes: np.ndarray | None = None,
    correct: np.ndarray | None = None,
    seed: int = 0,
    *,
    smallest_share: float = SMALLEST_SHARE,
    n_refits: int = 6,
    places: np.ndarray | None = None,
    known: np.ndarray | None = None,
) -> Strategies:
    """Groups of images with the same evidence for the class, as many as the data show, or one.

    phi: (n, k) importance of each concept in each image. codes: (n, T..., k) concept coefficients, read in chunks; with
    them the evidence of a concept is its peak (`evidence_of`). places: (n, T..., q) descriptors of the positions beyond
    the concepts, for example the leading principal components of the activations, read in chunks; they reveal small
    marks without a concept. known: (n, h) bool, groups that might be told apart (the texts that hold a word), which
    reveal what no valley shows (`known_split`). correct: (n,) whether the model was right.
    A group is split where a single concept, or a mixture of them, has two populations (`find_valleys`), or where a
    known group is told apart, and its parts are tested again. Groups of less than `smallest_share` of the images are
    not formed. Images far from all others of their group are outliers, −1. Where refits disagree there is one strategy
    (`_groups`). The grouping does not depend on the order of images or concepts, nor on the unit of φ; the same seed
    returns the same result to the last bit. Where all φ are 0 there is one strategy, whatever the codes: nothing counts
    for any image.
    Holistic (section 5) embeds φ and clusters the embedding. We group by the evidence itself and embed for drawing
    only, because a UMAP also splits one population into islands; clear groups are still apart in it, since each concept
    is divided by its spread inside the strategies.
    Raises ValueError for fewer than two images, shapes that disagree, and values that are not finite.
    """
    phi, correct = _checked(phi, codes, correct)
    if places is not None and (len(places) != len(phi) or places.ndim < 2):
        raise ValueError(f"places of shape {places.shape} do not belong to importance of shape {phi.shape}")
    if known is not None and (known.ndim != 2 or len(known) != len(phi)):
        raise ValueError(f"known groups of shape {known.shape} do not belong to importance of shape {phi.shape}")
    with one_thread():
        found = group_images(
            phi, codes, seed, smallest_share=smallest_share, n_refits=n_refits, places=places, known=known
        )
        evidence, X, labels = found.evidence, found.X, found.labels
        indices, distances = nearest_neighbours(X)
        embedding, embedding_kind = lay_out(X, indices, distances, seed)
        table = summarise(evidence, phi, labels, correct)
        return Strategies(
            embedding=embedding,
            labels=labels,
            table=table,
            concepts=concept_table(phi, correct),
            evidence=evidence.values,
            evidence_kind=evidence.kind,
            embedding_kind=embedding_kind,
            silhouette=_silhouette(X, labels, seed),
            agreement=found.agreement,
            links=crossing_links(labels, indices, len(table)),
            suspicion=float(table["suspicion"].max()) if len(table) > 1 else None,
            populations=two_populations(evidence, smallest_share),
            seed=seed,
        )


@dataclass(frozen=True)
class Grouping:
    """The labels (n,) of images, −1 for outliers; the agreement of refits with them; the evidence used.

    X: (n, ·) that evidence, each concept in units of its spread inside the groups.
    """

    evidence: Evidence
    X: np.ndarray
    labels: np.ndarray
    agreement: Interval


def group_images(
    phi: np.ndarray, codes: np.ndarray | None, seed: int, *, smallest_share: float, n_refits: int,
    places: np.ndarray | None = None, known: np.ndarray | None = None,
) -> Grouping:  # fmt: skip
    """The groups of `find_strategies`, without layout and table. Same arguments, with shapes that agree."""
    if not phi.any():  # images that nothing counts for are not recognised for different reasons
        codes, places, known = None, None, None
    evidence = evidence_of(phi, codes, seed, places=places, known=known)
    groups, agreement = _groups(evidence, smallest_share, n_refits, seed)
    X = _scaled(evidence.values, groups)
    return Grouping(evidence, X, _with_outliers(X, groups), agreement)


def _checked(
    phi: np.ndarray, codes: np.ndarray | None, correct: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray | None]:
    phi = np.asarray(phi, dtype=np.float64)
    if phi.ndim != 2 or phi.shape[1] == 0:
        raise ValueError(f"importance must be (images, concepts), got shape {phi.shape}")
    n, k = phi.shape
    if n < 2:
        raise ValueError(f"strategies compare images: {n} given, at least 2 are needed")
    if not np.isfinite(phi).all():
        raise ValueError(f"importance holds {int((~np.isfinite(phi)).sum())} values that are NaN or infinite")
    if codes is not None and (len(codes) != n or codes.shape[-1] != k or codes.ndim < 2):
        raise ValueError(f"codes of shape {codes.shape} do not belong to importance of shape {phi.shape}")
    if correct is not None and np.shape(correct) != (n,):
        raise ValueError(f"correct has shape {np.shape(correct)}, expected ({n},), one per image")
    return phi, None if correct is None else np.asarray(correct, dtype=bool)


def _groups(evidence: Evidence, share: float, n_refits: int, seed: int) -> tuple[np.ndarray, Interval]:
    """(n,) groups by size, and their agreement with those found on random nine tenths (at most 500) of the images.

    Groups that the refits do not find again (mean agreement below 0.6) are discarded: one strategy.
    """
    n = len(evidence.values)
    X = features(evidence, np.arange(n))
    order = image_order(evidence.values)  # so that random halves do not depend on the order of images
    found = assign(_tree(evidence, order, share, np.random.default_rng(seed)), X)
    again = []
    slack = SLACK if found.max() > 0 else 0.0  # a refit must find the same groups, not prove them
    for refit in range(n_refits):
        rng = np.random.default_rng([seed, refit])
        part = order[np.sort(rng.choice(n, min(MOST_REFITTED, max(2, int(REFITTED * n))), replace=False))]
        again.append(assign(_tree(evidence, part, share, rng, more=-slack), X))
    agreement = _agreement(found, again)
    if agreement.mean < LEAST_AGREEMENT:
        found = np.zeros(n, dtype=int)
        agreement = _agreement(found, again)
    return _by_size(found), agreement


def _agreement(found: np.ndarray, again: list[np.ndarray]) -> Interval:
    """Adjusted Rand index of the grouping with the others: mean, and the middle 95%; NaN without others."""
    if not again:
        return Interval(*3 * [float("nan")])
    from sklearn.metrics import adjusted_rand_score

    scores = [float(adjusted_rand_score(found, other)) for other in again]
    low, high = interval(np.asarray(scores))
    return Interval(float(np.mean(scores)), float(low), float(high))


def _tree(
    evidence: Evidence, rows: np.ndarray, share: float, rng: np.random.Generator, more: float = 0.0
) -> GroupSplit | int:
    return grow(evidence, rows, smallest_group(len(rows), share), rng, more=more) if len(rows) >= FEWEST_TO_SPLIT else 0


def _by_size(labels: np.ndarray) -> np.ndarray:
    order = np.argsort(-np.bincount(labels), kind="stable")
    return np.argsort(order)[labels]


def _scaled(E: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Evidence with each concept in units of its spread inside the groups, enlarged at most ten times."""
    means = np.stack([E[groups == g].mean(axis=0) for g in range(groups.max() + 1)])
    return E / np.maximum((E - means[groups]).std(axis=0), 0.1)


def _with_outliers(X: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Groups, with −1 for images farther from the median of their group than expected by chance.

    Distances to the power 2/3 are nearly normal (Wilson & Hilferty 1931): an outlier is farther than five robust
    standard deviations, by the median absolute deviation of the larger ones.
    """
    labels = groups.copy()
    for g in range(groups.max() + 1):
        members = np.flatnonzero(groups == g)
        far = np.cbrt(np.square(X[members] - np.median(X[members], axis=0)).sum(axis=1))
        middle = np.median(far)
        upper = np.median(far[far >= middle] - middle)
        labels[members[far > middle + OUTLIER * 1.4826 * upper + 1e-6 * (1 + middle)]] = -1
    return labels


def _silhouette(X: np.ndarray, labels: np.ndarray, seed: int) -> float | None:
    """Mean silhouette of the images that are not outliers, of at most 2,000 drawn from them; None for one strategy."""
    from sklearn.metrics import silhouette_score

    kept = np.flatnonzero(labels >= 0)
    if len(kept) > MOST_SILHOUETTE:
        kept = np.random.default_rng(seed).choice(kept, MOST_SILHOUETTE, replace=False)
    if len(np.unique(labels[kept])) < 2:
        return None
    return float(silhouette_score(X[kept], labels[kept]))
