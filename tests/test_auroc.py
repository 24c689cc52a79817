"""AUROC by its definition, its intervals, and p-values adjusted for many tests."""

import numpy as np
import pytest

from concepts.numerics.adjusted import holm
from concepts.numerics.associations import auc_interval
from concepts.numerics.auroc import auroc, aurocs


def literal(scores: np.ndarray, positive: np.ndarray) -> float:
    """The share of pairs in the right order, ties counting half."""
    differences = scores[positive][:, None] - scores[~positive]
    return float((differences > 0).mean() + (differences == 0).mean() / 2)


@pytest.mark.parametrize("seed", [0, 1])
def test_auroc_is_the_share_of_pairs_in_order(seed):
    rng = np.random.default_rng(seed)
    scores, groups = rng.normal(size=(60, 3)).round(1), rng.random((60, 4)) < 0.4
    expected = [[literal(scores[:, j], groups[:, w]) for j in range(3)] for w in range(4)]
    np.testing.assert_allclose(aurocs(scores, groups.astype(float)), expected)
    found = [[auroc(scores[:, j], groups[:, w]) for j in range(3)] for w in range(4)]
    np.testing.assert_allclose(found, expected)
    assert all(0 <= each.low <= each <= each.high <= 1 for row in found for each in row)


def test_auroc_does_not_depend_on_the_scale_and_turns_with_the_sign():
    rng = np.random.default_rng(0)
    scores, positive = rng.normal(size=50), rng.random(50) < 0.5
    assert auroc(np.exp(scores), positive).interval == pytest.approx(auroc(scores, positive).interval)
    turned = auroc(-scores, positive)
    assert float(turned) == pytest.approx(1 - auroc(scores, positive))
    assert turned.low == pytest.approx(1 - auroc(scores, positive).high)


def test_the_interval_of_a_word_s_presence_is_that_of_two_shares():
    """For a score of 0 and 1, AUROC = (1 + sensitivity − false alarms)/2, whose variance is known."""
    positive, score = np.arange(100) < 40, np.zeros(100)
    score[:20], score[40:46] = 1, 1
    found = auroc(score, positive)
    assert float(found) == pytest.approx((1 + 0.5 - 0.1) / 2)
    error = np.sqrt(0.5 * 0.5 / 39 + 0.1 * 0.9 / 59) / 2
    logit = np.log(0.7 / 0.3) + 1.959964 * error / 0.21 * np.array([-1, 1])
    assert found.interval == pytest.approx(tuple(1 / (1 + np.exp(-logit))))


def test_nine_in_ten_intervals_or_more_hold_the_truth():
    from scipy.stats import norm

    rng, positive, truth = np.random.default_rng(0), np.arange(80) < 30, norm.cdf(1 / np.sqrt(2))
    found = [auroc(rng.normal(size=80) + positive, positive) for _ in range(300)]
    assert 0.91 <= np.mean([each.low <= truth <= each.high for each in found]) <= 0.99


def test_the_edges_have_a_width_and_empty_groups_no_figure():
    positive = np.arange(20) < 8
    assert auroc(positive * 1.0, positive).interval == auc_interval(1.0, 8, 12)
    assert auroc(positive * 1.0, positive).low < 0.95
    assert auroc(np.zeros(20), positive) == 0.5
    assert np.isnan(auroc(np.arange(20.0), np.zeros(20, dtype=bool)))
    assert np.isnan(aurocs(np.arange(20.0)[:, None], np.ones((20, 1)))).all()


def test_holm_by_hand_and_in_any_order():
    p = np.array([0.01, 0.04, 0.03, 0.5])
    np.testing.assert_allclose(holm(p), [0.04, 0.09, 0.09, 0.5])
    order = np.array([2, 0, 3, 1])
    np.testing.assert_allclose(holm(p[order]), holm(p)[order])
    assert holm(np.array([])).size == 0
