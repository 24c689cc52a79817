"""Words that are added later, and words that are used too much."""

import numpy as np
import pytest
import torch

from concepts.lexicon import Lexicon, overuse, with_words
from concepts.lexicon.extending import hull_weights


def made_up(rng, n=12, p=8, bias=False):
    words = tuple(f"word {i}" for i in range(n))
    vectors = torch.randn(n, p, generator=rng, dtype=torch.float64)
    return Lexicon(words, vectors, bias=torch.randn(n, generator=rng, dtype=torch.float64) if bias else None)


def mixtures(rng, m, n):
    weights = torch.rand(m, n, generator=rng, dtype=torch.float64)
    return weights / weights.sum(dim=1, keepdim=True)


def test_a_vector_inside_the_hull_is_kept_exactly(rng):
    lexicon = made_up(rng, bias=True)
    inside = mixtures(rng, 3, 12) @ lexicon.vectors
    grown = with_words(lexicon, ["a", "b", "c"], inside)
    torch.testing.assert_close(grown.lexicon.vectors[12:], inside)
    assert grown.residuals.max() < 1e-7
    assert grown.lexicon.words[12:] == ("a", "b", "c")
    torch.testing.assert_close(grown.lexicon.vectors[:12], lexicon.vectors, rtol=0, atol=0)
    torch.testing.assert_close(grown.lexicon.bias[12:], grown.weights @ lexicon.bias)


def test_an_old_words_own_vector_is_that_word(rng):
    lexicon = made_up(rng, n=6)
    grown = with_words(lexicon, ["again"], lexicon.vectors[2:3])
    torch.testing.assert_close(grown.weights[0], torch.eye(6, dtype=torch.float64)[2], atol=1e-9, rtol=0)


def test_weights_are_a_mixture_and_no_other_is_nearer(rng):
    lexicon = made_up(rng)
    target = 3 * torch.randn(1, 8, generator=rng, dtype=torch.float64)
    grown = with_words(lexicon, ["far"], target)
    weights = grown.weights[0]
    assert weights.min() >= 0
    assert float(weights.sum()) == pytest.approx(1)
    away = target[0] - weights @ lexicon.vectors
    assert float(grown.residuals[0]) == pytest.approx(float(away.norm() / target.norm()))
    # the nearest point of a convex set: no corner lies farther along the way to the target (variational inequality)
    assert ((lexicon.vectors - weights @ lexicon.vectors) @ away).max() <= 1e-8 * away.norm() ** 2


def test_the_nearest_point_equals_a_slow_search(rng):
    points = torch.randn(3, 2, generator=rng, dtype=torch.float64).numpy()
    target = np.array([2.0, -1.0])
    steps = np.linspace(0, 1, 401)
    grid = np.array([(a, b, 1 - a - b) for a in steps for b in steps if a + b <= 1])
    slow = np.linalg.norm(grid @ points - target, axis=1).min()
    assert np.linalg.norm(hull_weights(points, target) @ points - target) == pytest.approx(slow, abs=1e-2)
    assert np.linalg.norm(hull_weights(points, target) @ points - target) <= slow + 1e-12


def test_new_words_that_do_not_fit_are_told(rng):
    lexicon = made_up(rng)
    for words, vectors, message in (
        (["a"], torch.ones(1, 7), r"\(1, 7\): expected \(1, 8\)"),
        (["a", "b"], torch.ones(1, 8), r"2 new words"),
        ([], torch.ones(0, 8), "0 new words"),
        (["a"], torch.full((1, 8), torch.nan), "NaN"),
        (["WORD 3"], torch.ones(1, 8), "occur twice"),
    ):
        with pytest.raises(ValueError, match=message):
            with_words(lexicon, words, vectors)


def test_overuse_in_batches_equals_all_at_once(rng):
    activations = torch.rand(7, 3, 5, generator=rng) * (torch.rand(7, 3, 5, generator=rng) > 0.6)
    found = overuse(activations.split(2))
    torch.testing.assert_close(found.mean, activations.mean(dim=(0, 1)))
    torch.testing.assert_close(found.share, (activations.amax(dim=1) > 0).float().mean(dim=0))
    assert found.n_photos == 7
    assert found.penalty == pytest.approx(float((activations.mean(dim=(0, 1)) ** 2).sum()))
    torch.testing.assert_close(found.discounted(activations), activations - activations.mean(dim=(0, 1)))


def test_a_word_that_fires_everywhere_is_found_and_discounted_below_a_telling_one():
    activations = torch.zeros(10, 3)
    activations[:, 0], activations[4, 1], activations[::2, 2] = 1.0, 0.9, 0.2
    found = overuse([activations])
    assert found.most_used(2) == [0, 2]
    assert found.discounted(activations)[4].argmax() == 1
    assert found.penalty == pytest.approx(1 + 0.09**2 + 0.1**2)


def test_spreading_the_same_activation_over_more_words_lowers_the_penalty():
    one, many = torch.zeros(8, 8), torch.eye(8)
    one[:, 0] = 1
    assert overuse([many]).penalty < overuse([one]).penalty


def test_overuse_of_nothing_or_of_two_lexicons_is_told():
    with pytest.raises(ValueError, match="no photos"):
        overuse([])
    with pytest.raises(ValueError, match="a batch of 3 words after one of 2"):
        overuse([torch.ones(1, 2), torch.ones(1, 3)])
    with pytest.raises(ValueError, match="of 3 words, the overuse is of 2"):
        overuse([torch.ones(1, 2)]).discounted(torch.ones(3))
