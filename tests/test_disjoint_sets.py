"""Sets that are joined: as by naming each item after its set, one pair after the other."""

import numpy as np
import pytest

from concepts.numerics.disjoint_sets import DisjointSets


@pytest.mark.parametrize("seed", range(5))
def test_sets_are_those_of_a_slow_literal_version(seed):
    rng = np.random.default_rng(seed)
    sets, name = DisjointSets(60), list(range(60))
    for _ in range(12):
        items = rng.choice(60, size=rng.integers(1, 20), replace=False)
        one, other = rng.integers(len(items), size=(2, rng.integers(0, 5)))
        sets.join(items, one, other)
        for a, b in zip(items[one], items[other], strict=True):
            name = [name[b] if each == name[a] else each for each in name]
        some = rng.integers(60, size=7)
        expected = [min(i for i in range(60) if name[i] == name[item]) for item in some]
        assert sets.firsts(some).tolist() == expected
    assert sets.firsts(np.arange(60)).tolist() == [name.index(each) for each in name]


def test_a_long_chain_is_one_set_in_whatever_order_it_is_joined():
    for step in (1, -1):
        sets = DisjointSets(200)
        for i in range(199)[::step]:
            sets.join(np.array([i, i + 1]), np.array([0]), np.array([1]))
        assert not sets.firsts(np.arange(200)).any()
