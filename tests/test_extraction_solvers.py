"""The solvers' promises: losses that never rise, projections that are nearest, literal versions that agree."""

import itertools

import pytest
import torch

from concepts.extraction.convex_nmf import convex_nmf, update_mixture
from concepts.extraction.least_squares import signed_codes
from concepts.extraction.pca import principal_directions, second_moments
from concepts.extraction.sae import keep_largest, keep_largest_of_batch, onto_simplex


def rand(rng, *shape):
    return torch.rand(*shape, generator=rng, dtype=torch.float64)


def randn(rng, *shape):
    return torch.randn(*shape, generator=rng, dtype=torch.float64)


@pytest.mark.parametrize("signed", [False, True])
def test_convex_nmf_never_raises_the_loss_and_reports_the_true_one(signed, rng):
    A = randn(rng, 40, 9) if signed else rand(rng, 40, 9)
    U, W, losses = convex_nmf(A, rand(rng, 3, 40) + 0.1, rand(rng, 3, 40) + 0.1, max_iterations=60, tolerance=0)
    assert all(later <= earlier + 1e-12 for earlier, later in itertools.pairwise(losses))
    assert losses[-1] == pytest.approx(((A - U @ W @ A).square().sum() / A.square().sum()).item(), abs=1e-10)
    assert U.min() >= 0
    assert W.min() >= 0


def test_a_mixture_that_is_exact_is_a_fixed_point(rng):
    A, W = rand(rng, 12, 5), rand(rng, 3, 12) + 0.1
    U = rand(rng, 12, 3)
    # A = U W A holds for A in the eigenspace of U W: build it from one eigenvector
    vector = torch.linalg.eig(U @ W)
    first = vector.eigenvectors[:, vector.eigenvalues.real.argmax()].real.abs()
    U = U / vector.eigenvalues.real.max()
    A = first[:, None] * rand(rng, 1, 5)
    kernel = A @ A.T
    torch.testing.assert_close(update_mixture(W, U.T, kernel, None), W)


def test_leaving_out_an_empty_negative_part_changes_nothing(rng):
    A, W, codes = rand(rng, 20, 5), rand(rng, 3, 20), rand(rng, 3, 20)
    kernel = A @ A.T
    torch.testing.assert_close(
        update_mixture(W, codes, kernel, None), update_mixture(W, codes, kernel, torch.zeros_like(kernel))
    )


def test_the_simplex_projection_is_the_nearest_point(rng):
    S = randn(rng, 6, 5) * 2
    P = onto_simplex(S)
    torch.testing.assert_close(P.sum(dim=1), torch.ones(6, dtype=S.dtype))
    assert P.min() >= 0
    torch.testing.assert_close(onto_simplex(P), P)
    corners = torch.eye(5, dtype=S.dtype)
    for s, p in zip(S, P, strict=True):
        assert ((s - p) @ (corners - p).T).max() < 1e-10  # the condition for the nearest point of a convex set


def test_largest_codes_are_kept(rng):
    U = rand(rng, 7, 5)
    kept = keep_largest(U, 2)
    for row, all_of_it in zip(kept, U, strict=True):
        assert sorted(row[row > 0].tolist()) == sorted(all_of_it.tolist())[-2:]
    batch = keep_largest_of_batch(U, 2)
    assert sorted(batch[batch > 0].tolist()) == sorted(U.flatten().tolist())[-14:]
    assert torch.equal(batch[batch > 0], U[batch > 0])


def test_signed_codes_leave_a_residual_orthogonal_to_the_atoms(rng):
    A, V = randn(rng, 20, 7), randn(rng, 3, 7)
    assert ((A - signed_codes(A, V) @ V) @ V.T).abs().max() < 1e-10


def test_second_moments_add_up_over_parts_and_ignore_the_order_of_rows(rng):
    A = randn(rng, 30, 4)
    whole = second_moments([A])
    torch.testing.assert_close(second_moments(A.split(7)), whole)
    torch.testing.assert_close(second_moments([A[torch.randperm(30, generator=rng)]]), whole)
    V = principal_directions(whole, 2)
    assert (V.gather(1, V.abs().argmax(dim=1, keepdim=True)) > 0).all()
