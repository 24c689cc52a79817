"""Differences spread over several concepts: found where mixtures of normals find them, and nothing else is."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from concepts.strategies.bends import bend
from concepts.strategies.chance import bell_ratio, shuffled
from concepts.strategies.discriminant import between_sides, settled
from concepts.strategies.find import group_images
from concepts.strategies.mixtures import best_mixture, held_out
from concepts.strategies.rare import rare_groups
from concepts.strategies.valleys import Valleys, find_valleys
from tests.support.made_up_evidence import CONTINUA, GROUPS, ONE_POPULATION

N, K = 100, 10


def _grouped(phi: np.ndarray) -> np.ndarray:
    with threadpool_limits(1):
        return group_images(phi, None, 0, smallest_share=0.06, n_refits=0).labels


@pytest.fixture
def numbers() -> np.random.Generator:
    return np.random.default_rng(3)


@pytest.mark.parametrize("name", GROUPS)
def test_groups_that_differ_in_several_concepts_are_found(numbers, name):
    found = _grouped(GROUPS[name].draw(numbers, N, K))
    assert adjusted_rand_score(GROUPS[name].inside(N), found) > 0.8


@pytest.mark.parametrize("name", CONTINUA)
def test_gradual_change_is_one_strategy(numbers, name):
    assert _grouped(CONTINUA[name](numbers, N, K)).max() == 0


@pytest.mark.parametrize("name", ["log-normal", "zero-inflated", "Dirichlet"])
def test_one_population_is_one_strategy(numbers, name):
    assert _grouped(ONE_POPULATION[name](numbers, N, K)).max() == 0


def test_held_out_images_show_no_gap_that_was_fitted(numbers):
    """Two halves by chance lie apart along the direction fitted to them, in 30 dimensions; held out, they do not."""
    E, any_half = numbers.normal(size=(60, 30)), np.arange(60) < 30
    direction, middle, half = between_sides(E, any_half)
    fitted = (E @ direction - middle) / half
    along = held_out(E, any_half, numbers.permutation(60) % 5)
    assert fitted[any_half].mean() - fitted[~any_half].mean() == pytest.approx(2)
    assert abs(along[any_half].mean() - along[~any_half].mean()) < 1


def test_sides_settle_on_the_groups(numbers):
    phi, truth = GROUPS["3 deviations in 3 concepts, 30%"].draw(numbers, N, K), np.arange(N) < 30
    start = truth ^ (numbers.random(N) < 0.25)
    assert (settled(phi, start, 8) != truth).sum() < 4 < (start != truth).sum()


def test_the_best_mixture_does_not_depend_on_the_unit(numbers):
    phi, folds = GROUPS["3 deviations in 3 concepts, 30%"].draw(numbers, N, K), np.arange(N) % 5
    one, other = best_mixture(phi, 8, folds), best_mixture(4 * phi, 8, folds)
    assert one is not None
    assert other is not None
    np.testing.assert_allclose(one.along, other.along, atol=1e-6)
    assert abs(one.along[one.inside].mean()) == pytest.approx(1, abs=0.3)


def test_chance_keeps_margins_and_correlations_and_forgets_groups(numbers):
    E = np.exp(numbers.normal(size=(400, 3)) @ np.array([[1, 0.8, 0], [0, 0.6, 0], [0, 0, 1]]))
    other = shuffled(E, numbers)
    np.testing.assert_array_equal(np.sort(E, axis=0), np.sort(other, axis=0))
    given, kept = (np.corrcoef(np.argsort(np.argsort(each, axis=0), axis=0), rowvar=False) for each in (E, other))
    assert np.abs(given - kept).max() < 0.12
    apart = np.r_[E[:200], E[200:] + 50] * [1, -1, 1]
    assert not np.array_equal(apart, shuffled(apart, numbers))


def test_two_bells_are_likelier_than_one_only_where_they_are_two(numbers):
    one = numbers.normal(size=300)
    assert bell_ratio(np.r_[one[:150] - 2.2, one[150:] + 2.2]) > 30
    assert abs(bell_ratio(one)) < 4
    assert bell_ratio(np.ones(5)) == 0


def test_a_way_by_a_third_place_bends_and_groups_do_not(numbers):
    angle = np.pi * numbers.random(200)
    arc = np.c_[8 * np.cos(angle), 8 * np.sin(angle), np.zeros(200)] + numbers.normal(size=(200, 3))
    assert bend(arc, arc[:, 0], numbers) > 8
    stretched = numbers.normal(size=(200, 3)) * [1, 5, 1] @ np.array([[1, 0, 0], [0.8, 1, 0], [0, 0, 1]])
    stretched[:100] += [30, 0, 0]
    assert abs(bend(stretched, stretched[:, 0] - 15, numbers)) < 3


def test_a_rare_group_counts_only_where_no_tail_leads_to_it(numbers):
    bell, tail = numbers.normal(size=(N, 40)), numbers.exponential(size=(N, 40))
    bell[:10] += 7
    tail[:10] += 5
    rare = [rare_groups(X, find_valleys(X, 8)).mean() for X in (bell, -bell, tail)]
    assert min(rare[:2]) > 0.8
    assert rare[2] < 0.1


def test_an_even_group_is_not_rare_by_a_slight_valley(numbers):
    X = numbers.normal(size=(N, 1))
    slight = Valleys(np.array([1.0]), np.array([0.0]), np.array([9.0]))
    assert not rare_groups(X, slight).any()


@pytest.mark.parametrize("shift", [2.8, 0.0])
def test_a_shallow_valley_of_many_is_compared_with_chance(shift):
    """Two groups of 800 images that no concept alone tells: their valley is not convincing by itself."""
    phi = np.random.default_rng(0).normal(size=(800, 10))
    phi[:240, :2] += shift
    phi[:, 2:] *= 0.5
    found = group_images(phi, None, 0, smallest_share=0.06, n_refits=6).labels
    assert found.max() == (1 if shift else 0)
    assert not shift or adjusted_rand_score(np.arange(800) < 240, found) >= 0.8
