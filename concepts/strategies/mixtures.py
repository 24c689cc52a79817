"""Two populations along a mixture of concepts: found on some images, judged on the others, and against chance."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from concepts.strategies.bends import bend
from concepts.strategies.chance import bell_ratio, shuffled
from concepts.strategies.discriminant import between_sides, settled
from concepts.strategies.valleys import excess, find_valleys

FEWEST = 20  # images
N_FOLDS = 5
MOST_CLUSTERS = 5  # of the tree that proposes splits
N_ALONE = 5  # single concepts that propose splits
MOST_JUDGED = 3
JOINT_MORE = 2.0  # a mixture is chosen among more candidates: it must exceed a single concept by this
SLIGHT_RATIO, SLIGHT_SEPARATION = 0.025, 3.5  # of a valley that is compared with chance: ratio per image, Ashman's D
MOST_COMPARED = 1_500  # images: with more, a valley that is not convincing by itself is none
SLIGHT_UP_TO = 300  # images, up to which a slight valley must grow with their number
MOST_MORE = 3.0  # parts of the images are compared with chance only where they are nearly all
N_CHANCE = 19
BEYOND_CHANCE = 4.0  # standard deviations
BENT = 4.0  # standard deviations: mixtures of groups reach 3.6, gradual changes have 4.3 and more
BEYOND_DOUBT = 40.0  # score at which a bend is no objection


@dataclass(frozen=True)
class Mixture:
    """A split judged on images to which it was not fitted: `along` (n,), −1 and 1 at the means of the two sides;
    the valley's ratio, threshold and Ashman's D there; `inside` (n,), the sides that all images propose."""

    inside: np.ndarray
    along: np.ndarray
    ratio: float
    threshold: float
    separation: float

    @property
    def score(self) -> float:
        return self.ratio + 3 * self.separation

    @property
    def has_valley(self) -> bool:
        """Whether there is a valley at all: enough to be compared with chance."""
        least = SLIGHT_RATIO * min(len(self.along), SLIGHT_UP_TO)
        return self.ratio >= least and self.separation >= SLIGHT_SEPARATION


def joint_split(
    E: np.ndarray, smallest: int, rng: np.random.Generator, more: float, above: float = 0.0
) -> tuple[float, np.ndarray, float] | None:
    """(score, direction (k,), threshold) of the best split along a mixture, with a score over `above`, or None.

    A direction that is fitted to images always shows some gap in them: each fifth of the images is judged along the
    direction that the others give, and the valley is searched in all five together. Its excess must be JOINT_MORE +
    more, or it must have a valley and be beyond chance; a refit (more < 0) must find the same groups again, not prove
    them. A split whose two sides bend towards the same third place is a gradual change (`bend`) and is refused.
    """
    if len(E) < max(FEWEST, 2 * smallest):
        return None
    folds = rng.permutation(np.arange(len(E)) % N_FOLDS)
    best = best_mixture(E, smallest, folds)
    if best is None or best.score - JOINT_MORE <= above:
        return None
    clear = excess(np.array(best.ratio), np.array(best.separation), len(E)) >= JOINT_MORE + more
    proved = clear or more < 0
    if not proved and (not best.has_valley or len(E) > MOST_COMPARED or more > MOST_MORE):
        return None
    if best.score < BEYOND_DOUBT and bend(E, best.along - best.threshold, rng) >= BENT:
        return None
    if not proved and above_chance(best, E, smallest, folds, rng) < BEYOND_CHANCE:
        return None
    direction, middle, half = between_sides(E, best.inside)
    return best.score - JOINT_MORE, direction, middle + half * best.threshold


def above_chance(best: Mixture, E: np.ndarray, smallest: int, folds: np.ndarray, rng: np.random.Generator) -> float:
    """By how many standard deviations `bell_ratio` of the best mixture exceeds that of images without groups; 0 as soon
    as it does not exceed one of them.

    19 sets of images with the same values of each concept and the same rank correlations (`shuffled`), searched in the
    same way: the parametric bootstrap of McLachlan 1987, with margins of any shape.
    """
    shown, drawn = bell_ratio(best.along), []
    for _ in range(N_CHANCE):
        other = best_mixture(shuffled(E, rng), smallest, folds)
        drawn.append(0.0 if other is None else bell_ratio(other.along))
        if drawn[-1] >= shown:
            return 0.0
    return (shown - float(np.mean(drawn))) / max(float(np.std(drawn)), 1.0)


def best_mixture(E: np.ndarray, smallest: int, folds: np.ndarray) -> Mixture | None:
    """The candidate with the best valley on held-out images; folds (n,): the fold of each image."""
    candidates = _promising(E, smallest)
    if not len(candidates):
        return None
    along = np.stack([held_out(E, inside, folds) for inside in candidates], axis=1)
    valleys = find_valleys(along, smallest)
    i = int(valleys.score.argmax())
    found = valleys.ratio[i], valleys.threshold[i], valleys.separation[i]
    return Mixture(candidates[i], along[:, i], *map(float, found))


def held_out(E: np.ndarray, inside: np.ndarray, folds: np.ndarray, *, settle: bool = True) -> np.ndarray:
    """(n,): each image along the direction fitted without its fold, in units in which the sides have means ±1.

    settle: whether images may go to the nearer side before it is fitted (`settled`).
    """
    along = np.empty(len(E))
    for fold in range(folds.max() + 1):
        out = folds == fold
        fitted = E[~out]
        sides = settled(fitted, inside[~out], 2) if settle else inside[~out]
        direction, middle, half = between_sides(fitted, sides)
        along[out] = (E[out] @ direction - middle) / half
    return along


def _promising(E: np.ndarray, smallest: int) -> np.ndarray:
    """(c, n) bool: the c ≤ 3 splits with the deepest valleys in the images themselves."""
    starts = _different(list(_starts(E, smallest)), smallest)
    different = _different([settled(E, start, smallest) for start in starts], smallest)
    if not len(different):
        return np.zeros((0, len(E)), dtype=bool)
    along = np.stack([E @ between_sides(E, inside)[0] for inside in different], axis=1)
    return different[np.argsort(-find_valleys(along, smallest).score, kind="stable")[:MOST_JUDGED]]


def _different(sides: list[np.ndarray], smallest: int) -> np.ndarray:
    """(c, n) bool: the different splits of which no side is too small; which side is meant does not count."""
    kept = [inside if inside[0] else ~inside for inside in sides if smallest <= inside.sum() <= len(inside) - smallest]
    return np.unique(np.stack(kept), axis=0) if kept else np.zeros((0, 0), dtype=bool)


def _starts(E: np.ndarray, smallest: int) -> Iterator[np.ndarray]:
    """Splits (n,) bool to start from: each of 2 to 5 clusters of Ward's tree against the rest, and the two sides of the
    deepest valleys of single concepts."""
    from scipy.cluster.hierarchy import fcluster, ward

    tree = ward(E)
    for n_clusters in range(2, MOST_CLUSTERS + 1):
        labels = fcluster(tree, n_clusters, "maxclust")
        yield from (labels == c for c in range(1, labels.max() + 1))
    valleys = find_valleys(E, smallest)
    for j in np.argsort(-valleys.score, kind="stable")[:N_ALONE]:
        yield E[:, j] > valleys.threshold[j]
