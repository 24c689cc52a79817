"""Groups known from elsewhere, such as the texts that hold a word: found where the evidence tells them apart."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from concepts.strategies import find_strategies
from concepts.strategies.find import group_images
from concepts.strategies.known import is_added, known_split

N, K, SMALLEST = 400, 10, 24
HELD = np.arange(N) < 40  # a tenth


def added(rng: np.random.Generator, apart: float = 4.0) -> np.ndarray:
    """(N, K) normal evidence; that of the tenth is moved by so many deviations, over all concepts together."""
    E = rng.normal(size=(N, K))
    E[HELD] += apart / np.sqrt(K)
    return E


def words(rng: np.random.Generator) -> np.ndarray:
    """(N, 30) bool: words that have nothing to do with the evidence."""
    return rng.random((N, 30)) < rng.uniform(0.1, 0.9, 30)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def labels(phi: np.ndarray, known: np.ndarray | None) -> np.ndarray:
    with threadpool_limits(1):
        return group_images(phi, None, 0, smallest_share=0.06, n_refits=2, known=known).labels


def test_a_tenth_that_no_valley_shows_is_found_by_its_word(rng):
    phi = added(rng)
    assert labels(phi, None).max() == 0
    assert labels(phi, words(rng)).max() == 0
    found = labels(phi, np.column_stack([words(rng), HELD]))
    assert adjusted_rand_score(HELD, found) > 0.8


def test_a_word_of_a_pattern_of_its_own_is_no_group(rng):
    E = added(rng, apart=8.0)
    E[HELD] = E[HELD].mean(axis=0) + 0.3 * rng.normal(size=(HELD.sum(), K))  # nearly the same text each time
    assert not is_added(E, HELD)
    assert known_split(E, HELD[:, None], SMALLEST, rng, 0.0) is None


def test_words_that_are_hardly_told_apart_are_no_groups(rng):
    E = added(rng, apart=2.5)
    assert is_added(E, HELD)
    assert known_split(E, HELD[:, None], SMALLEST, rng, 0.0) is None


def test_a_word_of_too_few_or_nearly_all_is_not_asked(rng):
    E = added(rng)
    few = np.arange(N) < SMALLEST - 1
    E[few] += 9
    assert known_split(E, np.column_stack([few, ~few]), SMALLEST, rng, 0.0) is None


def test_the_boundary_is_where_both_sides_are_equally_likely(rng):
    """Of two normals 4 apart, a tenth and the rest: log 9 / 4 nearer to the small one than the middle."""
    E = rng.normal(size=(40_000, 1))
    inside = np.arange(40_000) < 4_000
    E[inside] += 4
    split = known_split(E, inside[:, None], SMALLEST, rng, 0.0)
    assert (split.inside == inside).all()
    assert split.separation == pytest.approx(4, abs=0.1)
    assert split.threshold / split.direction[0] == pytest.approx(2 + np.log(9) / 4, abs=0.05)


def test_known_groups_of_another_number_of_images_are_refused(rng):
    with pytest.raises(
        ValueError, match=r"known groups of shape \(3, 2\) do not belong to importance of shape \(9, 2\)"
    ):
        find_strategies(rng.normal(size=(9, 2)), known=np.ones((3, 2), dtype=bool))
