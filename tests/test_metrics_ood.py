"""The out-of-distribution score against a literal version and cases worked by hand."""

import numpy as np
import pytest
import torch

from concepts.metrics import ood_score
from concepts.metrics.ood import _halves, neighbour_distance


def randn(rng, *shape):
    return torch.randn(*shape, generator=rng, dtype=torch.float64)


def literal(A, A_hat, k, seed):
    """Every distance, one by one."""
    reference, held_out, _ = _halves(A, 10**6, seed)
    flat, rebuilt = (X.reshape(-1, X.shape[-1]).numpy() for X in (A, A_hat))
    unit = [row / np.linalg.norm(row) for row in flat]
    differences = []
    for t in held_out.tolist():
        both = []
        for z in (rebuilt[t] / np.linalg.norm(rebuilt[t]), unit[t]):
            both.append(sorted(np.linalg.norm(z - unit[r]) for r in reference.tolist())[k - 1])
        differences.append(both[0] - both[1])
    return np.mean(differences)


@pytest.mark.parametrize("k", [1, 4])
def test_it_is_the_literal_mean(rng, k):
    A, A_hat = randn(rng, 12, 3, 5), randn(rng, 12, 3, 5)
    assert ood_score(A, A_hat, k_neighbours=k, seed=3) == pytest.approx(literal(A, A_hat, k, 3), abs=1e-12)


def test_it_is_exactly_0_for_itself_and_blind_to_length(rng):
    A, A_hat = randn(rng, 60, 5), randn(rng, 60, 5)
    score = ood_score(A, A)
    assert score == 0
    assert score.interval == (0, 0)
    lengths = torch.rand(60, 1, generator=rng, dtype=torch.float64) + 0.1
    assert ood_score(A, A_hat * lengths) == pytest.approx(ood_score(A, A_hat), abs=1e-12)
    turn = torch.linalg.qr(randn(rng, 5, 5)).Q
    assert ood_score(A @ turn, A_hat @ turn) == pytest.approx(ood_score(A, A_hat), abs=1e-12)


def test_directions_never_seen_score_high_and_prototypes_score_below_0(rng):
    A = randn(rng, 400, 6).abs()
    assert ood_score(A, -A).low > 0.5
    assert ood_score(A, A.mean(dim=0).expand_as(A)).high < 0  # the mean direction has more neighbours than a row has


def test_distances_by_hand():
    reference = torch.tensor([[1.0, 0], [0, 1], [0, 0]])
    queries = torch.tensor([[1.0, 0], [0, 0], [-1, 0]])
    near, second = (neighbour_distance(queries, reference, k) for k in (1, 2))
    torch.testing.assert_close(near, torch.tensor([0.0, 0, 1]))  # zeros lie at 1 from any direction, 0 from zeros
    torch.testing.assert_close(second, torch.tensor([1, 1, 2**0.5]))


def test_halves_never_share_an_image_and_hold_no_more_rows_than_asked(rng):
    A = randn(rng, 9, 4, 2)
    reference, held_out, image = _halves(A, 10**6, 0)
    assert sorted([*reference.tolist(), *held_out.tolist()]) == list(range(36))
    assert set((reference // 4).tolist()).isdisjoint(image.tolist())
    few, _, _ = _halves(A, 7, 0)
    assert len(set(few.tolist())) == 7
    assert set(few.tolist()) <= set(reference.tolist())


def test_blocks_change_nothing_and_the_seed_decides(rng):
    A, A_hat = randn(rng, 80, 4), randn(rng, 80, 4)
    whole = ood_score(A, A_hat, seed=1)
    assert ood_score(A.numpy(), A_hat.numpy(), seed=1).interval == whole.interval
    assert ood_score(A, A_hat, seed=2) != whole
    apart = neighbour_distance(A, A_hat, 3)
    torch.testing.assert_close(neighbour_distance(A, A_hat, 3, block=200), apart, rtol=0, atol=1e-12)


def test_the_interval_counts_images_and_not_positions(rng):
    noise = randn(rng, 60, 1, 4)
    many, one = noise.repeat(1, 25, 1), noise
    wide, narrow = (ood_score(A + 3, A * 2 + 3, k_neighbours=1, seed=0) for A in (many, one))
    assert (wide.high - wide.low) == pytest.approx(narrow.high - narrow.low, rel=0.05)


def test_wrong_input_says_what_was_received(rng):
    A = randn(rng, 30, 3)
    with pytest.raises(ValueError, match=r"\(30, 3\).*\(29, 3\)"):
        ood_score(A, A[1:])
    with pytest.raises(ValueError, match="k_neighbours is 16 for 15"):
        ood_score(A, A, k_neighbours=16)
    with pytest.raises(ValueError, match="at least two"):
        ood_score(A[:1], A[:1])
    with pytest.raises(ValueError, match="NaN"):
        ood_score(A * float("nan"), A)
