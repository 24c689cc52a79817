"""Intervals of 95% cover the truth in about 95 of 100 simulations, and say what they should."""

import pickle
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy import stats

from concepts.metrics import relative_l2, relative_l2_estimate, sparsity, sparsity_estimate
from concepts.metrics.kept import _rank_correlations, _shares_explained
from concepts.numerics.intervals import (
    Estimate,
    bootstrap_means,
    bootstrap_ratios,
    bootstrap_statistic,
    interval,
    pairs_estimate,
    ratio_estimate,
    share_estimate,
    wilson,
)
from concepts.numerics.samples import even_sample, random_sample

SIMULATIONS = 400
FEWEST, MOST = 368, 392  # 92 to 98 in 100: 95 ± 2.7 standard deviations of a binomial share of 400


def covered(simulate):
    """How often a simulated interval holds the truth; simulate: generator, seed → (low, high, truth)."""
    draw, hits = np.random.default_rng(0), 0
    for i in range(SIMULATIONS):
        low, high, truth = simulate(draw, i)
        hits += low <= truth <= high
    return hits


def test_wilson_covers_the_share():
    assert FEWEST <= covered(lambda draw, i: (*wilson(draw.binomial(80, 0.3), 80), 0.3)) <= MOST


def test_a_share_that_is_near_1_is_covered_too():
    assert covered(lambda draw, i: (*share_estimate(draw.random(60) < 0.97).interval, 0.97)) >= FEWEST


@pytest.mark.slow
def test_the_bootstrap_of_means_covers_the_mean_of_a_skewed_figure():
    def simulate(draw, i):
        return *interval(bootstrap_means(draw.gamma(4, size=120), seed=i, resamples=400)), 4

    assert FEWEST <= covered(simulate) <= MOST


@pytest.mark.slow
def test_the_bootstrap_of_sums_covers_a_ratio_that_the_mean_of_ratios_misses():
    def draw_pair(draw):
        weight = draw.gamma(3, size=120)
        return weight * (0.2 + 0.1 * weight) * draw.uniform(0.5, 1.5, size=120), weight

    truth = 0.2 + 0.1 * 12 / 3  # E[w²] / E[w] of gamma(3): 12 / 3

    def sums(draw, i):
        return *interval(bootstrap_ratios(*draw_pair(draw), seed=i, resamples=400)), truth

    def ratios(draw, i):
        numerator, weight = draw_pair(draw)
        return *interval(bootstrap_means(numerator / weight, seed=i, resamples=400)), truth

    assert FEWEST <= covered(sums) <= MOST
    assert covered(ratios) < 200


@pytest.mark.parametrize(
    ("statistic", "truth"),
    [
        (_shares_explained, 0.8),
        (_rank_correlations, 6 / np.pi * np.arcsin((0.8 / 0.8**0.5) / 2)),
    ],  # of a normal pair, Pearson 1954
)
def test_the_bootstrap_of_pairs_covers_the_kept_score_and_order(statistic, truth):
    def simulate(draw, i):
        true = draw.normal(size=120)
        estimate = 0.8 * true + 0.4 * draw.normal(size=120)  # error 0.2² + 0.4² of a variance of 1
        return *interval(bootstrap_statistic(statistic, true, estimate, seed=i, resamples=100)), truth

    assert FEWEST <= covered(simulate) <= MOST


@pytest.mark.parametrize("own", [1.0, 0.0])
def test_the_jackknife_covers_the_mean_over_pairs_of_five_fits(own):
    """Pairs that share a fit move together (own = 1), or do not: then the interval is on the wide side."""

    def simulate(draw, i):
        fits, pairs = draw.normal(size=5), 0.3 * draw.normal(size=(5, 5))
        found = pairs_estimate(own * (fits[:, None] + fits) + pairs + pairs.T)
        return *found.interval, 0

    hits = covered(simulate)
    assert hits >= FEWEST
    assert hits <= MOST or own == 0


def test_pairs_that_share_fits_are_not_counted_as_independent():
    fits = np.random.default_rng(0).normal(size=5)
    found = pairs_estimate(fits[:, None] + fits)  # the mean over pairs is twice the mean of the fits
    expected = stats.t.interval(0.95, 4, loc=2 * fits.mean(), scale=2 * stats.sem(fits))
    assert found.interval == pytest.approx(expected)
    assert found == pytest.approx(2 * fits.mean())
    assert np.isnan(pairs_estimate(np.ones((2, 2))).low)


def test_relative_l2_and_sparsity_carry_their_intervals(rng):
    A = torch.rand(50, 4, 6, generator=rng, dtype=torch.float64) * torch.rand(50, 1, 1, generator=rng)
    A_hat = A + 0.1 * torch.randn(50, 4, 6, generator=rng, dtype=torch.float64)
    found = relative_l2_estimate(A, A_hat)
    assert found == pytest.approx(relative_l2(A, A_hat))
    assert found == pytest.approx(((A - A_hat).norm() / A.norm()).item())
    assert found.low < found < found.high
    literal = [
        relative_l2(A[drawn], A_hat[drawn]) for drawn in (torch.randint(50, (50,), generator=rng) for _ in range(1000))
    ]
    assert found.interval == pytest.approx(np.quantile(literal, [0.025, 0.975]), rel=0.05)
    U = A.clamp(min=0.2) - 0.2
    zeros = sparsity_estimate(U)
    assert zeros == pytest.approx(sparsity(U)) == pytest.approx((U == 0).double().mean().item())
    assert zeros.low < zeros < zeros.high


def test_many_images_are_drawn_in_blocks_with_the_same_result():
    values = np.random.default_rng(0).normal(size=(50, 2))
    whole = bootstrap_means(values, seed=3)
    np.testing.assert_allclose(bootstrap_means(values, seed=3, block=999), whole, atol=1e-12)


def test_a_ratio_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="every denominator is zero"):
        ratio_estimate(np.ones(3), np.zeros(3))


def test_an_estimate_is_a_number_that_travels():
    figure = Estimate(0.5, 0.25, 0.75)
    assert figure == 0.5
    assert f"{figure:.0%}" == "50%"
    assert repr(figure) == "0.5 [0.25, 0.75]"
    again = pickle.loads(pickle.dumps(figure))
    assert (again, again.interval) == (0.5, (0.25, 0.75))


@pytest.mark.parametrize(("n", "size"), [(10, 4), (100, 64), (5, 9), (1, 3), (0, 3), (7, 7)])
def test_an_even_sample_is_as_far_apart_as_can_be(n, size):
    found = even_sample(n, size)
    gaps = {b - a for a, b in pairwise(found)}
    assert len(found) == min(n, size)
    assert not gaps or max(gaps) - min(gaps) <= 1
    assert n < 2 or (found[0], found[-1]) == (0, n - 1)


def test_a_random_sample_holds_each_once_and_follows_its_seed():
    found = random_sample(50, 12, seed=3)
    assert found == sorted(set(found))
    assert len(found) == 12
    assert set(found) <= set(range(50))
    assert found == random_sample(50, 12, seed=3) != random_sample(50, 12, seed=4)
    assert random_sample(5, 12, seed=0) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("n", [50, 2**20])
def test_a_random_sample_of_few_is_the_same_as_ever(n):
    """Stored indexes, maps and figures were drawn by a permutation."""
    assert random_sample(n, 12, seed=3) == sorted(np.random.default_rng(3).permutation(n)[:12].tolist())


def test_a_random_sample_of_very_many_takes_memory_of_the_sample():
    """A permutation of so many numbers, of 8 petabytes, fits no machine."""
    found = random_sample(10**15, 500, seed=3)
    assert found == sorted(set(found)) == random_sample(10**15, 500, seed=3)
    assert len(found) == 500
    assert 0 <= found[0] < 10**14 < 9 * 10**14 < found[-1] < 10**15
    n = 2**20 + 5
    assert random_sample(n, n + 1, seed=0) == list(range(n))
