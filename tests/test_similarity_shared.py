"""Words point at the right photo among four, on real photos: better than any control could."""

import pytest
import torch

from tests.support.haystack import FOUND, Haystack, haystacks, open_squeezenet, recipe, shares

pytestmark = pytest.mark.shared


def test_a_haystack_lays_its_photos_row_by_row():
    photos = torch.arange(4.0)[:, None, None, None].expand(4, 3, 5, 5)
    haystack = Haystack(photos, [10, 11, 12, 13], needle=2)
    picture = haystack.picture
    assert picture.shape == (1, 3, 10, 10)
    for y, x in [(0, 0), (0, 9), (9, 0), (9, 9), (4, 5), (5, 4)]:
        assert picture[0, 0, y, x] == haystack.cell((y + 0.5) / 10, (x + 0.5) / 10)


def test_the_recipe_finds_the_photo_far_more_often_than_chance(shared):
    split, lexicon = open_squeezenet()
    found = shares(split, lexicon, side=2, n=16, half="reported", seed=5)
    assert found[recipe(*FOUND)].low > 0.5  # chance is a quarter; measured 0.97
    assert found["random point"] < 0.6


def test_the_halves_share_no_photo(shared):
    split, _ = open_squeezenet()
    chosen, reported = (
        {c for haystack in haystacks(split, side=3, n=3, half=half, seed=0) for c in haystack.classes}
        for half in ("chosen", "reported")
    )
    assert not chosen & reported
