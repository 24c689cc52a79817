"""Near-duplicates: planted copies are grouped, others are not, and a list of files keeps one of each."""

import tracemalloc

import numpy as np
import pytest

from concepts.token_search import near_duplicates as module
from concepts.token_search import tight_blocks, write_token_file
from concepts.token_search.near_duplicates import near_duplicates, without_repeats
from tests.support.connected import connected


@pytest.fixture(params=[0, 1])
def tokens(request, tmp_path):
    """50 items of 4 places; 7 and 30 are copies of 3, 41 nearly one of 40, with its places in another order."""
    generator = np.random.default_rng(request.param)
    A = generator.standard_normal((50, 4, 16))
    A[[7, 30]] = A[3]
    A[41] = A[40][::-1] + 0.02 * generator.standard_normal((4, 16))
    return write_token_file(tmp_path / "a.bin", [A.reshape(-1, 16) + 5], places=4)  # + 5: what all items share


@pytest.mark.parametrize("block", [4, 1024])
def test_planted_copies_are_found_and_nothing_else(tokens, block, monkeypatch):
    monkeypatch.setattr(tight_blocks, "MOST", block)
    assert near_duplicates(tokens) == ((3, 7, 30), (40, 41))
    items = np.arange(50) >= 7
    assert near_duplicates(tokens, items=items) == ((7, 30), (40, 41))


@pytest.mark.parametrize("block", [7, 1024])
@pytest.mark.parametrize("threshold", [0.98, 0.998])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_groups_are_what_pairs_connect(seed, threshold, block, tmp_path, monkeypatch):
    """Directions in three dimensions: chains of pairs whose ends are not alike."""
    monkeypatch.setattr(tight_blocks, "MOST", block)
    A = np.random.default_rng(seed).standard_normal((150, 3))
    found = near_duplicates(write_token_file(tmp_path / "a.bin", [A], places=1), threshold=threshold)
    x = A.astype(np.float16).astype(float)
    x -= x.mean(axis=0)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    assert found == connected(x @ x.T >= threshold)
    assert len(found) > 1


def test_many_that_are_all_alike_take_no_memory_for_their_pairs(tmp_path, monkeypatch):
    """3,000 frames of one film have 4.5 million pairs: as numbers of rows they would take 72 MB."""
    monkeypatch.setattr(tight_blocks, "MOST", 256)
    generator = np.random.default_rng(0)
    A = generator.standard_normal((3500, 8))
    film = np.sort(generator.choice(3500, 3000, replace=False))
    A[film] = 10 * A[film[0]] + 1e-3 * A[film]
    tokens = write_token_file(tmp_path / "a.bin", [A], places=1)
    near_duplicates(tokens, items=np.arange(3500) < 10)  # libraries are loaded
    tracemalloc.start()
    try:
        found = near_duplicates(tokens)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert set(film.tolist()) <= set(found[0])
    assert most < 10 * 2**20


def test_one_of_each_is_kept(tokens):
    kept = without_repeats(50, near_duplicates(tokens))
    assert np.flatnonzero(~kept).tolist() == [7, 30, 41]


def test_of_nothing_nothing_is_alike(tokens):
    assert near_duplicates(tokens, items=np.zeros(50, bool)) == ()


def test_too_many_and_no_cosine_are_told(tokens, monkeypatch):
    with pytest.raises(ValueError, match=r"from one in \(0, 1\]"):
        near_duplicates(tokens, threshold=1.5)
    monkeypatch.setattr(module, "MOST", 10)
    with pytest.raises(ValueError, match=r"50 items.*choose a class"):
        near_duplicates(tokens)


def test_what_counts_as_alike_does_not_hang_on_the_photos_that_are_asked(tokens):
    """Of copies alone, or of copies and one that is unlike, the mean would be the copies themselves."""
    for chosen, expected in (
        ((3, 7, 30), ((3, 7, 30),)),
        ((3, 7), ((3, 7),)),
        ((0, 1, 2), ()),
        ((3, 7, 12), ((3, 7),)),
    ):
        assert near_duplicates(tokens, items=np.isin(np.arange(50), chosen)) == expected


def test_two_unlike_photos_beside_one_far_from_both_are_no_copies(tmp_path):
    """The mean of the three lies towards the far one: less that mean, the others would look the same."""
    A = np.random.default_rng(0).standard_normal((50, 16))
    A[2] *= 50
    tokens = write_token_file(tmp_path / "a.bin", [A], places=1)
    assert near_duplicates(tokens, items=np.arange(50) < 3) == ()
