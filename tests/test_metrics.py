"""Metrics and intervals against closed forms and slow literal versions."""

import numpy as np
import pytest
import torch
from scipy import stats

from concepts.metrics import dead_concepts, r_squared, relative_l2, sparsity, spearman
from concepts.numerics.intervals import bootstrap_means, interval, wilson
from concepts.numerics.ranks import ranks


def test_relative_l2_is_0_for_itself_1_for_nothing_and_scale_free(rng):
    A = torch.randn(9, 4, generator=rng)
    assert relative_l2(A, A) == 0
    assert relative_l2(A, torch.zeros_like(A)) == pytest.approx(1)
    assert relative_l2(A * 7, A * 7 * 0.5) == pytest.approx(relative_l2(A, A * 0.5)) == pytest.approx(0.5)
    with pytest.raises(ValueError, match="all zero"):
        relative_l2(torch.zeros(2, 2), A[:2, :2])


def test_sparsity_counts_zeros_relative_to_the_column():
    assert sparsity(torch.tensor([[0.0, 1e-9], [4.0, 1.0]])) == pytest.approx(0.5)


def test_a_concept_is_dead_when_it_is_nowhere_among_the_largest():
    U = torch.tensor([[5.0, 4, 3, 0], [5.0, 4, 3, 0], [0, 0, 9.0, 0]])
    assert dead_concepts(U).tolist() == [False, False, False, True]
    assert dead_concepts(U, among=1).tolist() == [False, True, False, True]
    assert dead_concepts(U * torch.tensor([-1.0, 1, 1, 1]), among=1).tolist() == [False, True, False, True]
    assert dead_concepts(U.numpy()).tolist() == [False, False, False, True]
    with pytest.raises(ValueError, match=r"\(4,\)"):
        dead_concepts(U[0])
    with pytest.raises(ValueError, match=r"\(4,\)"):
        sparsity(U[0])


def test_rank_correlation_agrees_with_scipy_ties_included():
    a, b = np.random.default_rng(0).integers(0, 5, (2, 40)).astype(float)
    assert spearman(a, b) == pytest.approx(stats.spearmanr(a, b).statistic)
    np.testing.assert_allclose(ranks(np.stack([a, b])), stats.rankdata([a, b], axis=1) - 1)
    assert np.isnan(spearman(a, np.ones(40)))


def test_r_squared_of_the_mean_is_0():
    true = np.array([1.0, 2.0, 6.0])
    assert r_squared(true, np.full(3, 3.0)) == pytest.approx(0)
    assert r_squared(true, true) == 1


@pytest.mark.slow
def test_the_bootstrap_interval_covers_the_mean_about_95_times_in_100():
    draw = np.random.default_rng(0)
    hits = 0
    for i in range(1000):
        low, high = interval(bootstrap_means(draw.normal(size=60), seed=i, resamples=400))
        hits += low <= 0 <= high
    assert 0.91 <= hits / 1000 <= 0.97


def test_bootstrap_means_keep_the_shape_and_the_seed():
    values = np.random.default_rng(0).normal(size=(20, 3))
    assert bootstrap_means(values, resamples=7).shape == (7, 3)
    np.testing.assert_array_equal(bootstrap_means(values, seed=1), bootstrap_means(values, seed=1))


@pytest.mark.parametrize(("hits", "n"), [(0, 10), (3, 10), (10, 10), (95, 100)])
def test_wilson_agrees_with_scipy(hits, n):
    expected = stats.binomtest(hits, n).proportion_ci(0.95, method="wilson")
    assert wilson(hits, n) == pytest.approx((expected.low, expected.high), abs=1e-6)
