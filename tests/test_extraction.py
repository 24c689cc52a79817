"""Extraction: fixed points, monotone losses, optimality conditions, codes of unseen data."""

import itertools

import pytest
import torch

from concepts.extraction import EXTRACTORS, make_extractor
from concepts.extraction.least_squares import nonnegative_codes
from concepts.extraction.nmf import hals
from concepts.extraction.semi_nmf import best_atoms, semi_nmf


def rand(rng, *shape):
    return torch.rand(*shape, generator=rng, dtype=torch.float64)


def randn(rng, *shape):
    return torch.randn(*shape, generator=rng, dtype=torch.float64)


def test_hals_never_raises_the_loss_and_reports_the_true_one(rng):
    A, U, V = rand(rng, 40, 12), rand(rng, 40, 4), rand(rng, 4, 12)
    U, V, losses = hals(A, U, V, max_iterations=50, tolerance=0)
    assert all(later <= earlier + 1e-12 for earlier, later in itertools.pairwise(losses))
    assert losses[-1] < 0.9 * losses[0]
    assert losses[-1] == pytest.approx(((A - U @ V).square().sum() / A.square().sum()).item(), abs=1e-10)
    assert U.min() >= 0
    assert V.min() >= 0


def test_an_exact_factorisation_is_a_fixed_point_of_hals(rng):
    U, V = rand(rng, 20, 3) + 0.1, rand(rng, 3, 7) + 0.1
    new_U, new_V, _ = hals(U @ V, U, V, max_iterations=5, tolerance=0)
    torch.testing.assert_close((new_U, new_V), (U, V))


def test_nmf_finds_a_planted_dictionary(rng):
    V = torch.block_diag(*rand(rng, 4, 5).add(0.5).unsqueeze(1))  # four atoms that share no channel
    U = rand(rng, 500, 4) * (rand(rng, 500, 4) > 0.5)
    found = make_extractor("nmf", 4, max_iterations=500, tolerance=1e-9).fit(U @ V).components_
    cosine = torch.nn.functional.normalize(V, dim=1) @ found.T
    assert cosine.max(dim=1).values.min() > 0.999


def test_nonnegative_codes_meet_the_optimality_conditions(rng):
    A, V = randn(rng, 30, 8), randn(rng, 5, 8)
    U = nonnegative_codes(A, V, tolerance=1e-12, max_sweeps=5000)
    gradient = (U @ V - A) @ V.T
    assert U.min() >= 0
    assert gradient.min() > -1e-6  # no code could be raised to advantage
    assert (gradient * U).abs().max() < 1e-6  # and none in use could be changed


def test_a_dead_atom_has_zero_codes(rng):
    V = rand(rng, 3, 6)
    V[1] = 0
    assert nonnegative_codes(rand(rng, 9, 6), V)[:, 1].eq(0).all()


def test_codes_do_not_depend_on_the_company(rng):
    extractor = make_extractor("nmf", 3).fit(rand(rng, 50, 8))
    rows = rand(rng, 20, 8)
    one_by_one = torch.cat([extractor.transform(row[None]) for row in rows])
    torch.testing.assert_close(extractor.transform(rows), one_by_one, atol=1e-3, rtol=1e-3)


def test_semi_nmf_never_raises_the_loss(rng):
    A = randn(rng, 60, 10)
    U, V, losses = semi_nmf(A, A[:4], max_iterations=40, tolerance=0)
    assert all(later <= earlier + 1e-12 for earlier, later in itertools.pairwise(losses))
    assert losses[-1] == pytest.approx(((A - U @ V).square().sum() / A.square().sum()).item(), abs=1e-10)
    assert U.min() >= 0
    assert V.min() < 0


def test_best_atoms_leave_a_residual_orthogonal_to_the_codes(rng):
    A, codes = randn(rng, 30, 6), rand(rng, 3, 30)
    assert (codes @ (A - codes.T @ best_atoms(A, codes))).abs().max() < 1e-8


def test_kmeans_codes_are_one_hot_and_name_the_nearest_centre(rng):
    A = rand(rng, 80, 5)
    extractor = make_extractor("kmeans", 6)
    U = extractor.fit_transform(A)
    assert U.sum(dim=1).eq(1).all()
    assert U.max() == 1
    assert torch.equal(U.argmax(dim=1), torch.cdist(A, extractor.components_).argmin(dim=1))


def test_pca_is_the_best_reconstruction_of_its_rank_and_orthonormal(rng):
    A = randn(rng, 60, 9) + 1.0
    extractor = make_extractor("pca", 4).fit(A)
    V = extractor.components_
    torch.testing.assert_close(V @ V.T, torch.eye(4, dtype=A.dtype))
    singular = torch.linalg.svdvals(A)
    error = (A - extractor.inverse_transform(extractor.transform(A))).square().sum()
    assert error.item() == pytest.approx(singular[4:].square().sum().item())


@pytest.mark.parametrize("method", EXTRACTORS)
def test_same_seed_same_dictionary_and_restored_codes(method, rng):
    A, options = rand(rng, 70, 8), {"steps": 120} if method.endswith("sae") else {}
    first, second = (make_extractor(method, 4, seed=5, **options).fit(A) for _ in range(2))
    assert torch.equal(first.components_, second.components_)
    restored = make_extractor(method, 4).restore(**first.state)
    assert torch.equal(restored.transform(A), first.transform(A))
    assert first.transform(A).shape == (70, 4)
    torch.testing.assert_close(first.inverse_transform(first.transform(A)), first.transform(A) @ first.components_)


@pytest.mark.parametrize("method", ["nmf", "semi_nmf", "kmeans"])
def test_another_seed_starts_elsewhere(method):
    A = torch.rand(70, 8, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    first, second = (make_extractor(method, 4, seed=seed).fit(A).components_ for seed in (0, 1))
    assert not torch.allclose(first, second)


def test_wrong_input_is_named():
    with pytest.raises(ValueError, match="semi_nmf"):
        make_extractor("nmf", 2).fit(torch.tensor([[1.0, -0.5], [1.0, 1.0]]))
    with pytest.raises(ValueError, match="NaN"):
        make_extractor("pca", 1).fit(torch.tensor([[float("nan"), 1.0]]))
    with pytest.raises(ValueError, match="shape"):
        make_extractor("nmf", 2).fit(torch.rand(3, 2, 2))
    with pytest.raises(ValueError, match="3 activations cannot give 4"):
        make_extractor("nmf", 4).fit(torch.rand(3, 2))
    with pytest.raises(ValueError, match="channels"):
        make_extractor("nmf", 2).fit(torch.rand(9, 4)).transform(torch.rand(2, 5))
    with pytest.raises(ValueError, match="nmf, semi_nmf"):
        make_extractor("mnf", 2)
    with pytest.raises(ValueError, match="not fitted"):
        make_extractor("nmf", 2).transform(torch.rand(2, 5))
    with pytest.raises(TypeError):
        make_extractor("nmf", 2, max_iter=3)


def test_half_precision_from_disk_is_accepted(rng):
    A = rand(rng, 50, 6).half()
    assert make_extractor("nmf", 3).fit_transform(A).dtype == torch.float32
