"""What the figures of a comparison draw: ranks as shades, labels that can be read, curves with their bands."""

import numpy as np
import pytest

from concepts.evaluation.arrays import Curve
from concepts.evaluation.evaluation import Evaluation
from concepts.evaluation.ranks import RankTable, dictionary_rank_table, importance_rank_table, strengths
from concepts.evaluation.side_by_side import Concepts, side_by_side
from concepts.rendering.colours import SHADES, contrast, ink_on, mixed
from pages.figures.curves import curves_figure
from pages.figures.ranks import CHANCE, ranks_figure
from pages.figures.similarity import similarity_figure
from pages.figures.tradeoffs import label_points, tradeoff_figure
from tests.support.made_up_evaluation import made_up_evaluation


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory):
    return Evaluation.load(made_up_evaluation(tmp_path_factory.mktemp("lab")))


def test_shades_fall_from_the_best_rank_to_the_last():
    ranks = np.array([[1, 1, 1], [2, 1, np.nan], [3, 1, 2.0]])
    np.testing.assert_array_equal(strengths(ranks), [[1, 1, 1], [0.5, 1, np.nan], [0, 1, 0]])
    np.testing.assert_array_equal(strengths(np.full((2, 1), np.nan)), np.full((2, 1), np.nan))


@pytest.mark.parametrize("dark", [False, True])
def test_every_shade_can_be_read(dark):
    for share in np.linspace(0, 1, 21):
        colour, ink = mixed(*SHADES[dark], share), ink_on(mixed(*SHADES[dark], share))
        assert contrast(mixed(ink, ink, 0), colour) >= 4.5
    assert contrast((0, 0, 0), (1, 1, 1)) == pytest.approx(21)


@pytest.mark.parametrize("dark", [False, True])
def test_the_heat_map_shows_every_figure_and_marks_chance(evaluation, dark):
    table = importance_rank_table(evaluation.rows, "nmf", 5)
    figure = ranks_figure(table, dark=dark)
    heat, figures = figure.data
    np.testing.assert_array_equal(heat.z, strengths(table.ranks))
    assert [text.removesuffix(f" {CHANCE}") for text in figures.text] == [t for line in table.texts for t in line]
    assert [text.endswith(CHANCE) for text in figures.text] == table.chance.ravel().tolist()
    (frame,) = figure.layout.shapes
    ((r, c),) = np.argwhere(table.chance)
    assert (frame.x0 < c < frame.x1, frame.y0 < r < frame.y1, frame.line.dash) == (True, True, "dash")
    assert "no better than chance" in heat.customdata[r][c]
    assert "95% interval 5.5 to 6.5" in heat.customdata[r][c]


def test_points_that_coincide_share_a_label_and_others_do_not():
    xs, ys = np.array([1, 1, 1, 5.0]), np.array([2, 2, 2, 9.0])
    labels, _ = label_points(xs, ys, ["a", "b<", "c", "d"])
    assert labels == ["a<br>b&lt;<br>c", "", "", "d"]
    assert label_points(xs[:1], ys[:1], ["alone"])[0] == ["alone"]
    assert label_points(xs[:0], ys[:0], []) == ([], [])


def test_labels_of_neighbours_part():
    labels, places = label_points(np.array([0, 0.05, 1]), np.array([0.5, 0.5, 1]), ["gradient", "saliency", "far"])
    assert labels == ["gradient", "saliency", "far"]
    assert places[0] != places[1]


def test_a_tradeoff_has_a_point_for_every_line_that_has_both_figures(evaluation):
    table = dictionary_rank_table(evaluation.rows)
    figure = tradeoff_figure(table, "sparsity", "relative ℓ2", colour="stability (seeds)")
    (points,) = figure.data
    assert dict(zip(points.text, zip(points.x, points.y, points.marker.color, strict=True), strict=True)) == {
        "nmf, 5": pytest.approx((0.5, 0.6, 0.4)),
        "kmeans, 5": pytest.approx((0.6, 0.7, 0.3)),
        "pca, 5": pytest.approx((0.4, 0.5, 0.5)),
    }
    assert "lower is better" in points.marker.colorbar.title.text
    gaps = table.values.copy()
    gaps[1, 0] = np.nan
    fewer = RankTable(table.names, table.measures, gaps, table.ranks, table.texts, table.details, table.chance)
    assert len(tradeoff_figure(fewer, "sparsity", "relative ℓ2").data[0].x) == 2
    assert len(tradeoff_figure(fewer, "sparsity", "FID").data[0].x) == 0


def test_cost_is_on_a_log_axis_whose_range_holds_all_points(evaluation):
    figure = tradeoff_figure(importance_rank_table(evaluation.rows, "nmf", 5), "head passes", "C-Deletion", log_x=True)
    low, high = figure.layout.xaxis.range
    assert figure.layout.xaxis.type == "log"
    assert low < np.log10(min(figure.data[0].x))
    assert high > np.log10(max(figure.data[0].x))
    assert figure.data[0].text[0] == "gradient_input<br>occlusion"


def test_curves_have_a_band_each_and_one_control():
    curve = np.stack([np.arange(4.0), np.arange(4.0) - 1, np.arange(4.0) + 2, np.full(4, 7.0)])
    figure = curves_figure({"one": Curve.of(curve), "<b>": Curve.of(curve + 1)}, kind="deletion")
    band, mean, _, other, control = figure.data
    assert (list(mean.y), list(band.y)) == ([0, 1, 2, 3], [2, 3, 4, 5, 2, 1, 0, -1])
    assert band.legendgroup == mean.legendgroup
    assert other.name == "&lt;b&gt;"
    assert (mean.line.color, mean.line.dash) != (other.line.color, other.line.dash)
    assert list(control.y) == [7] * 4
    curve[3] = np.nan
    assert len(curves_figure({"one": Curve.of(curve)}, kind="insertion").data) == 2


def test_many_curves_are_all_told_apart():
    curves = {f"method {i}": Curve.of(np.zeros((4, 3))) for i in range(15)}
    looks = [(t.line.color, t.line.dash) for t in curves_figure(curves, kind="deletion").data[1:-1:2]]
    assert len(set(looks)) == 15


def test_pairs_lie_on_the_diagonal_of_the_matrix():
    rng = np.random.default_rng(0)
    V = rng.random((4, 9)) ** 4
    a = Concepts("a", "m", "w", "l", "t", "nmf", V, None, (), ((),) * 4)
    b = Concepts("b", "m", "w", "l", "t", "nmf", V[[2, 0, 3]], None, (), ((),) * 3)
    figure = similarity_figure(side_by_side(a, b), first="a", second="b", chosen=(0, 1))
    np.testing.assert_allclose(np.diag(figure.data[0].z), 1)
    assert figure.data[0].z.shape == (4, 3)
    assert list(figure.layout.yaxis.ticktext)[-1] == "2"  # without a partner
    widths = [shape.line.width for shape in figure.layout.shapes]
    assert sorted(widths) == [1.5, 1.5, 4]
    thick = figure.layout.shapes[widths.index(4)]
    assert figure.layout.yaxis.ticktext[round((thick.y0 + thick.y1) / 2)] == "1"
