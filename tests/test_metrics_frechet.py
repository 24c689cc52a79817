"""The Fréchet distance against the textbook formula, closed forms and its invariances."""

import numpy as np
import pytest
import torch
from scipy import linalg

from concepts.metrics import frechet_distance
from concepts.metrics.arrays import BLOCK
from concepts.metrics.frechet import Gaussian


def randn(rng, *shape):
    return torch.randn(*shape, generator=rng, dtype=torch.float64)


def textbook(A, A_hat):
    """The formula as it is written, with a matrix square root."""
    first, second = np.atleast_2d(np.cov(A.T)), np.atleast_2d(np.cov(A_hat.T))
    root = linalg.sqrtm(first @ second).real
    return (((A.mean(0) - A_hat.mean(0)) ** 2).sum() + np.trace(first + second - 2 * root)) / A.shape[1]


def standardised(rng, m, p):
    """Rows whose mean is exactly 0 and whose covariance is exactly the identity."""
    X = randn(rng, m, p)
    return torch.linalg.qr(X - X.mean(dim=0)).Q * (m - 1) ** 0.5


@pytest.mark.parametrize("p", [1, 3, 12])
def test_it_is_the_textbook_formula(rng, p):
    A, A_hat = randn(rng, 60, p) @ randn(rng, p, p) + 1, randn(rng, 45, p) * 2
    assert frechet_distance(A, A_hat) == pytest.approx(textbook(A.numpy(), A_hat.numpy()), rel=1e-9)


def test_two_diagonal_gaussians_have_a_closed_form(rng):
    s, t, shift = (torch.rand(6, generator=rng, dtype=torch.float64) + 0.1 for _ in range(3))
    X = standardised(rng, 40, 6)
    expected = ((s - t).square().sum() + shift.square().sum()) / 6
    assert frechet_distance(X * s, X * t + shift) == pytest.approx(expected.item(), rel=1e-9)


def test_it_is_0_for_itself_symmetric_and_blind_to_rotation(rng):
    A, A_hat = randn(rng, 50, 8) * 3 + 100, randn(rng, 50, 8)
    scale = A.var(dim=0).sum().item()
    assert frechet_distance(A, A) <= 1e-12 * scale
    there = frechet_distance(A, A_hat)
    assert frechet_distance(A_hat, A) == pytest.approx(there, rel=1e-9)
    turn = torch.linalg.qr(randn(rng, 8, 8)).Q
    assert frechet_distance(A @ turn, A_hat @ turn) == pytest.approx(there, rel=1e-9)
    assert frechet_distance(A[torch.randperm(50, generator=rng)], A_hat) == pytest.approx(there, rel=1e-9)
    assert frechet_distance(3 * A, 3 * A_hat) == pytest.approx(9 * there, rel=1e-9)


def low_rank(rng, m, p, k):
    return randn(rng, m, k) @ randn(rng, k, p) + randn(rng, p)


def full_spectrum(A, A_hat):
    first, second = Gaussian(A), Gaussian(A_hat)
    overlap = torch.linalg.svdvals(first.root() @ second.root().T).sum()
    shift = (first.mean - second.mean).square().sum()
    return ((shift + first.trace + second.trace - 2 * overlap) / A.shape[1]).item()


@pytest.mark.parametrize(("p", "rank", "columns"), [(325, 5, 40), (580, 50, 72)])
def test_the_short_way_for_low_rank_is_the_long_way(rng, p, rank, columns):
    A, A_hat = randn(rng, 300, p) + 1, low_rank(rng, p + 20, p, rank)
    basis, _ = Gaussian(A_hat).row_space(0)
    assert basis.shape[1] == columns  # 8 more than 32, doubled until all is inside
    torch.testing.assert_close(basis.T @ basis, torch.eye(basis.shape[1], dtype=torch.float64))
    assert frechet_distance(A, A_hat) == pytest.approx(full_spectrum(A, A_hat), rel=1e-8)


def test_a_reconstruction_of_full_rank_takes_the_long_way(rng):
    A_hat = randn(rng, 340, 330)
    assert Gaussian(A_hat).row_space(0) is None
    assert frechet_distance(A_hat, A_hat) <= 1e-8 * A_hat.var(dim=0).sum().item()


def test_in_single_precision_it_is_0_for_itself_at_low_rank(rng):
    A = low_rank(rng, 500, 400, 10).float()
    assert Gaussian(A).row_space(0) is not None
    assert frechet_distance(A, A) <= 1e-8 * A.var(dim=0).sum().item()


def test_a_reconstruction_that_is_constant_leaves_the_variance(rng):
    A = randn(rng, 400, 300)
    expected = (A.mean(dim=0).square().sum() + A.var(dim=0).sum()) / 300
    assert frechet_distance(A, torch.zeros(400, 300)) == pytest.approx(expected.item(), rel=1e-9)


def test_blocks_of_rows_change_nothing(rng):
    A, A_hat = randn(rng, BLOCK // 2 + 5, 3) + 1, randn(rng, 90, 3) * 2
    assert A.numel() > BLOCK
    assert frechet_distance(A, A_hat) == pytest.approx(textbook(A.numpy(), A_hat.numpy()), rel=1e-9)


def test_positions_are_pooled_and_numpy_is_taken(rng):
    A, A_hat = randn(rng, 6, 3, 3, 4), randn(rng, 6, 3, 3, 4)
    flat = frechet_distance(A.reshape(-1, 4), A_hat.reshape(-1, 4))
    assert frechet_distance(A.numpy(), A_hat.numpy()) == pytest.approx(flat, rel=1e-12)


def test_wrong_input_says_what_was_received(rng):
    with pytest.raises(ValueError, match="3 channels, the reconstruction 4"):
        frechet_distance(randn(rng, 5, 3), randn(rng, 5, 4))
    with pytest.raises(ValueError, match="two positions"):
        frechet_distance(randn(rng, 1, 3), randn(rng, 5, 3))
    with pytest.raises(ValueError, match="NaN"):
        frechet_distance(randn(rng, 5, 3) * float("nan"), randn(rng, 5, 3))
    with pytest.raises(ValueError, match=r"\(7,\)"):
        frechet_distance(torch.ones(7), torch.ones(7))
