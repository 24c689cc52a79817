"""The rivals of the strategies' benchmark: a mixture with BIC, and a judge who is told both shapes."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from tests.support.made_up_evidence import CONTINUA, GROUPS, Continuum
from tests.support.told_shapes import along, for_two_groups, n_groups_by_bic

N, K = 60, 4


def test_a_way_that_stands_still_is_one_normal():
    phi = np.random.default_rng(0).normal(size=(N, K))
    at = np.arange(K, dtype=float)
    still = Continuum(lambda places, k: np.tile(at, (len(places), 1)))
    expected = multivariate_normal.logpdf(phi, mean=at).sum()
    assert along(phi, still) == pytest.approx(expected)


@pytest.mark.parametrize("name", CONTINUA)
def test_the_true_way_is_told_from_two_groups(name):
    continuum, groups = CONTINUA[name], GROUPS["2 deviations in 5 concepts, 50%"]
    change = for_two_groups(continuum(np.random.default_rng(1), 100, 10), continuum)
    known = for_two_groups(groups.draw(np.random.default_rng(1), 100, 10), continuum)
    assert known > max(change, 0)


def test_bic_counts_clear_groups_and_lays_several_along_a_way():
    phi = np.random.default_rng(2).normal(size=(N, K))
    assert n_groups_by_bic(phi) == 1
    phi[: N // 2] += 6
    assert n_groups_by_bic(phi) == 2
    assert n_groups_by_bic(CONTINUA["takeover"](np.random.default_rng(2), N, K)) > 1
