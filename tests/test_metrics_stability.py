"""Matching and stability: planted dictionaries, permutations, scales, signs, chance."""

import itertools

import numpy as np
import pytest
import torch

from concepts.extraction import make_extractor
from concepts.metrics import compare_fits, seed_stability, stability
from concepts.numerics.matching import match_dictionaries


def randn(rng, *shape):
    return torch.randn(*shape, generator=rng, dtype=torch.float64)


class Fixed:
    """An extractor that always finds the same dictionary, and remembers what it was given."""

    signed_codes = False

    def __init__(self, V, seen=None):
        self.components_, self.seen = V, seen

    def fit(self, A):
        if self.seen is not None:
            self.seen.append(A)
        return self


def test_matching_is_the_best_of_all_permutations(rng):
    V, W = randn(rng, 4, 6), randn(rng, 6, 6)
    found = match_dictionaries(V, W)
    cosine = np.array([[torch.nn.functional.cosine_similarity(v, w, dim=0) for w in W] for v in V])
    best = max(sum(cosine[i, j] for i, j in enumerate(some)) for some in itertools.permutations(range(6), 4))
    assert found.cosines.sum() == pytest.approx(best)
    assert sorted(found.first) == [0, 1, 2, 3]
    assert len(set(found.second)) == 4
    np.testing.assert_allclose(found.cosines, [cosine[pair] for pair in found.pairs])
    assert (np.diff(found.cosines) <= 0).all()


def test_order_and_positive_length_do_not_matter(rng):
    V = randn(rng, 5, 9)
    order = torch.randperm(5, generator=rng)
    found = match_dictionaries(V, V[order] * torch.rand(5, 1, generator=rng, dtype=torch.float64) * 1e-30)
    assert found.distance == pytest.approx(0, abs=1e-12)
    assert all(order[second] == first for first, second in found.pairs)


def test_a_sign_matters_unless_it_is_a_convention(rng):
    V = torch.linalg.qr(randn(rng, 7, 7)).Q
    assert match_dictionaries(V, -V, signed=True).distance == pytest.approx(0, abs=1e-12)
    assert match_dictionaries(V[:1], -V[:1]).distance == pytest.approx(2)


def test_an_empty_concept_is_like_no_other(rng):
    V = torch.eye(3, dtype=torch.float64)
    W = V.clone()
    W[1] = 0
    assert sorted(match_dictionaries(V, W).cosines.tolist()) == [0, 1, 1]


def test_matching_needs_the_same_channels(rng):
    with pytest.raises(ValueError, match=r"\(2, 5\).*\(2, 4\)"):
        match_dictionaries(randn(rng, 2, 5), randn(rng, 2, 4))


def test_folds_are_disjoint_cover_the_images_and_start_differently(rng):
    A, seen, seeds = torch.arange(22.0).reshape(11, 2, 1).repeat(1, 1, 3), [], []

    def fit(seed):
        seeds.append(seed)
        return Fixed(torch.eye(3), seen)

    assert stability(fit, A, n_folds=4, seed=5) == 0
    assert seeds == [5, 6, 7, 8]
    rows = [fold[:, 0].tolist() for fold in seen]
    assert sorted(itertools.chain(*rows)) == list(range(22))
    assert all(2 * i in fold and 2 * i + 1 in fold for fold in rows for i in {int(r) // 2 for r in fold})
    assert {len(fold) for fold in rows} == {4, 6}
    seen.clear()
    assert seed_stability(fit, A, n_seeds=3) == 0
    assert all(len(each) == 22 for each in seen)


def test_the_figure_is_the_mean_over_pairs(rng):
    dictionaries = [randn(rng, 3, 5) for _ in range(4)]
    found = compare_fits([Fixed(V) for V in dictionaries])
    literal = [match_dictionaries(V, W).distance for V, W in itertools.combinations(dictionaries, 2)]
    assert found.pairs == pytest.approx(literal)
    assert found == pytest.approx(np.mean(literal))
    assert found.low < found < found.high
    assert found.interval == (found.low, found.high)


def test_a_planted_dictionary_is_stable_and_noise_is_not(rng):
    V = torch.block_diag(*torch.rand(4, 5, generator=rng, dtype=torch.float64).add(0.5).unsqueeze(1))
    U = torch.rand(600, 4, generator=rng, dtype=torch.float64)
    U = U * (torch.rand(600, 4, generator=rng, dtype=torch.float64) > 0.5)
    planted = stability(lambda seed: make_extractor("nmf", 4, seed=seed), U @ V, n_folds=3)
    assert planted < 0.02
    assert planted.control > 0.1
    noise = stability(lambda seed: make_extractor("kmeans", 4, seed=seed), randn(rng, 600, 30), n_folds=3)
    assert noise > 0.4


def test_random_dictionaries_lie_at_their_control(rng):
    signed = compare_fits([Fixed(randn(rng, 6, 40)) for _ in range(8)])
    assert signed == pytest.approx(signed.control, abs=0.03)
    positive = compare_fits([Fixed(randn(rng, 6, 40).abs()) for _ in range(8)])
    assert positive == pytest.approx(positive.control, abs=0.03)
    assert positive.control < signed.control
    rounded = compare_fits([Fixed(torch.cat([randn(rng, 6, 39).abs(), torch.full((6, 1), -1e-9)], dim=1))] * 2)
    assert rounded.control == pytest.approx(positive.control, abs=0.03)


def test_pca_has_no_chance_in_it(rng):
    found = seed_stability(lambda seed: make_extractor("pca", 3, seed=seed), randn(rng, 50, 6), n_seeds=3)
    assert found == pytest.approx(0, abs=1e-12)
    assert found.high == pytest.approx(0, abs=1e-12)


def test_the_sign_is_left_aside_for_methods_with_signed_codes(rng):
    V = torch.linalg.qr(randn(rng, 6, 6)).Q
    signs = torch.tensor([1.0, -1, 1, -1, -1, 1], dtype=torch.float64)[:, None]
    pca = make_extractor("pca", 6).restore(V), make_extractor("pca", 6).restore(V * signs)
    semi_nmf = make_extractor("semi_nmf", 6).restore(V), make_extractor("semi_nmf", 6).restore(V * signs)
    assert compare_fits([*pca]) == pytest.approx(0, abs=1e-12)
    assert compare_fits([*semi_nmf]) == pytest.approx(0.5)  # half of the atoms match, the others have nobody left


def test_what_is_not_fitted_is_told():
    with pytest.raises(ValueError, match="1 extractors are not fitted"):
        compare_fits([Fixed(torch.eye(2, 3)), Fixed(None)])


def test_wrong_numbers_are_refused(rng):
    def fit(seed):
        return make_extractor("kmeans", 2, seed=seed)

    with pytest.raises(ValueError, match="n_folds is 1 for 8 images"):
        stability(fit, randn(rng, 8, 3), n_folds=1)
    with pytest.raises(ValueError, match="n_folds is 9"):
        stability(fit, randn(rng, 8, 3), n_folds=9)
    with pytest.raises(ValueError, match="n_seeds is 1"):
        seed_stability(fit, randn(rng, 8, 3), n_seeds=1)
    assert np.isnan(stability(fit, randn(rng, 30, 3), n_folds=2).low)  # one pair: nothing to vary
