"""Photos are found by what is in them: each condition, all together, and regions of the graph."""

import numpy as np
import pytest

from concepts.report.queries.photo_filter import PhotoFilter, amounts_of, find_photos, inside, present
from concepts.report.rendering.sentences import is_wrong
from tests.support.made_up_report import made_up_report


@pytest.fixture(scope="module")
def report():
    return made_up_report(n=60)


@pytest.fixture(scope="module")
def amounts(report):
    return amounts_of(report)


def test_everything_is_found_where_nothing_is_asked(report, amounts):
    assert find_photos(report, PhotoFilter(), amounts) == list(range(60))
    assert not PhotoFilter().anything
    assert PhotoFilter(wrong=False).anything


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        (PhotoFilter(strategy=1), lambda row: row.strategy == 1),
        (PhotoFilter(strategy=-1), lambda row: row.strategy < 0),
        (PhotoFilter(wrong=True), is_wrong),
        (PhotoFilter(wrong=False), lambda row: not is_wrong(row)),
        (PhotoFilter(predicted="pebble"), lambda row: row.predicted == "pebble"),
        (PhotoFilter(strategy=0, wrong=False), lambda row: row.strategy == 0 and not is_wrong(row)),
    ],
)
def test_rows_are_found_by_what_stands_in_them(report, amounts, wanted, holds):
    expected = [i for i, row in enumerate(report.data.images) if holds(row)]
    assert find_photos(report, wanted, amounts) == expected


def test_this_and_not_that(report, amounts):
    activity = report.activity()
    strongest = np.quantile(activity, 0.98, axis=0)
    has, lacks = activity[:, 2] >= 0.3 * strongest[2], activity[:, 5] < 0.3 * strongest[5]
    found = find_photos(report, PhotoFilter(has=(2,), lacks=(5,)), amounts)
    assert sorted(found) == np.flatnonzero(has & lacks).tolist()
    assert 0 < len(found) < 60
    assert (np.diff(activity[found, 2]) <= 0).all()  # the most of it first


def test_a_concept_that_is_not_there_fits_nowhere(report, amounts):
    assert find_photos(report, PhotoFilter(has=(99,)), amounts) == []
    assert find_photos(report, PhotoFilter(lacks=(-3,)), amounts) == []


def test_a_concept_that_is_never_there_is_present_nowhere():
    report = made_up_report(n=12)
    report.array("maps")[..., 3] = 0
    assert not present(amounts_of(report))[:, 3].any()


def test_without_places_the_importance_tells(report):
    flat = made_up_report(n=20, grid=False)
    assert amounts_of(flat).shape == (20, 8)
    np.testing.assert_allclose(
        amounts_of(flat)[:, 1] / amounts_of(flat)[0, 1],
        np.abs(flat.array("phi")[:, 1]) / np.abs(flat.array("phi")[0, 1]),
        rtol=1e-4,
    )


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_region_holds_what_lies_in_it(seed):
    points = np.random.default_rng(seed).normal(0, 2, (300, 2))
    box = ((-1.0, -1.0), (1.5, -1.0), (1.5, 0.5), (-1.0, 0.5))
    x, y = points.T
    np.testing.assert_array_equal(inside(points, box), (x > -1) & (x < 1.5) & (y > -1) & (y < 0.5))
    np.testing.assert_array_equal(inside(points, box[::-1]), inside(points, box))
    arrow = ((0.0, 0.0), (2.0, 2.0), (4.0, 0.0), (2.0, 4.0))  # not convex
    right = x < 2  # mirrored about x = 2: left half
    half = inside(points, arrow)[right]
    np.testing.assert_array_equal(half, ((y > x) & (y < 2 * x) & (x > 0))[right])


def test_a_region_of_the_graph_is_found(report, amounts):
    x, y = report.array("embedding").T
    left, right, low, high = np.median(x), x.max() + 1, y.min() - 1, y.max() + 1
    found = find_photos(report, PhotoFilter(area=((left, low), (right, low), (right, high), (left, high))), amounts)
    assert found == np.flatnonzero(x > left).tolist()
    assert find_photos(report, PhotoFilter(area=((0.0, 0.0), (1.0, 1.0))), amounts) == list(range(60))  # no region yet
