"""Similarity maps: cosines, what centring and removing redundancy do, conditions, agreement, segments."""

import math

import pytest
import torch
from scipy.stats import spearmanr

from attribution.similarity import (
    centre_of,
    conditional_map,
    map_agreement,
    mean_query,
    nearest_query,
    place_similarities,
    query_weights,
    segmentation,
    segments,
    similarity_map,
    similarity_maps,
    stack_queries,
    unit_range,
    upsample,
    value_range,
)


@pytest.fixture
def tokens(rng):
    return torch.randn(4, 5, 7, generator=rng, dtype=torch.float64)


def literal_cosine(a, b):
    dot = sum(float(x) * float(y) for x, y in zip(a, b, strict=True))
    return dot / math.sqrt(sum(float(x) ** 2 for x in a) * sum(float(y) ** 2 for y in b))


def test_it_is_the_cosine_of_every_place(tokens):
    query = tokens[1, 2] + 0.3
    found = similarity_map(tokens, query)
    assert found.shape == (4, 5)
    for row in range(4):
        for column in range(5):
            assert found[row, column] == pytest.approx(literal_cosine(tokens[row, column], query), abs=1e-12)


def test_length_does_not_matter_and_a_place_is_like_itself(tokens):
    found = similarity_map(tokens, tokens[3, 1])
    torch.testing.assert_close(found, similarity_map(tokens * 5, tokens[3, 1] / 9))
    assert found.argmax() == 3 * 5 + 1
    assert found.max() == pytest.approx(1)


def test_a_place_without_activation_is_like_nothing(tokens):
    tokens[0, 0] = 0
    assert similarity_map(tokens, tokens[1, 1])[0, 0] == 0


def test_several_queries_are_one_after_another(tokens):
    queries = tokens[0, :3]
    together = similarity_maps(tokens, queries)
    for j, query in enumerate(queries):
        torch.testing.assert_close(together[..., j], similarity_map(tokens, query))


def test_centred_maps_do_not_see_what_all_places_share(tokens):
    shared = torch.full((7,), 50.0, dtype=torch.float64)
    plain = similarity_maps(tokens, tokens[0, :2], centre=centre_of(tokens))
    moved = tokens + shared
    torch.testing.assert_close(similarity_maps(moved, moved[0, :2], centre=centre_of(moved)), plain)
    assert similarity_map(moved, moved[0, 0]).min() > 0.9  # without it every place is like every other


def test_what_all_queries_share_is_removed_literally(tokens, rng):
    queries = torch.randn(3, 7, generator=rng, dtype=torch.float64)
    weights = query_weights(tokens, queries)
    found = similarity_maps(tokens, queries, weights=weights)
    a = torch.nn.functional.normalize(tokens, dim=-1)
    q = torch.nn.functional.normalize(queries, dim=-1)
    features = a[..., None, :] * q * weights[:, None]  # (h, w, q, p), as CLIP Surgery writes it
    literal = (features - features.mean(dim=-2, keepdim=True)).sum(dim=-1)
    torch.testing.assert_close(found, literal)


def test_queries_that_are_all_the_same_leave_nothing(tokens):
    queries = tokens[0, 0].repeat(3, 1)
    torch.testing.assert_close(
        similarity_maps(tokens, queries, weights=query_weights(tokens, queries)),
        torch.zeros(4, 5, 3, dtype=torch.float64),
        atol=1e-12,
        rtol=0,
    )


def test_the_weights_follow_what_the_picture_shows(tokens):
    query = centre_of(tokens)
    weights = query_weights(tokens, torch.stack([query, -query]))
    assert weights[0] > weights[1]
    assert weights.mean() == pytest.approx(1)


def test_a_condition_reweights_the_space():
    colour, shape = torch.eye(2, dtype=torch.float64)
    red_round = torch.tensor([1.0, 1.0], dtype=torch.float64)
    places = torch.stack([torch.stack([colour + 0.1 * shape, 0.2 * colour + shape])])  # (1, 2, 2)
    plain = conditional_map(places, red_round, colour[None], strength=0)
    torch.testing.assert_close(plain, similarity_map(places, red_round))
    only = conditional_map(places, red_round, torch.stack([colour, 2 * colour]), strength=1)
    torch.testing.assert_close(only, torch.ones(1, 2, dtype=torch.float64))
    toward_shape = conditional_map(places, red_round, shape[None], strength=0.9)
    assert toward_shape[0, 1] >= toward_shape[0, 0]


def test_a_condition_of_everything_changes_nothing(tokens):
    query = tokens[2, 2]
    everything = torch.eye(7, dtype=torch.float64)
    torch.testing.assert_close(conditional_map(tokens, query, everything, 0.7), similarity_map(tokens, query))


def test_agreement_is_spearmans_correlation(tokens):
    first, second = tokens[..., 0], tokens[..., 1].round(decimals=0)  # the second has ties
    expected = spearmanr(first.flatten(), second.flatten()).statistic
    assert map_agreement(first, second) == pytest.approx(expected, abs=1e-12)
    assert map_agreement(first, first.exp()) == pytest.approx(1)  # ranks only
    assert map_agreement(first, -first) == pytest.approx(-1)


def test_maps_of_two_grids_can_be_compared():
    ramp = torch.linspace(0, 1, 12, dtype=torch.float64).expand(12, 12)
    assert map_agreement(ramp, unit_range(ramp[::2, ::2])) > 0.99


def test_segments_take_the_best_query_or_none():
    maps = torch.tensor([[[0.9, 0.1], [0.2, 0.6], [0.1, 0.2], [0.7, 0.7]]])
    assert segments(maps, 0.5).tolist() == [[0, 1, -1, 0]]


def test_display_keeps_order_and_range(tokens):
    similarity = similarity_map(tokens, tokens[0, 0])
    shown = unit_range(similarity)
    assert shown.min() == 0
    assert shown.max() == 1
    assert shown.argmax() == similarity.argmax()
    assert not unit_range(torch.full((2, 2), 0.4)).any()
    assert upsample(similarity, (16, 20)).shape == (16, 20)


def test_a_box_is_the_mean_of_its_unit_tokens(tokens):
    places = [(0, 0), (0, 1)]
    literal = sum(tokens[r, c] / tokens[r, c].norm() for r, c in places) / 2
    torch.testing.assert_close(mean_query(tokens, places), literal)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda a: similarity_map(a, torch.ones(6)), "tokens have 7 channels, the query has 6"),
        (lambda a: similarity_map(a, torch.zeros(7)), "all zeros"),
        (lambda a: similarity_maps(a, a[0, :1], weights=torch.ones(1)), "at least two queries"),
        (lambda a: conditional_map(a, a[0, 0], a[0, :1], 1.5), "strength is 1.5"),
        (lambda a: mean_query(a, [(0, 9)]), "within 4 × 5"),
        (lambda a: mean_query(a, []), "at least one"),
    ],
)
def test_bad_input_is_told(tokens, call, message):
    with pytest.raises(ValueError, match=message):
        call(tokens)


def test_a_condition_that_says_nothing_of_the_query_is_told():
    with pytest.raises(ValueError, match="nothing in the direction"):
        conditional_map(torch.ones(2, 2, 2), torch.tensor([1.0, 0.0]), torch.tensor([[0.0, 1.0]]))


def test_directions_are_stacked_as_the_first_is_stored(rng):
    first, second = torch.randn(7, generator=rng, dtype=torch.float64), torch.randn(7, generator=rng)
    found = stack_queries([first, second])
    assert found.dtype == torch.float64
    torch.testing.assert_close(found, torch.stack([first, second.double()]))


def test_segments_of_orthogonal_directions_are_where_they_point():
    places = torch.tensor([[0, 0, 1], [2, 1, 1]])
    tokens = torch.eye(3, dtype=torch.float64)[places] * torch.tensor([[[3.0], [1], [2]], [[5], [1], [1]]])
    found, shares = segmentation(tokens, torch.eye(3, dtype=torch.float64))
    assert found.tolist() == places.tolist()
    assert shares == pytest.approx([2 / 6, 3 / 6, 1 / 6])
    nowhere, none = segmentation(tokens, torch.eye(3, dtype=torch.float64), threshold=1.01)
    assert (nowhere == -1).all()
    assert none == [0, 0, 0]


def test_the_nearest_query_has_the_largest_cosine_not_the_largest_product(rng):
    tokens, queries = (torch.randn(n, 7, generator=rng, dtype=torch.float64) for n in (9, 4))
    expected = [max(range(4), key=lambda q: literal_cosine(token, queries[q])) for token in tokens]
    assert nearest_query(tokens, queries) == expected
    assert nearest_query(tokens, queries * torch.tensor([[1.0], [100], [0.01], [7]])) == expected


def test_places_are_compared_with_those_of_the_photo_and_of_others(tokens, rng):
    other = torch.randn(2, 3, 7, generator=rng, dtype=torch.float64)
    tokens = tokens.clone()
    tokens[1, 2] = 0
    found = place_similarities([tokens, other])
    flat, beside = tokens.reshape(-1, 7), torch.cat([tokens.reshape(-1, 7), other.reshape(-1, 7)])
    assert found.shape == (20, 26)
    assert (found[7] == 0)[:20].sum() >= 1
    assert found[7, 7] == 0
    for i in (0, 13):
        for j in (1, 19, 20, 25):
            assert found[i, j] == pytest.approx(literal_cosine(flat[i], beside[j]), abs=1e-9)
    torch.testing.assert_close(found[:7, :7], found[:7, :7].T)


def test_the_range_of_a_map_is_its_ends(tokens):
    values = tokens.flatten().tolist()
    assert value_range(tokens[..., 0] * 0 + 3) == (3, 3)
    assert value_range(tokens.reshape(20, 7)) == (min(values), max(values))
