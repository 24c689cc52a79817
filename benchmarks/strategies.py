"""Known groups must be found, one population must stay one: `python -m benchmarks.strategies`.

Importances are drawn, 100 images and 10 concepts. Groups: mean adjusted Rand index over 20 seeds, beside that of a
mixture of two normals that is told the shape (spherical, two components, started at the truth) and that of the rule
that knows both means. Gradual change, and one population of many shapes: in how many of 40 seeds it is split. To reach:
ARI 0.8 for two deviations in five concepts, 0.9 for three in three; at most 4 of 40 of each gradual change and 2 of 40
of each other shape.
"""

import argparse
import time

import numpy as np
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from benchmarks.measuring import machine
from concepts.strategies.find import group_images
from tests.support.made_up_evidence import CONTINUA, GROUPS, ONE_POPULATION, Continuum, Draw, Groups
from tests.support.told_shapes import SHAPES, for_two_groups, n_groups_by_bic

KEPT = 0.8  # of the groups, by the threshold of the likelihood ratio


def grouped(phi: np.ndarray, n_refits: int = 6) -> np.ndarray:
    """(n,) the labels of `find_strategies`."""
    return group_images(phi, None, 0, smallest_share=0.06, n_refits=n_refits).labels


def groups_found(groups: Groups, n: int, k: int, seeds: int) -> str:
    """Mean ARI of what is found, of the mixture and of the best rule, and how often anything was split."""
    inside = groups.inside(n)
    drawn = [groups.draw(np.random.default_rng(seed), n, k) for seed in range(seeds)]
    labels = [grouped(phi) for phi in drawn]
    scores = [
        np.mean([adjusted_rand_score(inside, found) for found in way])
        for way in (labels, [_mixture(phi, inside) for phi in drawn], [_best_rule(phi, groups) for phi in drawn])
    ]
    split = sum(found.max() > 0 for found in labels)
    return f"ARI {scores[0]:.2f} (split {split} of {seeds}); mixture {scores[1]:.2f}, best rule {scores[2]:.2f}"


def _mixture(phi: np.ndarray, inside: np.ndarray) -> np.ndarray:
    means = np.stack([phi[~inside].mean(axis=0), phi[inside].mean(axis=0)])
    return GaussianMixture(2, covariance_type="spherical", means_init=means, random_state=0).fit_predict(phi)


def _best_rule(phi: np.ndarray, groups: Groups) -> np.ndarray:
    """Bayes' rule for two normals with the same spread: a threshold on the sum of the concepts that differ."""
    middle = groups.shift / 2 + np.log((1 - groups.share) / groups.share) / (groups.shift * groups.concepts)
    return phi[:, : groups.concepts].mean(axis=1) > middle


def is_split(phi: np.ndarray) -> bool:
    """Whether there is more than one group; refits can only take groups back, and are made where there are any."""
    return grouped(phi, n_refits=0).max() > 0 and grouped(phi).max() > 0


def splits(draw: Draw, n: int, k: int, seeds: int) -> str:
    """In how many of the seeds what is drawn is split: by us, and by a mixture with BIC."""
    drawn = [draw(np.random.default_rng(seed), n, k) for seed in range(seeds)]
    ours, mixture = sum(map(is_split, drawn)), sum(n_groups_by_bic(phi) > 1 for phi in drawn)
    return f"split {ours} of {seeds}; mixture with BIC {mixture}"


def told(continuum: Continuum, n: int, k: int, seeds: int) -> str:
    """In how many of the seeds two normals are preferred to the true way, by shape of their covariances."""
    parts = []
    for shape in SHAPES:
        ratios = [
            [for_two_groups(draw(np.random.default_rng(seed), n, k), continuum, shape) for seed in range(seeds)]
            for draw in (GROUPS["2 deviations in 5 concepts, 50%"].draw, continuum)
        ]
        known, change = np.array(ratios)
        least = np.quantile(known, 1 - KEPT)
        parts.append(f"{shape} {(change >= least).sum()} ({(change > 0).sum()} above 0)")
    return "told both shapes: " + ", ".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=100)
    parser.add_argument("--concepts", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=40, help="half of them for groups")
    options = parser.parse_args()
    size = options.images, options.concepts
    print(f"{machine()}; {size[0]} images, {size[1]} concepts")
    start = time.process_time()
    with threadpool_limits(1):
        shapes: dict[str, Draw] = {**ONE_POPULATION, **CONTINUA}
        for name, draw in shapes.items():
            print(f"{name:<34}{splits(draw, *size, options.seeds)}", flush=True)
        for name, continuum in CONTINUA.items():
            print(f"{name:<34}{told(continuum, *size, options.seeds)}", flush=True)
        for name, groups in GROUPS.items():
            print(f"{name:<34}{groups_found(groups, *size, options.seeds // 2)}", flush=True)
    print(f"{time.process_time() - start:.0f} s of processor time")


if __name__ == "__main__":
    main()
