"""Each estimator recovers a planted dictionary of the case that it is made for, and is worse where it should be."""

import pytest
import torch
from scipy.optimize import linear_sum_assignment, linprog, nnls
from torch.nn.functional import normalize

from concepts.extraction import make_extractor

SAES = ("topk_sae", "batchtopk_sae", "archetypal_sae")


@pytest.fixture
def one_rng() -> torch.Generator:
    """One seed, for what trains a second or more."""
    return torch.Generator().manual_seed(0)


def rand(rng, *shape):
    return torch.rand(*shape, generator=rng, dtype=torch.float64)


def randn(rng, *shape):
    return torch.randn(*shape, generator=rng, dtype=torch.float64)


def agreement(found, planted):
    """The smallest |cosine| between planted atoms and the found ones, matched one to one."""
    cosine = (normalize(planted, dim=1) @ normalize(found, dim=1).T).abs().numpy()
    return cosine[linear_sum_assignment(-cosine)].min()


def error(extractor, A):
    return ((A - extractor.inverse_transform(extractor.transform(A))).norm() / A.norm()).item()


def disjoint_atoms(rng, k=4, width=5):
    return torch.block_diag(*rand(rng, k, width).add(0.5).unsqueeze(1))


def test_semi_nmf_finds_signed_atoms_under_sparse_codes(rng):
    V = randn(rng, 4, 20)
    U = rand(rng, 600, 4) * (rand(rng, 600, 4) > 0.6)
    found = make_extractor("semi_nmf", 4, max_iterations=1000, tolerance=1e-9).fit(U @ V)
    assert error(found, U @ V) < 0.01
    assert make_extractor("random", 4).fit(U @ V).dictionary.min() < 0


def test_kmeans_finds_the_centres_of_clusters(rng):
    V = 10 * disjoint_atoms(rng)
    A = V[torch.arange(200) % 4] + 0.1 * randn(rng, 200, 20)
    found = make_extractor("kmeans", 4).fit(A)
    torch.testing.assert_close(found.dictionary.sort(dim=0).values, V.sort(dim=0).values, atol=0.1, rtol=0)
    mixed = rand(rng, 200, 4) @ V
    assert error(make_extractor("kmeans", 4).fit(mixed), mixed) > 3 * error(make_extractor("nmf", 4).fit(mixed), mixed)


def test_pca_finds_orthogonal_signed_directions(rng):
    V = torch.linalg.qr(randn(rng, 12, 3)).Q.T
    A = randn(rng, 2000, 3) * torch.tensor([5.0, 3.0, 1.0]) @ V
    assert agreement(make_extractor("pca", 3).fit(A).dictionary, V) > 0.98


@pytest.mark.parametrize("mean", [0.0, 3.0])
def test_ica_finds_independent_sources_and_pca_does_not(rng, mean):
    V = randn(rng, 3, 10)
    A = (rand(rng, 4000, 3) - 0.5 + mean) @ V  # uniform sources, as far from normal as any
    found = make_extractor("ica", 3).fit(A)
    assert agreement(found.dictionary, V) > 0.99
    assert agreement(make_extractor("pca", 3).fit(A).dictionary, V) < 0.99
    assert error(found, A) < 1e-6
    correlation = torch.corrcoef(found.transform(A).T) - torch.eye(3)
    assert correlation.abs().max() < 0.05


def test_ica_loses_what_pca_loses(rng):
    A = rand(rng, 300, 9)
    assert error(make_extractor("ica", 4).fit(A), A) == pytest.approx(error(make_extractor("pca", 4).fit(A), A))
    with pytest.raises(ValueError, match="vary in 2 directions"):
        make_extractor("ica", 3).fit(rand(rng, 50, 2) @ rand(rng, 2, 9))


def test_convex_nmf_finds_archetypes_that_were_seen_and_misses_those_that_were_not(rng):
    V = disjoint_atoms(rng)
    weights = rand(rng, 150, 4) ** 3
    mixed = normalize(weights, p=1, dim=1) @ V
    seen = torch.cat([V.repeat(20, 1), mixed])
    options = {"max_iterations": 500, "tolerance": 1e-6, "gram_rows": 150}
    assert agreement(make_extractor("convex_nmf", 4, **options).fit(seen).dictionary, V) > 0.97
    unseen = (0.6 * rand(rng, 150, 4) + 0.4) @ V  # every row holds much of every atom
    convex, plain = (
        make_extractor("convex_nmf", 4, **options).fit(unseen),
        make_extractor("nmf", 4, max_iterations=3000, tolerance=1e-9).fit(unseen),
    )
    assert error(convex, unseen) > 2 * error(plain, unseen)
    assert agreement(plain.dictionary, V) > agreement(convex.dictionary, V)


def test_convex_atoms_lie_in_the_cone_of_the_data(rng):
    A = randn(rng, 40, 6) + 1
    for atom in make_extractor("convex_nmf", 3).fit(A).dictionary:
        assert nnls(A.T.numpy(), atom.numpy())[1] < 1e-9


@pytest.mark.training
@pytest.mark.parametrize("method", ["topk_sae", "batchtopk_sae"])
def test_sparse_autoencoders_find_sparse_signed_atoms(method, one_rng):
    V = normalize(randn(one_rng, 8, 24), dim=1)
    active = torch.stack([torch.randperm(8, generator=one_rng)[:2] for _ in range(2000)])
    U = torch.zeros(2000, 8, dtype=torch.float64).scatter(1, active, rand(one_rng, 2000, 2) + 0.5)
    sparse = make_extractor(method, 8, k_active=2, learning_rate=2e-2, steps=400, batch_size=256).fit(U @ V)
    assert agreement(sparse.dictionary, V) > 0.95
    assert agreement(make_extractor("pca", 8).fit(U @ V).dictionary, V) < 0.95
    torch.testing.assert_close(sparse.dictionary.norm(dim=1), torch.ones(8, dtype=torch.float64))
    mean_active = (sparse.transform(U @ V) > 0).double().sum(dim=1).mean()
    assert mean_active == pytest.approx(2, abs=0.4)


def test_topk_codes_are_at_most_k_active_and_batchtopk_codes_know_no_company(rng):
    A = randn(rng, 200, 10)
    assert (make_extractor("topk_sae", 6, k_active=2, steps=50).fit_transform(A) > 0).sum(dim=1).max() <= 2
    batch = make_extractor("batchtopk_sae", 6, k_active=2, steps=50).fit(A)
    torch.testing.assert_close(batch.transform(A)[:7], batch.transform(A[:7]))
    codes = batch.transform(A)
    assert codes[codes > 0].min() >= batch.state["threshold"]


def in_hull(point, points):
    """Is a point a convex mixture of others? A linear program."""
    m = len(points)
    equations = torch.cat([points.T, torch.ones(1, m, dtype=points.dtype)]).numpy()
    return linprog([0] * m, A_eq=equations, b_eq=[*point.tolist(), 1], bounds=(0, None)).success


@pytest.mark.training
def test_archetypal_atoms_lie_in_the_hull_of_the_data_and_others_do_not(one_rng):
    A = rand(one_rng, 150, 4) * 7 + 2
    strict = make_extractor("archetypal_sae", 5, candidates=20, steps=60).fit(A)
    assert all(in_hull(atom, A) for atom in strict.dictionary)
    free = make_extractor("topk_sae", 5, steps=60).fit(A)
    assert not all(in_hull(atom, A) for atom in free.dictionary)
    options = {"candidates": 5, "steps": 150, "learning_rate": 0.02}
    relaxed = make_extractor("archetypal_sae", 5, relaxation=0.5, **options).fit(A)
    assert not all(in_hull(atom, A) for atom in relaxed.dictionary)
    assert error(relaxed, A) < error(make_extractor("archetypal_sae", 5, **options).fit(A), A)


@pytest.mark.training
def test_archetypal_sae_finds_clusters(one_rng):
    V = 10 * disjoint_atoms(one_rng)
    A = V[torch.arange(400) % 4] + 0.1 * randn(one_rng, 400, 20)
    found = make_extractor("archetypal_sae", 4, k_active=1, candidates=16, steps=200, learning_rate=0.02).fit(A)
    assert agreement(found.dictionary, V) > 0.99


@pytest.mark.training
@pytest.mark.parametrize("method", SAES)
def test_autoencoders_do_not_depend_on_the_unit(method, one_rng):
    A = randn(one_rng, 120, 8)
    one, thousand = (make_extractor(method, 4, steps=60).fit(A * unit) for unit in (1, 1000))
    torch.testing.assert_close(
        one.inverse_transform(one.transform(A)) * 1000, thousand.inverse_transform(thousand.transform(A * 1000))
    )


@pytest.mark.training
def test_dead_atoms_are_moved_to_where_the_error_is(one_rng):
    A = torch.cat(
        [disjoint_atoms(one_rng, 1, 20).repeat(900, 1), disjoint_atoms(one_rng, 1, 20).roll(3, 1).repeat(100, 1)]
    )
    A = torch.cat([A, torch.eye(20, dtype=A.dtype).repeat(10, 1)])
    codes = make_extractor("topk_sae", 12, k_active=1, steps=400, learning_rate=0.01).fit_transform(A)
    assert (codes > 0).any(dim=0).sum() >= 11


def test_neurons_are_the_channels_with_most_energy(rng):
    A = randn(rng, 50, 6) * torch.tensor([1.0, 27, 2, 9, 3, 6])
    found = make_extractor("neurons", 3).fit(A)
    assert found.dictionary.argmax(dim=1).tolist() == [1, 3, 5]
    assert torch.equal(found.transform(A), A[:, [1, 3, 5]])
    assert error(make_extractor("neurons", 6).fit(A), A) == 0
    with pytest.raises(ValueError, match="as many concepts as there are channels, 6 here; asked for 7"):
        make_extractor("neurons", 7).fit(A)


def test_random_directions_have_the_sign_of_the_data_and_the_best_codes(rng):
    positive, signed = rand(rng, 60, 8), randn(rng, 60, 8)
    of_positive, of_signed = (make_extractor("random", 3).fit(A) for A in (positive, signed))
    assert of_positive.dictionary.min() >= 0
    assert of_positive.transform(positive).min() >= 0
    assert of_signed.dictionary.min() < 0
    residual = signed - of_signed.inverse_transform(of_signed.transform(signed))
    assert (residual @ of_signed.dictionary.T).abs().max() < 1e-9
    torch.testing.assert_close(of_positive.dictionary.norm(dim=1), torch.ones(3, dtype=torch.float64))


@pytest.mark.parametrize("method", ["nmf", "semi_nmf", "convex_nmf", "pca", "ica", "topk_sae"])
def test_every_method_beats_the_random_control(method, rng):
    A = (rand(rng, 400, 5) * (rand(rng, 400, 5) > 0.5)) @ rand(rng, 5, 30) ** 4 + 0.01 * rand(rng, 400, 30)
    options = {"steps": 200, "learning_rate": 0.02, "k_active": 4} if method in SAES else {}
    control = error(make_extractor("random", 5).fit(A), A)
    assert error(make_extractor(method, 5, **options).fit(A), A) < control
