"""All that is alike is joined and nothing else, whatever is passed over on the way."""

import numpy as np
import pytest

from concepts.token_search import short_vectors as short_module
from concepts.token_search import tight_blocks as blocks_module
from concepts.token_search.alike_join import join_alike
from concepts.token_search.near_duplicates import groups_of
from concepts.token_search.short_vectors import short_vectors
from concepts.token_search.tight_blocks import Block, near_blocks, tight_blocks
from tests.support.connected import connected

THRESHOLD = 0.98


@pytest.fixture(params=[0, 1, 2])
def rng(request):
    return np.random.default_rng(request.param)


def unit_rows(x):
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32)


def turned(x, cosine, rng):
    """Unit rows (n, p) at exactly that cosine to these, in random directions."""
    aside = rng.standard_normal(x.shape)
    aside -= (aside * x).sum(axis=1, keepdims=True) * x
    return cosine * x + np.sqrt(1 - cosine**2) * aside / np.linalg.norm(aside, axis=1, keepdims=True)


def scattered(rng, *, p=24):
    """Rows with all that there is: a flat spectrum and a steep one, copies, ties at the threshold, just below it, and
    chains whose ends are not alike."""
    x = unit_rows(rng.standard_normal((120, p)) * 0.9 ** np.arange(p)).astype(float)
    chain = [x[:3]]
    for _ in range(6):
        chain.append(turned(chain[-1], 0.985, rng))
    parts = [x, x[:10], turned(x[10:30], THRESHOLD, rng), turned(x[30:50], THRESHOLD - 1e-4, rng), *chain[1:]]
    return rng.permutation(unit_rows(np.concatenate(parts)))


@pytest.mark.parametrize(("most", "short", "sides"), [(1024, 48, 16), (16, 48, 16), (7, 3, 2), (1, 1, 1), (40, 8, 3)])
def test_groups_are_those_of_all_pairs(rng, monkeypatch, most, short, sides):
    monkeypatch.setattr(blocks_module, "MOST", most)
    monkeypatch.setattr(blocks_module, "SIDES", sides)
    monkeypatch.setattr(short_module, "SHORT", short)
    x = scattered(rng)
    exact = x.astype(float) @ x.astype(float).T
    assert (np.abs(exact - (THRESHOLD - 1e-6)) > 2e-7).all()  # nothing hangs on rounding
    found = join_alike(x, THRESHOLD)
    expected = connected(exact >= THRESHOLD - 1e-6)
    assert groups_of(found.firsts, np.arange(len(x))) == expected
    assert len(expected) > 20
    assert any((exact[np.ix_(group, group)] < 0.96).any() for group in expected)  # a chain


@pytest.mark.parametrize("threshold", [0.05, 0.5, 0.9, 0.999, 1.0])
def test_any_threshold(rng, monkeypatch, threshold):
    monkeypatch.setattr(blocks_module, "MOST", 16)
    x = unit_rows(rng.standard_normal((200, 12)) + 0.7)
    x[50:60] = x[:10]
    expected = connected(x.astype(float) @ x.astype(float).T >= threshold - 1e-6)
    assert groups_of(join_alike(x, threshold).firsts, np.arange(200)) == expected
    assert expected


def test_short_vectors_are_of_length_1_and_never_further_apart(rng, monkeypatch):
    monkeypatch.setattr(short_module, "SHORT", 5)
    monkeypatch.setattr(short_module, "CHUNK", 100)
    x = scattered(rng)
    z = short_vectors(x)
    assert z.shape == (len(x), 6)
    np.testing.assert_allclose(np.linalg.norm(z, axis=1), 1, atol=1e-6)
    full, short = x.astype(float) @ x.astype(float).T, z.astype(float) @ z.astype(float).T
    assert (short >= full - 1e-6).all()
    assert (short - full > 0.1).any()


def test_what_the_directions_leave_tells_apart_too(rng):
    """In the sample one axis is seen alone; a row between it and another one differs by what that axis leaves."""
    x = np.zeros((40, 2), np.float32)
    x[:, 0] = 1
    x = np.concatenate([x, unit_rows(np.array([[1.0, 1.0]]))])
    z = short_vectors(x)
    assert z[0] @ z[-1] == pytest.approx(np.sqrt(0.5), abs=1e-6)


def test_as_many_directions_as_channels_change_no_cosine(rng):
    x = scattered(rng)
    z = short_vectors(x)
    np.testing.assert_allclose(z @ z.T, x @ x.T, atol=1e-5)


def test_directions_follow_what_is_long(rng):
    """Of rows in a plane, two directions hold all but noise."""
    plane = rng.standard_normal((500, 2)) @ rng.standard_normal((2, 100))
    z = short_vectors(unit_rows(plane + 0.01 * rng.standard_normal((500, 100))))
    assert (np.square(z[:, :2]).sum(axis=1) > 0.9).mean() > 0.9


def test_blocks_hold_each_point_once_and_leave_out_only_what_is_far(rng, monkeypatch):
    monkeypatch.setattr(blocks_module, "MOST", 20)
    points = rng.standard_normal((300, 4)).astype(np.float32)
    blocks, reach = tight_blocks(points), 0.6
    assert sorted(np.concatenate([block.items for block in blocks]).tolist()) == list(range(300))
    assert max(len(block.items) for block in blocks) <= 20
    kept = np.zeros((300, 300), bool)
    for i, others in enumerate(near_blocks(blocks, reach)):
        for j in others:
            one = blocks[i].near(blocks[j], reach)
            np.testing.assert_array_equal(one.points, points[one.items])
            kept[np.ix_(one.items, blocks[j].items)] = True
    close = np.linalg.norm(points[:, None] - points, axis=2) <= reach
    assert not (close & ~(kept | kept.T)).any()
    assert (kept | kept.T).mean() < 0.5


def test_a_box_s_corners_and_sides_count_as_near():
    one = Block(np.arange(3), np.array([[0, 0], [1, 1], [3, 0]], np.float32))
    other = Block(np.arange(3, 5), np.array([[1.5, 1], [2, 2]], np.float32))
    assert one.near(other, 0.5).items.tolist() == [1]
    assert one.near(other, 0.49).items.tolist() == []
    assert one.near(other, 1.5).items.tolist() == [1, 2]
    assert one.near(one, 0) is one
    assert [each.tolist() for each in near_blocks([other, one], 0.01)] == [[0, 1], [1]]
    apart = Block(np.arange(1), np.array([[-0.6, 0]], np.float32))
    assert [each.tolist() for each in near_blocks([apart, one], 0.59)] == [[0], [1]]


def test_most_pairs_of_scattered_rows_are_passed_over(rng, monkeypatch):
    monkeypatch.setattr(blocks_module, "MOST", 64)
    x = unit_rows(rng.standard_normal((4000, 64)) * 0.8 ** np.arange(64))
    found = join_alike(x, THRESHOLD)
    assert found.short < 0.3 * 4000**2 / 2
    assert found.full < 0.01 * 4000**2 / 2


def test_of_what_is_in_one_group_already_nothing_is_compared_again(rng, monkeypatch):
    """4,000 frames of one film among 500 other photos have 8 million pairs; all but some blocks of them are idle."""
    monkeypatch.setattr(blocks_module, "MOST", 64)
    film = rng.standard_normal(32) + 0.02 * rng.standard_normal((4000, 32))
    x = unit_rows(rng.permutation(np.concatenate([film, rng.standard_normal((500, 32))])))
    found = join_alike(x, THRESHOLD)
    assert np.bincount(found.firsts).max() == 4000
    assert found.full < 0.05 * 4000**2
    assert found.short < 0.15 * 4000**2


def test_progress_rises_to_1(rng, monkeypatch):
    monkeypatch.setattr(blocks_module, "MOST", 32)
    told = []
    join_alike(scattered(rng), THRESHOLD, progress=told.append)
    assert told == sorted(told)
    assert told[0] > 0
    assert told[-1] == 1


def test_one_row_and_two():
    assert join_alike(np.ones((1, 1), np.float32), THRESHOLD).firsts.tolist() == [0]
    assert join_alike(np.ones((2, 1), np.float32), THRESHOLD).firsts.tolist() == [0, 0]
    assert join_alike(np.array([[1], [-1]], np.float32), THRESHOLD).firsts.tolist() == [0, 1]
