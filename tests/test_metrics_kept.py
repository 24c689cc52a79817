"""What the concepts keep of the answer: by hand, invariances, errors."""

import numpy as np
import pytest
import torch

from concepts.metrics import kept_logit, r_squared, spearman


def scores(seed, n=40):
    draw = np.random.default_rng(seed)
    true, logits = draw.normal(size=n), draw.normal(size=(n, 5))
    return true, true + 0.3 * draw.normal(size=n), logits, logits + 0.3 * draw.normal(size=(n, 5))


def test_by_hand():
    logits = np.array([[2.0, 1], [0, 1], [3, 4], [1, 0]])
    kept = kept_logit([1.0, 2, 3, 6], [1.0, 3, 2, 6], logits, logits[:, ::-1] * np.array([[1], [-1], [-1], [-1]]))
    assert kept.spearman == pytest.approx(0.8)  # 1 − 6 · 2 / (4 · 15)
    assert kept.r_squared == pytest.approx(1 - 2 / 14)
    assert kept.agreement == pytest.approx(0.75)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_everything_kept_is_1_with_an_honest_interval(seed):
    true, _, logits, _ = scores(seed)
    kept = kept_logit(true, true, logits, logits)
    assert kept.r_squared == 1
    assert kept.spearman == pytest.approx(1)
    assert kept.r_squared.interval == (1, 1)
    assert kept.agreement == 1
    assert 0.85 < kept.agreement.low < 1  # 40 of 40 do not prove "always"


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_figures_lie_in_their_intervals_and_follow_their_definitions(seed):
    true, estimate, logits, kept_logits = scores(seed)
    kept = kept_logit(true, estimate, logits, kept_logits, seed=seed)
    assert kept.spearman == spearman(true, estimate)
    assert kept.r_squared == r_squared(true, estimate)
    for figure in (kept.spearman, kept.r_squared, kept.agreement):
        assert figure.low < figure < figure.high <= 1
    monotone = kept_logit(true, np.exp(estimate), logits, kept_logits, seed=seed)
    assert monotone.spearman == pytest.approx(kept.spearman)
    assert monotone.spearman.interval == pytest.approx(kept.spearman.interval)
    scaled = kept_logit(3 * true + 1, 3 * estimate + 1, logits, kept_logits, seed=seed)
    assert scaled.r_squared.interval == pytest.approx(kept.r_squared.interval)


def test_torch_and_numpy_agree():
    arrays = scores(0)
    assert kept_logit(*(torch.as_tensor(each) for each in arrays)) == kept_logit(*arrays)


def test_a_constant_score_has_no_order_and_no_interval():
    _, estimate, logits, kept_logits = scores(0)
    kept = kept_logit(np.full(40, 0.1), estimate, logits, kept_logits)
    assert all(np.isnan([kept.spearman, kept.r_squared, *kept.spearman.interval, *kept.r_squared.interval]))


def test_wrong_input_says_what_was_received():
    true, estimate, logits, kept_logits = scores(0)
    with pytest.raises(ValueError, match="40 true scores and 39"):
        kept_logit(true, estimate[1:], logits, kept_logits)
    with pytest.raises(ValueError, match="40 scores but logits of 39"):
        kept_logit(true, estimate, logits[1:], kept_logits[1:])
    with pytest.raises(ValueError, match=r"\(40, 5\) and \(40, 4\)"):
        kept_logit(true, estimate, logits, kept_logits[:, 1:])
    with pytest.raises(ValueError, match=r"true must be \(n,\).*\(40, 1\)"):
        kept_logit(true[:, None], estimate, logits, kept_logits)
    with pytest.raises(ValueError, match="kept holds NaN"):
        kept_logit(true, estimate * np.nan, logits, kept_logits)
    with pytest.raises(ValueError, match="one length"):
        spearman(true, estimate[1:])
