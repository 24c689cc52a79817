"""Shapley values of views: closed forms, the slow definition, and the axioms."""

from itertools import permutations

import numpy as np
import pytest

from attribution.views import view_shares

SEEDS = [0, 1, 2]


def drawn(seed, *shape):
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("seed", SEEDS)
def test_of_a_weighted_sum_each_view_has_its_own_term(seed):
    scores, baseline, weight = drawn(seed, 6, 4), drawn(seed + 10, 4), drawn(seed + 20, 4)
    found = view_shares(scores, lambda s: s @ weight, baseline=baseline)
    np.testing.assert_allclose(found.values, (scores - baseline) * weight)


def test_of_the_largest_the_airport_game():
    """Views that say 1, 3, 6 against 0: each step is shared by those who reach it. Source: Littlechild & Owen, 1973."""
    found = view_shares(np.array([[1.0, 3.0, 6.0]]), lambda s: s.max(axis=1), baseline=np.zeros(3))
    np.testing.assert_allclose(found.values, [[1 / 3, 1 / 3 + 2 / 2, 1 / 3 + 2 / 2 + 3]])


@pytest.mark.parametrize("seed", SEEDS)
def test_it_is_the_mean_gain_over_all_orders(seed):
    scores, baseline, inner = drawn(seed, 3, 4, 2), drawn(seed + 1, 4, 2), drawn(seed + 2, 8, 5)

    def combine(said):
        return np.tanh(said.reshape(len(said), -1) @ inner).prod(axis=1)

    gains = np.zeros((3, 4))
    orders = list(permutations(range(4)))
    for order in orders:
        said = np.repeat(baseline[None], 3, axis=0)
        before = combine(said)
        for view in order:
            said[:, view] = scores[:, view]
            after = combine(said)
            gains[:, view] += (after - before) / len(orders)
            before = after
    found = view_shares(scores, combine, baseline=baseline)
    np.testing.assert_allclose(found.values, gains, atol=1e-12)
    np.testing.assert_allclose(found.gap, 0, atol=1e-12)
    np.testing.assert_allclose(found.whole, combine(scores))


@pytest.mark.parametrize("seed", SEEDS)
def test_views_that_do_the_same_have_the_same_and_one_that_does_nothing_has_none(seed):
    scores = drawn(seed, 5, 3)
    scores[:, 1] = scores[:, 0]
    found = view_shares(scores, lambda s: np.exp(s[:, 0] + s[:, 1]), baseline=np.zeros(3))
    np.testing.assert_allclose(found.values[:, 0], found.values[:, 1])
    np.testing.assert_allclose(found.values[:, 2], 0, atol=1e-12)
    assert (np.abs(found.values[:, 0]) > 1e-3).all()


def test_views_are_named_and_what_does_not_fit_is_told():
    found = view_shares(np.ones((2, 2)), lambda s: s.sum(axis=1), baseline=np.zeros(2), names=["German", "French"])
    assert found.names == ("German", "French")
    with pytest.raises(ValueError, match=r"scores \(2, 11\), expected \(texts, views, ...\) with 1 to 10 views"):
        view_shares(np.ones((2, 11)), lambda s: s.sum(axis=1), baseline=np.zeros(11))
    with pytest.raises(ValueError, match=r"baseline \(3,\), expected \(2,\)"):
        view_shares(np.ones((2, 2)), lambda s: s.sum(axis=1), baseline=np.zeros(3))
    with pytest.raises(ValueError, match=r"combine returned \(2, 2\) for 2 texts"):
        view_shares(np.ones((2, 2)), lambda s: s, baseline=np.zeros(2))
    with pytest.raises(ValueError, match="hold NaN or infinity"):
        view_shares(np.full((2, 2), np.nan), lambda s: s.sum(axis=1), baseline=np.zeros(2))
    with pytest.raises(ValueError, match="1 names for 2 views"):
        view_shares(np.ones((2, 2)), lambda s: s.sum(axis=1), baseline=np.zeros(2), names=["one"])
