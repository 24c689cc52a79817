"""What pages ask of a stored report, beside slow literal versions."""

import numpy as np
import pytest

from concepts.report.class_report import ClassReport
from concepts.report.queries.array_checks import check_arrays
from concepts.report.queries.local_importance import by_size, evidence_shares, mean_importance, strongest_concepts
from concepts.report.queries.predictions import (
    compare_predictions,
    likeliest_classes,
    mean_probability,
    predicted_classes,
    share_predicted,
)
from concepts.report.queries.selected_photos import concept_rows_among, distinctive_concepts, selection_summary
from concepts.report.queries.strategy_photos import typical_photos
from concepts.report.rendering.overlay import colours_of, scale_colours
from concepts.report.rendering.sentences import is_wrong
from tests.support.made_up_report import made_up_report

SEEDS = pytest.mark.parametrize("seed", [0, 1, 2])


@pytest.fixture(scope="module")
def report():
    return made_up_report(n=60)


def probabilities(seed, n=7, c=5):
    return np.random.default_rng(seed).dirichlet(np.ones(c), size=n)


@SEEDS
def test_a_change_of_predictions_is_counted_photo_by_photo(seed):
    before, after = probabilities(seed), probabilities(seed + 10)
    found = compare_predictions(before, after, top=3)
    means = [[sum(row[c] for row in table) / 7 for c in range(5)] for table in (before, after)]
    order = sorted(range(5), key=lambda c: -max(means[0][c], means[1][c]))[:3]
    assert [row.index for row in found.rows] == order
    assert [row.before for row in found.rows] == pytest.approx([means[0][c] for c in order])
    assert [row.after for row in found.rows] == pytest.approx([means[1][c] for c in order])
    assert found.first.index == max(range(5), key=means[0].__getitem__)
    assert found.then.index == max(range(5), key=means[1].__getitem__)
    assert found.changed == sum(max(a) != a[list(b).index(max(b))] for a, b in zip(before, after, strict=True))
    assert found.n == 7


@SEEDS
def test_nothing_changes_where_the_predictions_are_the_same(seed):
    table = probabilities(seed)
    found = compare_predictions(table, table, top=5)
    assert found.changed == 0
    assert found.first == found.then
    assert all(row.before == row.after for row in found.rows)
    assert sum(row.before for row in found.rows) == pytest.approx(1)


@SEEDS
def test_predicted_classes_and_their_shares_agree(seed):
    table = probabilities(seed)
    said = predicted_classes(table)
    assert said == [list(row).index(max(row)) for row in table]
    assert [share_predicted(table, c) for c in range(5)] == [said.count(c) / 7 for c in range(5)]
    assert sum(mean_probability(table, c) for c in range(5)) == pytest.approx(1)
    assert [likeliest_classes(row, 1)[0] for row in table] == [(c, row[c]) for c, row in zip(said, table, strict=True)]


def test_of_equally_likely_classes_the_first_comes_first():
    assert likeliest_classes(np.array([0.2, 0.3, 0.3, 0.2]), 3) == [(1, 0.3), (2, 0.3), (0, 0.2)]


def test_concepts_are_ordered_by_size_whatever_their_sign():
    phi = np.array([0.5, -2.0, 0.0, 0.5, 1.0])
    assert by_size(phi) == [1, 4, 0, 3, 2]
    assert evidence_shares(phi) == [0.125, 0.5, 0, 0.125, 0.25]
    assert evidence_shares(np.zeros(3)) == [0, 0, 0]


def test_the_strongest_concept_is_the_largest_not_the_farthest_from_zero():
    phi = np.array([[0.5, -2.0, 0.5], [-1.0, -3.0, -2.0]])
    assert strongest_concepts(phi) == [0, 0]
    assert mean_importance(phi) == [-0.25, -2.5, -0.75]


@SEEDS
def test_selected_photos_and_the_others_share_the_right_ones(report, seed):
    images = sorted(np.random.default_rng(seed).permutation(60)[:17].tolist())
    found, rows = selection_summary(report, images), report.data.images
    right = [not is_wrong(row) for row in rows]
    assert found.share == sum(right[i] for i in images) / 17
    assert 17 * found.share + 43 * found.rest == pytest.approx(sum(right))
    assert 0 <= found.low <= found.share <= found.high <= 1
    assert (found.n, found.of) == (17, 60)
    assert list(found.strategies) == sorted({rows[i].strategy for i in images})
    assert sum(found.strategies.values()) == 17
    assert selection_summary(report, list(range(60))).rest is None


def test_a_concept_that_counts_more_in_the_selected_photos_comes_first(report):
    images = list(range(0, 60, 3))
    phi = report.array("phi").copy()
    phi[images, 4] += 10
    raised = ClassReport(report.data, arrays={**report._arrays, "phi": phi}, pictures=report._pictures)
    first, second = distinctive_concepts(raised, images, 2)
    others = np.delete(phi, images, axis=0)
    assert first.concept == 4
    assert first.here == pytest.approx(phi[images, 4].mean(), rel=1e-5)
    assert first.gap == pytest.approx(first.here - others[:, 4].mean(), rel=1e-5)
    assert first.gap == pytest.approx(first.here - first.elsewhere, rel=1e-5)
    assert 8 < first.low < first.gap < first.high
    assert abs(second.gap) < abs(first.gap)


@pytest.mark.parametrize("images", [[], list(range(60))])
def test_concepts_cannot_tell_all_photos_from_none(report, images):
    with pytest.raises(ValueError, match=f"{len(images)} of 60 photos were chosen"):
        distinctive_concepts(report, images, 2)


def test_concepts_among_all_photos_are_those_of_the_report(report):
    for row, own in zip(concept_rows_among(report, range(60)), report.data.concepts, strict=True):
        assert (row.prevalence, row.reliability, row.dead) == (own.prevalence, own.reliability, own.dead)
        assert (row.importance, row.low, row.high) == pytest.approx((own.importance, own.low, own.high), rel=1e-5)
    some = concept_rows_among(report, [0, 5])
    np.testing.assert_allclose([row.importance for row in some], report.array("phi")[[0, 5]].mean(axis=0), rtol=1e-5)
    assert [row.crops for row in some] == [row.crops for row in report.data.concepts]


def test_typical_photos_are_the_nearest_of_their_strategy(report):
    places, labels = report.array("embedding"), report.array("labels")
    for row in report.data.strategies:
        found = typical_photos(report, row, 4)
        members = [i for i in range(60) if labels[i] == row.label]
        assert found[0] == row.medoid
        assert found == sorted(members, key=lambda i: np.hypot(*(places[i] - places[row.medoid])))[:4]


def test_the_largest_code_is_that_of_the_first_crop_and_of_the_maps(report):
    for j, row in enumerate(report.data.concepts):
        assert report.largest_code(j) == pytest.approx(report.array("maps")[..., j].max(), rel=1e-3)
        assert not row.crops or report.largest_code(j) == row.crops[0].value


@pytest.mark.parametrize(
    ("name", "damage", "said"),
    [
        ("phi", lambda a: a[:, 1:], r"phi has shape \(60, 7\), expected \(60, 8\)"),
        ("labels", lambda a: a[1:], r"labels has shape \(59,\), expected \(60,\)"),
        ("embedding", lambda a: np.where(a == a.max(), np.nan, a), "hold values that are no numbers"),
    ],
)
def test_arrays_that_the_tables_do_not_fit_are_refused(report, name, damage, said):
    check_arrays(report)
    arrays = {**report._arrays, name: damage(report.array(name))}
    with pytest.raises(ValueError, match=said):
        check_arrays(ClassReport(report.data, arrays=arrays, pictures=report._pictures))


def test_the_scale_has_the_colours_of_the_maps_without_black():
    colours = scale_colours(18)
    assert colours[-1] == colours_of(np.array(1.0)).tolist()
    assert colours[0] == colours_of(np.array(0.25)).tolist()
    assert [0, 0, 0] not in colours
