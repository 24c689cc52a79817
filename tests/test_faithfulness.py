"""C-Deletion, C-Insertion, C-μFidelity: hand-worked cases, the theorem, invariances, the control, intervals."""

from itertools import combinations

import pytest
import torch

from attribution.cost import CountedHead
from attribution.curves import ConceptCurve, importance_ranks
from attribution.faithfulness import c_deletion, c_insertion, c_mu_fidelity
from attribution.importance import IMPORTANCE_METHODS, concept_importance
from attribution.intervals import bootstrap_interval, scalar_interval
from attribution.mu_fidelity import pearson
from attribution.score import concept_score
from tests.support.toy_heads import AffineHead, C, CurvedHead, P, of_codes

N, H, W, K = 5, 2, 3, 6
MEASURES = (c_deletion, c_insertion, c_mu_fidelity)


@pytest.fixture
def toy(rng):
    codes = torch.rand(N, H, W, K, generator=rng, dtype=torch.float64)
    return codes, torch.randn(K, P, generator=rng, dtype=torch.float64)


@pytest.fixture
def measured(toy, rng):
    """A curved head with codes, components and an importance of its own."""
    codes, V = toy
    head = CurvedHead(rng)
    return head, codes, V, 1, concept_importance(head, codes, V, 1, "occlusion")


def test_two_concepts_by_hand():
    codes = torch.ones(1, 2, dtype=torch.float64)
    head = of_codes(lambda u: 10 + u[:, 0] + 2 * u[:, 1] + 3 * u[:, 0] * u[:, 1])
    phi = torch.tensor([[0.1, 0.2]], dtype=torch.float64)  # the second first
    V = torch.eye(2, dtype=torch.float64)
    deletion, insertion = c_deletion(head, codes, V, 0, phi), c_insertion(head, codes, V, 0, phi)
    torch.testing.assert_close(deletion.curve, torch.tensor([16.0, 11, 10]).double())
    torch.testing.assert_close(insertion.curve, torch.tensor([10.0, 12, 16]).double())
    assert deletion.auc == pytest.approx((16 / 2 + 11 + 10 / 2) / 2)
    assert insertion.auc == pytest.approx((10 / 2 + 12 + 16 / 2) / 2)
    torch.testing.assert_close(deletion.normalised, torch.tensor([1, 1 / 6, 0]).double())
    torch.testing.assert_close(insertion.normalised, torch.tensor([0, 1 / 3, 1]).double())


def test_curves_match_the_literal_definition(measured):
    head, codes, V, target, phi = measured
    deletion, insertion = c_deletion(*measured), c_insertion(*measured)
    for i in range(N):
        order = sorted(range(K), key=lambda j: (-float(phi[i, j]), j))
        for m in range(K + 1):
            without, only = codes[i : i + 1].clone(), torch.zeros_like(codes[i : i + 1])
            without[..., order[:m]] = 0
            only[..., order[:m]] = codes[i : i + 1][..., order[:m]]
            torch.testing.assert_close(deletion.curves[i, m], concept_score(head, without, V, target)[0])
            torch.testing.assert_close(insertion.curves[i, m], concept_score(head, only, V, target)[0])


def test_ties_go_by_index_and_the_sign_counts():
    phi = torch.tensor([[1.0, 2, 1, 2, -9], [0, 0, 0, 0, 0]])
    assert importance_ranks(phi).tolist() == [[2, 0, 3, 1, 4], [0, 1, 2, 3, 4]]


def test_the_area_is_by_trapezoids_over_the_share_of_concepts():
    curve = ConceptCurve(torch.tensor([[4.0, 2, 1, 1, 0], [0, 0, 0, 0, 8]]), inserting=False)
    torch.testing.assert_close(curve.aucs, torch.tensor([(2 + 2 + 1 + 1 + 0) / 4, 1.0]))
    assert curve.auc == pytest.approx(1.25)
    torch.testing.assert_close(curve.curve, torch.tensor([2, 1, 0.5, 0.5, 4]))


@pytest.mark.parametrize("method", IMPORTANCE_METHODS)
def test_for_an_affine_head_no_estimator_beats_the_closed_form(method, toy, rng):
    codes, V = toy
    head = AffineHead(rng)
    best = codes.mean(dim=(1, 2)) * (V @ head.W[3])
    other = concept_importance(head, codes, V, 3, method, closed_form=False)
    deletion, insertion, mu = (measure(head, codes, V, 3, best) for measure in MEASURES)
    assert (deletion.aucs <= c_deletion(head, codes, V, 3, other).aucs + 1e-9).all()
    assert (insertion.aucs >= c_insertion(head, codes, V, 3, other).aucs - 1e-9).all()
    torch.testing.assert_close(mu.per_image, torch.ones(N, dtype=torch.float64))
    worse = c_mu_fidelity(head, codes, V, 3, other)
    assert (worse.per_image <= 1).all()
    assert worse.left_out == (N if method == "vargrad" else 0)  # the gradient of an affine head does not vary


def test_for_an_affine_head_no_order_beats_the_closed_form(toy, rng):
    codes, V = toy
    head = AffineHead(rng)
    best = codes.mean(dim=(1, 2)) * (V @ head.W[3])
    deletion, insertion = c_deletion(head, codes, V, 3, best), c_insertion(head, codes, V, 3, best)
    for _ in range(30):
        order = torch.rand(N, K, generator=rng, dtype=torch.float64)
        assert (deletion.curves <= c_deletion(head, codes, V, 3, order).curves + 1e-9).all()
        assert (insertion.curves >= c_insertion(head, codes, V, 3, order).curves - 1e-9).all()
        shuffled = best[:, torch.randperm(K, generator=rng)]
        assert c_mu_fidelity(head, codes, V, 3, shuffled, n_subsets=32).value < 1
    assert deletion.above_control[1][1] < 0  # below the control beyond sampling error
    assert insertion.above_control[1][0] > 0


def test_mu_fidelity_is_the_correlation_over_all_subsets_but_for_sampling(measured):
    head, codes, V, target, phi = measured
    result = c_mu_fidelity(*measured, subset_size=2, n_subsets=2000)
    full, claimed, lost = concept_score(head, codes, V, target), [], []
    for subset in combinations(range(K), 2):
        without = codes.clone()
        without[..., list(subset)] = 0
        claimed.append(phi[:, list(subset)].sum(dim=1))
        lost.append(full - concept_score(head, without, V, target))
    exact = pearson(torch.stack(claimed, dim=1), torch.stack(lost, dim=1))
    torch.testing.assert_close(result.per_image, exact, atol=0.02, rtol=0)
    assert result.value == pytest.approx(float(result.per_image.mean()))


def test_pearson_is_the_textbook_correlation(rng):
    x, y = (
        torch.randn(3, 50, generator=rng, dtype=torch.float64),
        torch.randn(3, 50, generator=rng, dtype=torch.float64),
    )
    for i in range(3):
        torch.testing.assert_close(pearson(x, y)[i], torch.corrcoef(torch.stack([x[i], y[i]]))[0, 1])
    torch.testing.assert_close(pearson(x, -2 * x + 1), -torch.ones(3, dtype=torch.float64))
    assert pearson(x, torch.ones_like(x)).isnan().all()


def test_half_of_the_concepts_are_removed_by_default(measured):
    assert c_mu_fidelity(*measured).subset_size == K // 2
    codes, removed = measured[1], []
    spy = lambda A: (removed.append((A.abs().amax(dim=(1, 2)) == 0).sum(dim=-1)), torch.zeros(len(A), 1))[1]  # noqa: E731
    c_mu_fidelity(spy, codes, torch.eye(K, dtype=torch.float64), 0, torch.rand(N, K), subset_size=2)
    counts = torch.cat(removed).view(N, -1)  # one call a batch holds all here
    assert (counts[:, 0] == 0).all()
    assert (counts[:, 1:] == 2).all()


def test_an_image_without_a_correlation_is_left_out_and_counted(measured):
    head, codes, V, target, phi = measured
    codes, phi = codes.clone(), phi.clone()
    codes[1] = 0  # nothing to remove: the score is the same without any subset
    phi[3] = 0.3  # every subset of a size has the same sum
    result = c_mu_fidelity(head, codes, V, target, phi)
    assert result.images.tolist() == [0, 2, 4]
    assert result.left_out == 2
    assert result.control.images.tolist() == [0, 2, 3, 4]
    assert result.per_image.isfinite().all()
    nothing = c_mu_fidelity(head, codes, V, target, torch.zeros_like(phi))
    assert nothing.left_out == N
    assert nothing.value != nothing.value  # NaN: there is no correlation to tell
    assert all(end != end for end in nothing.interval)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_rounding_is_not_taken_for_a_correlation(dtype):
    codes, phi = torch.rand(4, K, dtype=dtype), torch.rand(4, K, dtype=dtype)
    step = 20 * torch.finfo(dtype).eps
    head = of_codes(lambda u: 20 + step * (u[:, 0] > 0))
    assert c_mu_fidelity(head, codes, torch.eye(K, dtype=dtype), 0, phi).left_out == 4


@pytest.mark.parametrize("measure", MEASURES)
def test_scaling_importances_changes_nothing(measure, measured):
    *given, phi = measured
    one, scaled = measure(*given, phi), measure(*given, 1000 * phi)
    what = "per_image" if measure is c_mu_fidelity else "curves"
    torch.testing.assert_close(getattr(one, what), getattr(scaled, what))


def test_mu_fidelity_ignores_a_shift_and_turns_with_the_sign(measured):
    *given, phi = measured
    one = c_mu_fidelity(*given, phi)
    torch.testing.assert_close(c_mu_fidelity(*given, phi + 5).per_image, one.per_image)
    torch.testing.assert_close(c_mu_fidelity(*given, -phi).per_image, -one.per_image)
    assert (one.per_image.abs() <= 1).all()


@pytest.mark.parametrize("measure", [c_deletion, c_insertion])
def test_the_numbering_of_concepts_changes_nothing(measure, measured, rng):
    head, codes, V, target, phi = measured
    order = torch.randperm(K, generator=rng)
    shuffled = measure(head, codes[..., order], V[order], target, phi[:, order])
    torch.testing.assert_close(shuffled.curves, measure(*measured).curves)


@pytest.mark.parametrize("measure", MEASURES)
def test_budget_changes_nothing_and_is_kept(measure, measured):
    head, codes, V, target, phi = measured
    seen = []
    spy = lambda A: (seen.append(len(A)), head(A))[1]  # noqa: E731
    free, tight = measure(*measured), measure(spy, codes, V, target, phi, budget=2 * H * W * P * 8 * 4)
    what = "per_image" if measure is c_mu_fidelity else "curves"
    torch.testing.assert_close(getattr(free, what), getattr(tight, what))
    torch.testing.assert_close(getattr(free.control, what), getattr(tight.control, what))
    assert max(seen) == 2


@pytest.mark.parametrize("measure", MEASURES)
def test_maps_tokens_vectors_and_groups_are_measured_alike(measure, measured):
    head, codes, V, _, phi = measured
    what = "per_image" if measure is c_mu_fidelity else "curves"
    as_map = getattr(measure(head, codes, V, [0, 2], phi), what)
    as_tokens = getattr(measure(head, codes.flatten(1, 2), V, [0, 2], phi), what)
    torch.testing.assert_close(as_map, as_tokens)
    pooled = measure(lambda A: head(A[:, None]), codes[:, 0, 0], V, 1, phi)
    torch.testing.assert_close(getattr(pooled, what), getattr(measure(head, codes[:, :1, 0], V, 1, phi), what))


@pytest.mark.parametrize("measure", MEASURES)
def test_the_control_is_reproducible_and_each_image_has_its_own(measure, measured):
    what = "per_image" if measure is c_mu_fidelity else "curves"
    one, same, other = (getattr(measure(*measured, seed=s).control, what) for s in (3, 3, 4))
    torch.testing.assert_close(one, same, rtol=0, atol=0)
    assert not torch.equal(one, other)


def test_random_orders_differ_between_images_and_the_ends_of_curves_do_not(measured):
    head, codes, V, target, phi = measured
    alike = codes[:1].expand(N, -1, -1, -1)
    result = c_deletion(head, alike, V, target, phi)
    assert result.control.curves[:, 1].unique().numel() > 1
    torch.testing.assert_close(result.curves[:, [0, -1]], result.control.curves[:, [0, -1]])


def test_random_importances_have_no_correlation_on_average(rng):
    codes = torch.rand(300, K, generator=rng, dtype=torch.float64)
    head = of_codes(lambda u: u @ torch.arange(1, K + 1).double())
    control = c_mu_fidelity(head, codes, torch.eye(K, dtype=torch.float64), 0, codes, n_subsets=32).control
    low, high = control.interval
    assert high - low < 0.15
    assert abs(control.value) < 0.11  # 4 standard errors


def test_intervals_are_those_of_a_bootstrap_over_images(measured):
    result = c_insertion(*measured, seed=2)
    low, high = result.band
    assert (low <= result.curve).all()
    assert (result.curve <= high).all()
    assert result.interval == scalar_interval(result.aucs, seed=2)
    assert result.interval[0] < result.auc < result.interval[1]
    alike = ConceptCurve(torch.ones(9, 4, dtype=torch.float64), inserting=True)
    assert alike.interval == pytest.approx((1, 1))


@pytest.mark.slow
def test_bootstrap_intervals_cover_in_about_95_of_100_simulations():
    covered = 0
    for seed in range(100):
        values = torch.randn(60, 1, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
        low, high = bootstrap_interval(values.exp(), seed=seed)
        covered += bool(low <= torch.e**0.5 <= high)
    assert 86 <= covered <= 99  # a skewed distribution: a little less than 95


def test_the_control_has_no_control_of_its_own(measured):
    with pytest.raises(ValueError, match="control itself"):
        c_deletion(*measured).control.above_control


def test_wrong_input_is_named(measured):
    head, codes, V, target, phi = measured
    for measure in MEASURES:
        with pytest.raises(ValueError, match=r"\(5, 6\)"):
            measure(head, codes, V, target, phi[:, :2])
        with pytest.raises(ValueError, match="1 of 30 importances are not finite"):
            measure(head, codes, V, target, phi.where(phi != phi[0, 0], torch.nan))
        with pytest.raises(ValueError, match="components"):
            measure(head, codes, V[:3], target, phi)
        with pytest.raises(ValueError, match="below 7"):
            measure(head, codes, V, C, phi)
    for size in (0, K):
        with pytest.raises(ValueError, match="subset_size"):
            c_mu_fidelity(head, codes, V, target, phi, subset_size=size)
    with pytest.raises(ValueError, match="at least 2 concepts"):
        c_mu_fidelity(head, codes[..., :1], V[:1], target, phi[:, :1])


def test_passes_of_the_head_are_counted(measured):
    head, codes, V, target, phi = measured
    for measure, passes in ((c_deletion, 2 * (K + 1)), (c_insertion, 2 * (K + 1)), (c_mu_fidelity, 129)):
        counted = CountedHead(head)
        measure(counted, codes, V, target, phi)
        assert (counted.forwards, counted.backwards) == (passes * N, 0)
