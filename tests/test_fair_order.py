"""Slots go round robin by owner: nobody starves, an owner's own order stays, one owner is served as they come."""

import random
from collections import Counter

import pytest

from concepts.engine.fair_order import Waiting, fair_order

SEEDS = range(30)


def wishes(dice: random.Random, owners: str, n: int) -> list[Waiting]:
    return [Waiting(dice.randrange(1_000), f"job {i}", dice.choice(owners)) for i in range(n)]


def next_by_hand(waiting: list[Waiting], served: dict[str, float]) -> Waiting:
    """The rule said literally: the owner served the longest ago, never counting as longest; then the oldest wish."""
    firsts = [min(wish for wish in waiting if wish.owner == owner) for owner in {wish.owner for wish in waiting}]
    return min(firsts, key=lambda wish: (served.get(wish.owner, -1), wish))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_is_the_rule_applied_again_and_again(seed):
    dice = random.Random(seed)
    waiting, served = wishes(dice, "abcd", 25), {"a": 3.0, "c": 1.0}
    rest, then, expected = list(waiting), dict(served), []
    while rest:
        wish = next_by_hand(rest, then)
        expected.append(wish)
        rest.remove(wish)
        then[wish.owner] = 10.0 + len(expected)
    assert fair_order(waiting, served) == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_one_owner_alone_is_served_as_they_come(seed):
    waiting = wishes(random.Random(seed), "a", 20)
    assert fair_order(waiting, {"a": 5.0}) == sorted(waiting) == fair_order(reversed(waiting), {})


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_starves_while_others_come_again_and_again(seed):
    """Between two turns of an owner who waits, and before the first, every other owner has at most one."""
    dice = random.Random(seed)
    waiting, served, since = [], {}, {owner: Counter() for owner in "abcd"}
    for moment in range(300):
        for _ in range(dice.randrange(3)):
            waiting.append(Waiting(moment, f"{moment}-{len(waiting)}", dice.choices("abcd", (20, 3, 1, 1))[0]))
        if not waiting:
            continue
        chosen = fair_order(waiting, served)[0]
        assert chosen == min(wish for wish in waiting if wish.owner == chosen.owner), "an owner's own order"
        waiting.remove(chosen)
        served[chosen.owner] = moment
        for owner, others in since.items():
            others[chosen.owner] += 1
            if owner == chosen.owner or all(wish.owner != owner for wish in waiting):
                others.clear()
            assert all(n <= 1 for other, n in others.items() if other != owner), (owner, others)


def test_one_job_of_another_comes_after_the_next_of_twenty():
    twenty = [Waiting(i, f"a{i}", "a") for i in range(20)]
    one = Waiting(99, "b", "b")
    assert fair_order([*twenty, one], {"a": 1.0}).index(one) == 0
    assert fair_order([*twenty, one], {"a": 1.0, "b": 2.0}).index(one) == 1


def test_who_holds_as_many_slots_as_may_comes_after_those_who_do_not():
    a, b, again = Waiting(1, "a", "a"), Waiting(2, "b", "b"), Waiting(3, "b again", "b")
    assert fair_order([a, b, again], {}, holding={"a": 1}, most=1) == [b, a, again]
    assert fair_order([a, b, again], {}, holding={"a": 1}, most=2) == [a, b, again]
    assert fair_order([a, b, again], {}, holding={"a": 1}) == [a, b, again]
