"""Two dictionaries beside each other: what makes their concepts the same, and when they cannot be compared."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import pearsonr

from concepts.evaluation.side_by_side import (
    ALIKE,
    FEWEST,
    SAME,
    Concepts,
    correlation,
    of_report,
    side_by_side,
    similarity_word,
)
from tests.support.made_up_report import made_up_report

K, P, N = 6, 20, 40


@pytest.fixture(params=[0, 1, 2], ids="seed{}".format)
def numbers(request) -> np.random.Generator:
    return np.random.default_rng(request.param)


def concepts_of(rng, *, k=K, **changes) -> Concepts:
    photos = tuple(("garden", f"{i}.jpg") for i in range(N))
    made = Concepts(
        "one", "net", "w0", "last", "boat", "nmf", rng.random((k, P)) ** 3, rng.random((N, k)), photos, ((),) * k
    )
    return replace(made, **changes)


def test_a_dictionary_in_another_order_and_scale_matches_itself(numbers):
    a = concepts_of(numbers)
    order, scale = numbers.permutation(K), numbers.uniform(1e-20, 1e20, (K, 1))
    found = side_by_side(a, replace(a, components=a.components[order] * scale))
    assert found.measure == "cosine"
    np.testing.assert_allclose(found.matching.cosines, 1)
    assert all(order[second] == first for first, second in found.matching.pairs)
    assert found.left_over == ((), ())
    assert found.n_shared == K
    assert found.apart < 0.95


@pytest.mark.parametrize(("method", "similarity"), [("pca", 1), ("nmf", -1)])
def test_the_sign_is_left_aside_where_codes_have_one(numbers, method, similarity):
    a = concepts_of(numbers, k=1, method=method)
    found = side_by_side(a, replace(a, components=-a.components))
    assert found.matching.cosines == pytest.approx([similarity])
    assert found.signed == (method == "pca")


def test_a_method_that_is_not_known_here_has_no_sign(numbers):
    a = concepts_of(numbers, k=1, method="of a later program")
    assert not side_by_side(a, a).signed


def test_concepts_without_a_partner_are_named(numbers):
    a = concepts_of(numbers)
    found = side_by_side(a, replace(a, components=a.components[[4, 1]]))
    assert sorted(found.matching.pairs) == [(1, 1), (4, 0)]
    assert found.left_over == ((0, 2, 3, 5), ())


def test_another_layer_is_matched_by_the_photos_in_which_concepts_are_active(numbers):
    a = concepts_of(numbers)
    order, photos = numbers.permutation(K), numbers.permutation(N)[:25]
    b = replace(
        concepts_of(numbers, layer="earlier"),
        photos=(*(a.photos[i] for i in photos), ("garden", "new.jpg")),
        activity=np.vstack([3 * a.activity[photos][:, order] + 7, np.full(K, 100.0)]),  # the last is in one only
    )
    found = side_by_side(a, b)
    assert (found.measure, found.n_photos) == ("correlation", 25)
    np.testing.assert_allclose(found.matching.cosines, 1)
    assert all(order[second] == first for first, second in found.matching.pairs)


@pytest.mark.parametrize("change", [{"layer": "x"}, {"weights": "x"}, {"components": np.eye(K, P + 1)}])
def test_atoms_are_compared_in_one_space_only(numbers, change):
    a = concepts_of(numbers)
    assert side_by_side(a, replace(a, **change)).measure == "correlation"


def test_correlation_is_pearsons(numbers):
    X, Y = numbers.random((12, 3)), numbers.random((12, 2))
    literal = [[pearsonr(X[:, i], Y[:, j]).statistic for j in range(2)] for i in range(3)]
    np.testing.assert_allclose(correlation(X, Y), literal)
    X[:, 1] = 5
    np.testing.assert_array_equal(correlation(X, Y)[1], 0)


def test_too_few_shared_photos_are_told_with_their_number(numbers):
    a, b = concepts_of(numbers), concepts_of(numbers, layer="earlier")
    enough = (*a.photos[:FEWEST], *(("elsewhere", name) for _, name in a.photos[FEWEST:]))
    assert side_by_side(a, replace(b, photos=enough)).n_photos == FEWEST
    with pytest.raises(ValueError, match=rf"layer earlier.* {FEWEST - 1} photos are in both.* {FEWEST} are needed"):
        side_by_side(a, replace(b, photos=(*enough[: FEWEST - 1], *(("elsewhere", name) for _, name in b.photos[9:]))))


def test_no_maps_is_told_as_well(numbers):
    a = concepts_of(numbers)
    with pytest.raises(ValueError, match="“two” keeps no concept maps"):
        side_by_side(a, replace(a, layer="earlier", activity=None, name="two"))


def test_words_begin_at_their_borders():
    assert [similarity_word(v) for v in (1, SAME, SAME - 1e-9, ALIKE, ALIKE - 1e-9, -1)] == [
        "the same", "the same", "alike", "alike", "different", "different",
    ]  # fmt: skip


def test_the_activity_of_a_report_is_the_peak_of_its_maps(tmp_path):
    report = made_up_report(n=12)
    expected = np.abs(report.array("maps")).max(axis=(1, 2))
    stored = type(report).load(report.save(tmp_path / "first"))
    for each in (report, stored):
        found = of_report(each)
        np.testing.assert_array_equal(found.activity, expected)
        assert len(found.crops) == len(found) == 8
        assert found.photos[0] == ("made-up shapes", report.data.images[0].name)
    assert of_report(made_up_report(n=12, grid=False)).activity is None
