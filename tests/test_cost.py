"""What an analysis will cost: which choices make it dearer."""

import pytest

from attribution.methods import IMPORTANCES
from concepts.engine.cost import GRADIENT, RUN, estimate, importance_share

SHAPE = (13, 13, 512)


def seconds(n_photos=1000, n_concepts=25, **options):
    return estimate(n_photos, SHAPE, n_concepts, seconds_per_photo=0.1, model_bytes=0, **options).seconds


def test_the_estimate_follows_the_importance_method():
    assert seconds() == seconds(importance="gradient_input")
    assert seconds() < seconds(importance="occlusion") < seconds(importance="integrated_gradients")
    assert seconds(n_concepts=50, importance="occlusion") > seconds(importance="occlusion")
    assert seconds(importance="integrated_gradients") - seconds() > 2 * 1000 * 0.1  # measured: about five passes
    assert all(seconds(importance=method) > 0 for method in IMPORTANCES)


def test_photos_on_which_names_are_tried_take_time_but_no_room():
    assert seconds(n_tried=200) == pytest.approx(seconds() + 200 * 0.1)


def test_other_photos_take_three_passes_over_120_and_twelve_over_60_at_most():
    assert seconds(n_others=40) == pytest.approx(seconds() + (3 + 12) * 40 * 0.1)
    assert seconds(n_others=100) == pytest.approx(seconds() + (3 * 100 + 12 * 60) * 0.1)
    assert seconds(n_others=4_000) == pytest.approx(seconds() + (3 * 120 + 12 * 60) * 0.1)


def test_where_the_head_is_affine_complete_methods_cost_the_same():
    exact = {seconds(importance=name, affine=True) for name, m in IMPORTANCES.items() if m.complete_when_affine}
    assert len(exact) == 1
    assert exact.pop() < seconds()
    assert seconds(importance="saliency", affine=True) == seconds(importance="saliency")


def test_a_run_with_its_gradient_has_a_price_of_its_own():
    assert importance_share("shapley", 10, affine=False) == pytest.approx(RUN * (32 * 10 + 16))
    assert importance_share("smoothgrad", 10, affine=False) == pytest.approx(GRADIENT * 64)


def test_an_unknown_method_is_named():
    with pytest.raises(ValueError, match="occlusion"):
        seconds(importance="x")
