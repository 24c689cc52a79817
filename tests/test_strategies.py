"""Strategies: known groups come back, one hump stays one, whatever its shape, order and unit."""

import hashlib
import os
import subprocess
import sys
import warnings

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from concepts.strategies import find_strategies
from concepts.strategies.evidence import concept_weights, evidence_of, pooled_codes, standardise
from concepts.strategies.find import group_images
from concepts.strategies.layout import crossing_links, fuzzy_graph, nearest_neighbours
from concepts.strategies.patterns import N_PATTERNS, pattern_evidence
from concepts.strategies.splits import GroupSplit, assign, sharpened
from concepts.strategies.valleys import excess, find_valleys, spread
from pages.figures.graph import graph_figure
from tests.support.made_up_report import made_up_report
from tests.support.places import ROOT

ONE_HUMP = {
    "normal": lambda rng, n, k: rng.normal(size=(n, k)),
    "correlated": lambda rng, n, k: rng.normal(size=(n, k)) @ rng.normal(size=(k, k)),
    "elongated": lambda rng, n, k: rng.normal(size=(n, k)) * np.r_[9, np.ones(k - 1)] @ _rotation(rng, k),
    "gamma": lambda rng, n, k: rng.gamma(2, size=(n, k)),
    "log-normal": lambda rng, n, k: np.exp(0.7 * rng.normal(size=(n, k))),
    "student": lambda rng, n, k: rng.standard_t(3, size=(n, k)),
    "uniform": lambda rng, n, k: rng.random((n, k)),
}


def _rotation(rng, k):
    return np.linalg.qr(rng.normal(size=(k, k)))[0]


def _quick(phi, codes=None):
    """Labels without the refits, which only measure agreement, and without the layout, which is only for drawing."""
    with threadpool_limits(1):
        return group_images(phi, codes, 0, smallest_share=0.06, n_refits=0).labels


def _f1(labels, marked):
    return max(
        2 * (marked & (labels == s)).sum() / (marked.sum() + (labels == s).sum()) for s in range(labels.max() + 1)
    )


@pytest.fixture(params=[0, 1], ids="seed{}".format)
def numbers(request) -> np.random.Generator:
    return np.random.default_rng(request.param)


def _blobs(rng, n_groups, n, k, *, spread_out):
    """Groups of unequal size, eight standard deviations apart in one concept each, or in all of them."""
    sizes = np.linspace(1, 2.5, n_groups)
    y = rng.choice(n_groups, n, p=sizes / sizes.sum())
    centres = 8 * np.eye(n_groups, k)
    return (centres @ _rotation(rng, k) if spread_out else centres)[y] + rng.normal(size=(n, k)), y


@pytest.mark.parametrize("spread_out", [False, True], ids=["one concept each", "several concepts each"])
@pytest.mark.parametrize(("n_groups", "k"), [(2, 5), (3, 10), (5, 25)])
def test_known_groups_come_back(numbers, n_groups, k, spread_out):
    phi, y = _blobs(numbers, n_groups, 300, k, spread_out=spread_out)
    labels = _quick(phi)
    assert labels.max() + 1 == n_groups
    assert adjusted_rand_score(y, labels) > 0.95


@pytest.mark.parametrize("shape", ONE_HUMP)
@pytest.mark.parametrize(("n", "k"), [(60, 10), (250, 25)])
def test_one_hump_of_any_shape_is_one_strategy(numbers, shape, n, k):
    assert _quick(ONE_HUMP[shape](numbers, n, k)).max() == 0


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.1, 0.3, 0.6])
def test_a_concept_switched_on_in_some_images_is_found(numbers, share):
    phi = numbers.normal(size=(250, 15))
    marked = np.arange(250) < 250 * share
    phi[marked, 4] += 8
    found = find_strategies(phi, n_refits=3)
    s = int(np.argmax([_f1(np.where(found.labels == s, 0, -1), marked) for s in range(found.n_strategies)]))
    assert found.n_strategies == 2
    assert _f1(found.labels, marked) > 0.95
    assert found.table["concepts"][s][0] == 4
    assert marked[found.table["medoid"][s]]
    assert found.table["suspicion"][s] > 0.9
    assert found.table["effect"][s] == pytest.approx(8, abs=1)
    assert found.agreement.mean > 0.95


def test_far_images_are_outliers_not_a_strategy(numbers):
    phi = numbers.normal(size=(200, 8))
    phi[:3] += 15 * np.eye(3, 8)
    labels = _quick(phi)
    assert labels.max() == 0
    assert (labels[:3] == -1).all()
    assert (labels[3:] == -1).sum() <= 1


def test_a_small_part_counts_by_its_peak(numbers):
    """A mark in 3 of 100 places, lost in the mean of noisy codes, makes a strategy through the codes."""
    codes = numbers.gamma(1.0, numbers.gamma(20, 1 / 20, size=(200, 1, 6)), size=(200, 100, 6))
    codes[:40, :5, 2] += 12
    marked = np.arange(200) < 40
    phi = codes.mean(axis=1) * np.array([1, -1, 0.5, 1, 2, 1])
    assert _quick(phi).max() == 0
    assert _f1(_quick(phi, codes.reshape(200, 10, 10, 6)), marked) > 0.95


def _marked_codes(rng, n=200, share=0.1, k=10):
    """Codes (n, 10, 10, k) whose marked images hold the same mixture of common concepts in 4 neighbouring places."""
    codes = rng.gamma(1.0, size=(n, 10, 10, k))
    mark, at = np.array([3.5] * 7 + [0.1] * (k - 7)), rng.integers(0, 9, size=(n, 2))
    marked = np.arange(n) < share * n
    for i in np.flatnonzero(marked):
        y, x = at[i]
        codes[i, y : y + 2, x : x + 2] = mark * (1 + 0.05 * rng.normal(size=(2, 2, k)))
    return codes, marked


@pytest.mark.slow
def test_a_rare_mark_without_a_concept_of_its_own_is_found_by_its_pattern(numbers):
    codes, marked = _marked_codes(numbers)
    phi = codes.mean(axis=(1, 2))
    evidence = evidence_of(phi, codes)
    views, patterns = (find_valleys(X, 12) for X in (evidence.views, evidence.patterns))
    assert excess(views.ratio, views.separation, 200).max() < 0  # no concept shows it
    assert excess(patterns.ratio, patterns.separation, 200).max() > 20
    assert _f1(_quick(phi, codes), marked) > 0.95
    assert find_strategies(phi, codes, n_refits=4).agreement.mean > 0.9


@pytest.mark.slow
def test_a_mark_that_the_head_does_not_use_is_found(numbers):
    codes = numbers.gamma(1.0, size=(200, 100, 6))
    codes[:40, :5, 2] += 12
    found = find_strategies(codes.mean(axis=1) * [1, -1, 0, 1, 2, 1], codes, n_refits=0)
    assert _f1(found.labels, np.arange(200) < 40) > 0.95
    assert found.table["effect"].abs().min() < 1e-12  # and said to count for nothing


CODES = {
    "gamma": lambda rng, n, k: rng.gamma(0.3, size=(n, 7, 7, k)),
    "log-normal": lambda rng, n, k: np.exp(rng.normal(size=(n, 7, 7, k))),
    "rectified": lambda rng, n, k: np.maximum(rng.normal(size=(n, 7, 7, k)) + rng.normal(size=(n, 1, 1, k)) - 1, 0),
    "signed": lambda rng, n, k: rng.normal(size=(n, 7, 7, k)),
    "one-hot": lambda rng, n, k: np.eye(k)[rng.normal(size=(n, 7, 7, k)).argmax(axis=-1)],
    "heavy": lambda rng, n, k: np.abs(rng.standard_t(3, size=(n, 7, 7, k))),
}


@pytest.mark.parametrize("shape", CODES)
@pytest.mark.parametrize("k", [5, 15])
def test_codes_without_groups_are_one_strategy(numbers, shape, k):
    codes = CODES[shape](numbers, 200, k)
    assert _quick(codes.mean(axis=(1, 2)) * numbers.normal(size=k), codes).max() == 0


@pytest.mark.slow
def test_with_codes_nothing_depends_on_order_or_unit(numbers):
    codes, _ = _marked_codes(numbers)
    phi = codes.mean(axis=(1, 2))
    images, concepts = numbers.permutation(200), numbers.permutation(10)
    labels = _quick(phi, codes)
    np.testing.assert_array_equal(labels[images], _quick(phi[images], codes[images]))
    assert adjusted_rand_score(labels, _quick(phi[:, concepts], codes[..., concepts])) > 0.9  # but for rounding
    np.testing.assert_array_equal(labels, _quick(4 * phi, codes * np.array([1, 2, 4, 8, 1, 1, 0.5, 1, 1, 1])))


# ---- numbers that are equal


@pytest.mark.parametrize("n", [30, 200])
def test_absent_or_present_at_one_strength_are_two_strategies(numbers, n):
    phi = np.zeros((n, 4))
    phi[:, 0] = numbers.normal(5, 0.1, size=n)
    present = np.arange(n) < n // 2
    phi[present, 2] = 3.0
    assert adjusted_rand_score(present, _quick(phi)) == 1
    codes = np.broadcast_to(phi[:, None, None], (n, 3, 3, 4))
    assert adjusted_rand_score(present, _quick(phi * [1, 0, 0, 0], codes)) == 1


@pytest.mark.parametrize("mean", [1, 3, 10])
def test_between_whole_numbers_is_no_valley(numbers, mean):
    phi = numbers.poisson(mean, size=(250, 8)).astype(float)
    assert _quick(phi).max() == 0
    assert _quick(0.3 * phi).max() == 0


def test_whole_numbers_in_two_humps_are_two_strategies(numbers):
    phi = numbers.poisson(3, size=(250, 8)).astype(float)
    marked = np.arange(250) < 60
    phi[marked, 1] += 25
    assert _f1(_quick(phi), marked) > 0.95


def test_exact_zeros_among_small_numbers_are_no_strategy(numbers):
    phi = np.maximum(numbers.normal(size=(250, 8)), 0)
    assert _quick(phi).max() == 0
    assert _quick(phi, np.broadcast_to(phi[:, None, None], (250, 3, 3, 8))).max() == 0


@pytest.fixture
def umap_is_there():
    """Its first import warns that TensorFlow is missing, which is no warning of ours."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import umap  # noqa: F401


@pytest.mark.filterwarnings("error")
def test_equal_numbers_make_no_warning_and_no_nan(umap_is_there):
    X = np.zeros((40, 5))
    X[:, 1] = 7.3
    X[20:, 2] = 1
    X[:, 3] = np.arange(40) % 4
    X[5, 4] = 1e-300
    valleys = find_valleys(X, 8)
    assert np.isfinite([valleys.ratio, valleys.threshold, valleys.separation]).all()
    assert (excess(valleys.ratio, valleys.separation, 40) > 0).tolist() == [False, False, True, False, False]
    assert find_strategies(X, n_refits=2).n_strategies == 2


def test_spread_numbers_stay_in_order_and_in_their_step(numbers):
    x = np.sort(numbers.poisson(4, size=200).astype(float))[:, None]
    even = spread(
        np.c_[x, numbers.normal(size=(200, 1)).cumsum(axis=0) * 0 + np.sort(numbers.normal(size=(200, 1)), 0)]
    )
    assert (np.diff(even[:, 0]) > 0).all()
    np.testing.assert_array_equal(even[:, 0].round(), x[:, 0])


def test_an_unsure_grouping_is_one_strategy(monkeypatch, numbers):
    """Refits that split elsewhere take the grouping back; refits that agree leave it."""
    from concepts.strategies import find

    phi, _ = _blobs(numbers, 2, 100, 5, spread_out=False)
    assert find_strategies(phi, n_refits=3).n_strategies == 2
    grown = find.grow
    monkeypatch.setattr(find, "grow", lambda e, rows, *rest, more=0.0: grown(e, rows, *rest) if len(rows) == 100 else 0)
    found = find_strategies(phi, n_refits=3)
    assert found.n_strategies == 1
    assert found.agreement.mean == 1  # every refit found one


@pytest.mark.slow
def test_nothing_depends_on_order_or_unit(numbers):
    phi, _ = _blobs(numbers, 3, 120, 8, spread_out=True)
    images, concepts = numbers.permutation(120), numbers.permutation(8)
    labels = _quick(phi)
    assert adjusted_rand_score(labels[images], _quick(phi[images])) == 1
    assert adjusted_rand_score(labels, _quick(phi[:, concepts])) == 1
    np.testing.assert_array_equal(labels, _quick(10 * phi))
    unclear = phi + 1.2 * numbers.normal(size=phi.shape)  # refits differ, by the same images in any order
    again = find_strategies(unclear[images], n_refits=2).agreement
    assert find_strategies(unclear, n_refits=2).agreement == pytest.approx(again)


def test_the_same_seed_gives_the_same_result(numbers):
    phi, _ = _blobs(numbers, 2, 120, 5, spread_out=False)
    a, b = find_strategies(phi, seed=3, n_refits=2), find_strategies(phi, seed=3, n_refits=2)
    np.testing.assert_array_equal(a.embedding, b.embedding)
    np.testing.assert_array_equal(a.labels, b.labels)
    assert a.agreement == b.agreement
    assert a.embedding_kind == "UMAP"


def test_separate_groups_lie_apart_in_the_layout(numbers):
    phi, y = _blobs(numbers, 3, 200, 25, spread_out=False)
    nearest, _ = nearest_neighbours(find_strategies(phi, n_refits=0).embedding, 1)
    assert (y[nearest[:, 0]] == y).mean() > 0.95


def test_the_table_counts_what_is_given(numbers):
    phi, y = _blobs(numbers, 2, 150, 6, spread_out=False)
    correct = np.where(y == 0, True, np.arange(150) % 4 > 0)
    found = find_strategies(phi, correct=correct, n_refits=0)
    for s, row in found.table.iterrows():
        inside = found.labels == s
        assert row["prevalence"] == pytest.approx(inside.mean())
        assert row["reliability"] == pytest.approx(correct[inside].mean())
        assert row["reliability_low"] <= row["reliability"] <= row["reliability_high"]
        assert row["concepts"][0] == np.bincount(y[inside]).argmax()  # blob j shows concept j
        distances = np.linalg.norm(found.evidence[inside][:, None] - found.evidence[inside], axis=2).mean(axis=0)
        assert row["medoid"] == np.flatnonzero(inside)[distances.argmin()]
    assert found.concepts["prevalence"].sum() == pytest.approx(1)
    assert found.silhouette > 0.5
    assert find_strategies(phi, n_refits=0).table["reliability"].isna().all()


@pytest.mark.slow
def test_a_mark_without_a_concept_is_found_by_what_the_places_look_like(numbers):
    """Codes that know nothing of the mark; one place of the marked images looks like nothing else.

    The same activations without the mark show one strategy.
    """
    codes = numbers.gamma(2, size=(200, 6, 6, 5))
    phi, marked = codes.mean(axis=(1, 2)), np.arange(200) < 40
    places = numbers.normal(size=(200, 6, 6, 24))
    assert find_strategies(phi, codes, places=places, n_refits=2).n_strategies == 1
    stamp = numbers.normal(size=24) * 2.5
    for i in np.flatnonzero(marked):
        places[i, numbers.integers(6), numbers.integers(6)] = stamp + 0.3 * numbers.normal(size=24)
    found = find_strategies(phi, codes, places=places, n_refits=2)
    assert _f1(found.labels, marked) > 0.95
    assert find_strategies(phi, codes, n_refits=2).n_strategies == 1
    with pytest.raises(ValueError, match="places"):
        find_strategies(phi, codes, places=places[:9])


def test_what_is_added_is_suspicious_and_what_stands_for_another_is_not(numbers):
    """Three parts of which an image shows one: none is a shortcut. A mark on some of the images is."""
    phi = numbers.normal(size=(300, 12))
    phi[np.arange(300), np.arange(300) % 3] += 10
    honest = find_strategies(phi, n_refits=0)
    assert honest.n_strategies == 3
    assert honest.suspicion < 0.3
    marked = numbers.normal(size=(300, 12))
    marked[:90, 5] += 10
    assert find_strategies(marked, n_refits=0).suspicion > 0.9


@pytest.mark.parametrize("n", [2, 5, 12])
def test_few_or_identical_images_are_one_strategy(n):
    for phi in (np.ones((n, 4)), np.random.default_rng(0).normal(size=(n, 4)) * [1, 1, 0, 1]):
        found = find_strategies(phi)
        assert found.n_strategies == 1
        assert found.suspicion is None
        assert found.silhouette is None
        assert np.isfinite(found.embedding).all()
        assert found.embedding.shape == (n, 2)


def test_identical_rows_in_number_are_one_strategy():
    found = find_strategies(np.full((300, 3), 2.5))
    assert (found.labels == 0).all()
    assert np.isfinite(found.embedding).all()


@pytest.mark.parametrize(
    ("phi", "codes", "correct", "message"),
    [
        (np.ones(4), None, None, "images, concepts"),
        (np.ones((1, 3)), None, None, "at least 2"),
        (np.array([[1.0, np.nan]] * 4), None, None, "4 values"),
        (np.ones((4, 3)), np.ones((4, 7, 2)), None, "do not belong"),
        (np.ones((4, 3)), np.full((4, 7, 3), np.nan), None, "codes contain"),
        (np.ones((4, 3)), None, np.ones(3), "expected"),
    ],
)
def test_wrong_input_is_named(phi, codes, correct, message):
    with pytest.raises(ValueError, match=message):
        find_strategies(phi, codes, correct)


# ---- the parts


def test_pooled_codes_agree_with_sorting(numbers):
    codes = (numbers.gamma(1, size=(300, 4, 5, 3)) - 1) * [1, -1, 2]  # more images than one chunk holds, signed
    mean, peak = pooled_codes(codes)
    flat = codes.reshape(300, 20, 3).astype(float)
    ordered = np.sort(flat, axis=1)
    expected = np.where([False, True, False], ordered[:, :5].mean(axis=1), ordered[:, -5:].mean(axis=1))
    np.testing.assert_allclose(peak, expected, atol=1e-6)  # the second concept has its tail below zero
    np.testing.assert_allclose(mean, flat.mean(axis=1), atol=1e-6)
    half = np.abs(codes).astype(np.float16)
    largest = np.sort(half.reshape(300, 20, 3).astype(float), axis=1)[:, -5:]
    np.testing.assert_allclose(pooled_codes(half)[1], largest.mean(axis=1), atol=1e-6)


def test_weights_of_an_affine_head_are_exact(numbers):
    mean, w = numbers.random((50, 4)), np.array([2.0, -1.0, 0.0, 0.5])
    np.testing.assert_allclose(concept_weights(mean * w, mean), w, atol=1e-12)
    assert concept_weights(mean * 0, mean * 0).tolist() == [0, 0, 0, 0]


def test_standardised_columns_have_unit_spread_and_constant_ones_vanish(numbers):
    X = standardise(np.c_[numbers.normal(5, 3, size=100), np.full(100, 0.1)])
    np.testing.assert_allclose([X[:, 0].mean(), X[:, 0].std()], [0, 1], atol=1e-12)
    assert (X[:, 1] == 0).all()


def test_a_negative_weight_turns_presence_round(numbers):
    codes = numbers.random((40, 9, 2))
    evidence = evidence_of(codes.mean(axis=1) * [1, -3], codes)
    assert evidence.presence.tolist() == [1, -1]
    assert np.corrcoef(evidence.values[:, 1], pooled_codes(codes)[1][:, 1])[0, 1] == pytest.approx(-1)


def test_a_valley_lies_between_two_humps_and_scales_with_them(numbers):
    x = np.r_[numbers.normal(0, 1, 90), numbers.normal(10, 1, 30)][:, None]
    found, wider = find_valleys(x, 8), find_valleys(5 * x + 3, 8)
    assert 3 < found.threshold[0] < 7
    assert found.separation[0] == pytest.approx(10, rel=0.25)
    np.testing.assert_allclose(wider.ratio, found.ratio, rtol=1e-6)
    np.testing.assert_allclose(wider.threshold, 5 * found.threshold + 3)
    assert excess(found.ratio, found.separation, 120)[0] > 0


def test_valley_ratio_agrees_with_a_literal_scan(numbers):
    x = np.sort(np.r_[numbers.normal(0, 1, 20), numbers.normal(5, 1, 20)])
    best = 0.0
    for h in (1, 2, 3, 5):
        for low in range(7, 40 - 8 - h + 1):
            high, sides = low + h, []
            for step, count in ((-1, low), (1, 39 - high)):
                side = 0.0
                for c in {max(int(q * count), 1) for q in (0.5, 0.75, 1.0)}:
                    start = low if step < 0 else high
                    width, valley = abs(x[start + step * c] - x[start]), x[high] - x[low]
                    pooled = (h + c) / (valley + width)
                    if h / valley < c / width:
                        side = max(side, h * np.log(h / valley / pooled) + c * np.log(c / width / pooled))
                sides.append(side)
            best = max(best, min(sides))
    assert find_valleys(x[:, None], 8).ratio[0] == pytest.approx(best, rel=1e-6)


def test_a_tree_sends_each_image_to_one_leaf():
    tree = GroupSplit(np.array([1.0, 0.0]), 0.0, 0, GroupSplit(np.array([0.0, 1.0]), 2.0, 0, 0))
    assert assign(tree, np.array([[-1.0, 9.0], [1.0, 1.0], [1.0, 3.0]])).tolist() == [0, 1, 2]


def test_the_graph_is_that_of_umap(numbers, monkeypatch):
    from umap import umap_

    for name in ("smooth_knn_dist", "compute_membership_strengths"):  # as Python: to compile them takes ten seconds
        monkeypatch.setattr(umap_, name, getattr(umap_, name).py_func)
    X = numbers.normal(size=(80, 5))
    indices, distances = nearest_neighbours(X, 15)
    with_self = np.c_[np.arange(80), indices], np.c_[np.zeros(80), distances].astype(np.float32)
    theirs = umap_.fuzzy_simplicial_set(
        X, 16, np.random.RandomState(0), "euclidean", knn_indices=with_self[0], knn_dists=with_self[1]
    )[0]
    np.testing.assert_allclose(fuzzy_graph(indices, distances).toarray(), theirs.toarray(), atol=1e-4)


def test_links_count_what_crosses():
    labels = np.array([0, 0, 1, 1, -1])
    links = crossing_links(labels, np.array([[1], [2], [3], [2], [0]]), 2)
    np.testing.assert_allclose(links, [[0, 0.25], [0.25, 0]])


def test_pattern_responses_agree_with_the_formula(numbers):
    """r = max_t cos(z, p) min(‖z‖, c) is at most c, the same for the same photo, and largest at its own pattern."""
    codes, _ = _marked_codes(numbers)
    order = np.arange(200)
    responses = pattern_evidence(codes, order, 0)
    assert responses.shape == (200, N_PATTERNS)
    np.testing.assert_allclose(responses, pattern_evidence(codes.reshape(200, 100, 10), order, 0))
    top = [int(responses[:, q].argsort()[-20:].max() < 20) for q in range(N_PATTERNS)]
    assert sum(top) >= 1  # some pattern is shown most by the 20 marked photos, all of them


def test_few_positions_or_few_vectors_have_no_patterns(numbers):
    assert pattern_evidence(numbers.random((50, 1, 6)), np.arange(50), 0).shape == (50, 0)
    assert pattern_evidence(np.eye(6)[numbers.integers(6, size=(50, 30))], np.arange(50), 0).shape == (50, 0)


def test_a_boundary_is_drawn_by_all_columns_that_show_it(numbers):
    marked = np.arange(200) < 30
    X = numbers.normal(size=(200, 6))
    X[marked, :4] += 5
    direction, threshold = sharpened(X, 0, 2.2, 8)
    alone, together = (X[:, 0] > 2.2) != marked, (X @ direction > threshold) != marked
    assert together.sum() <= alone.sum()
    assert together.sum() == 0
    assert (direction[:4] > 0.2).sum() >= 3
    assert (direction[4:] == 0).all()


TOMORROW = "from tests.test_strategies import picture; print(*picture())"


def picture() -> list[str]:
    """Hashes of places, of strategies and of the figure, without Plotly's template, which opened pages change."""
    phi = np.vstack([np.random.default_rng(0).normal(m, 1, (60, 6)) for m in (0, 4)])
    found = find_strategies(phi, seed=3, n_refits=2)
    drawn = graph_figure(made_up_report(n=60)).update_layout(template=None).to_json()
    parts = found.embedding.tobytes(), found.labels.tobytes(), drawn.encode()
    return [hashlib.sha256(part).hexdigest() for part in parts]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_picture_in_another_process():
    """Another order of hashes, another number of threads: the same places, the same figure, to the last bit."""
    other = os.environ | {
        "PYTHONHASHSEED": "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1",
        "OMP_NUM_THREADS": "2",
    }
    run = subprocess.run(
        [sys.executable, "-c", TOMORROW], cwd=ROOT, env=other, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == picture()
