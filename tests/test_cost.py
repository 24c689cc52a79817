"""What an analysis will cost: which choices make it dearer."""

import pytest

from attribution.importance import COMPLETE_WHEN_AFFINE
from concepts.cost import estimate
from concepts.report.settings import IMPORTANCES

SHAPE = (13, 13, 512)


def seconds(n_photos=1000, n_concepts=25, **options):
    return estimate(n_photos, SHAPE, n_concepts, seconds_per_photo=0.1, model_bytes=0, **options).seconds


def test_the_estimate_follows_the_importance_method():
    assert seconds() == seconds(importance="gradient_input")
    assert seconds() < seconds(importance="occlusion") < seconds(importance="integrated_gradients")
    assert seconds(n_concepts=50, importance="occlusion") > seconds(importance="occlusion")
    assert seconds(importance="integrated_gradients") - seconds() > 2 * 1000 * 0.1  # measured: about five passes
    assert all(seconds(importance=method) > 0 for method in IMPORTANCES)


def test_where_the_head_is_affine_complete_methods_cost_the_same():
    exact = {seconds(importance=method, affine=True) for method in COMPLETE_WHEN_AFFINE}
    assert len(exact) == 1
    assert exact.pop() < seconds()


def test_an_unknown_method_is_named():
    with pytest.raises(ValueError, match="occlusion"):
        seconds(importance="x")
