"""Near-duplicates: planted copies are grouped, others are not, and a list of files keeps one of each."""

import numpy as np
import pytest

from concepts.token_search import near_duplicates as module
from concepts.token_search import write_token_file
from concepts.token_search.near_duplicates import near_duplicates, without_repeats


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
    monkeypatch.setattr(module, "BLOCK", block)
    assert near_duplicates(tokens) == ((3, 7, 30), (40, 41))
    items = np.arange(50) >= 7
    assert near_duplicates(tokens, items=items) == ((7, 30), (40, 41))


def test_one_of_each_is_kept(tokens):
    kept = without_repeats(50, near_duplicates(tokens))
    assert len(kept) == 47
    assert not {7, 30, 41} & set(kept)


def test_too_many_and_no_cosine_are_told(tokens, monkeypatch):
    with pytest.raises(ValueError, match="choose a class"):
        near_duplicates(tokens, threshold=1.5)
    monkeypatch.setattr(module, "MOST", 10)
    with pytest.raises(ValueError, match="50 items"):
        near_duplicates(tokens)
