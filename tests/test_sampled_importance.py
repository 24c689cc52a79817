"""Sampled importances: slow literal versions, exact values on toys, seeds, and standard errors that cover."""

from itertools import permutations, product

import pytest
import torch
from scipy.stats import t as student

from attribution import hsic, noise, rise, sobol
from attribution.estimate import GROUPS
from attribution.importance import IMPORTANCE_METHODS, checked_importance, concept_importance
from attribution.masks import binary_masks, paired_masks
from attribution.methods import IMPORTANCES
from attribution.removal import orders_of
from attribution.score import concept_score
from tests.support.toy_heads import AffineHead, CurvedHead, P, of_codes

N, H, W, K = 2, 2, 2, 3
SAMPLED = ("shapley", "smoothgrad", "squaregrad", "vargrad", "rise", "sobol", "hsic")
REPLICATES = dict.fromkeys(SAMPLED, GROUPS) | {"sobol": sobol.REPLICATES}
EYE = torch.eye(K, dtype=torch.float64)


@pytest.fixture
def toy(rng):
    codes = torch.rand(N, H, W, K, generator=rng, dtype=torch.float64)
    return CurvedHead(rng), codes, torch.randn(K, P, generator=rng, dtype=torch.float64)


def noisy_gradients(head, u, V, seed):
    """g (draws, k) of one image u (H, W, k), one at a time by autograd."""
    generator, spread = torch.Generator().manual_seed(seed), u.max()  # codes ≥ 0: the smallest is "absent"
    gradients = []
    for _ in range(GROUPS * noise.DRAWS):
        normal = torch.randn(u.shape, generator=generator, dtype=u.dtype)
        point = (u + 0.1 * spread * normal).requires_grad_()
        gradient = torch.autograd.grad(concept_score(head, point[None], V, 1).sum(), point)[0]
        gradients.append(gradient.sum(dim=(0, 1)))
    return torch.stack(gradients)


MOMENTS = {
    "smoothgrad": lambda g: g.mean(dim=0),
    "squaregrad": lambda g: g.square().mean(dim=0),
    "vargrad": lambda g: torch.stack([group.var(dim=0) for group in g.split(noise.DRAWS)]).mean(dim=0),
}


@pytest.mark.parametrize("method", MOMENTS)
def test_noisy_gradients_match_the_literal_moments(method, toy):
    head, codes, V = toy
    phi = concept_importance(head, codes, V, 1, method, seed=5)
    slow = torch.stack([MOMENTS[method](noisy_gradients(head, u, V, 5)) for u in codes])
    torch.testing.assert_close(phi, slow)


def test_noise_is_a_tenth_of_the_range_that_includes_absence():
    codes = torch.tensor([[[1.0, 4.0]], [[-2.0, 3.0]], [[-1.0, -5.0]], [[0.0, 0.0]]])
    torch.testing.assert_close(noise.noise_width(codes), torch.tensor([0.4, 0.5, 0.5, 0.0]))


def test_under_an_affine_head_noise_changes_nothing(toy, rng):
    _, codes, V = toy
    head = AffineHead(rng)
    gradient = concept_importance(head, codes, V, 1, "saliency")
    torch.testing.assert_close(concept_importance(head, codes, V, 1, "smoothgrad"), gradient)
    torch.testing.assert_close(concept_importance(head, codes, V, 1, "squaregrad"), gradient.square())
    assert concept_importance(head, codes, V, 1, "vargrad").max() < 1e-12


def exact_shapley(head, codes, V, target=1):
    """The mean over all k! orders of what each concept changes when it is added."""
    orders = list(permutations(range(codes.shape[-1])))
    return torch.stack([added_in_order(head, codes, V, order, target) for order in orders]).mean(dim=0)


def added_in_order(head, codes, V, order, target=1):
    u, phi = torch.zeros_like(codes), torch.zeros(len(codes), codes.shape[-1], dtype=codes.dtype)
    before = concept_score(head, u, V, target)
    for j in order:
        u[..., j] = codes[..., j]
        after = concept_score(head, u, V, target)
        phi[:, j], before = after - before, after
    return phi


def test_shapley_is_the_mean_over_its_orders_and_their_reverses(toy):
    head, codes, V = toy
    slow = torch.cat(
        [
            torch.stack([added_in_order(head, u[None], V, way) for o in orders for way in (o, o[::-1])]).mean(dim=0)
            for u, orders in zip(codes, orders_of(codes, 3).tolist(), strict=True)
        ]
    )
    phi = concept_importance(head, codes, V, 1, "shapley", seed=3)
    torch.testing.assert_close(phi, slow, atol=1e-6, rtol=1e-5)  # Captum adds in float32
    torch.testing.assert_close(phi, exact_shapley(head, codes, V), atol=0.02, rtol=0.1)


def test_errors_of_shapley_values_are_independent_between_images(rng):
    """So that their mean over n images errs √n times less, as an interval over images takes for granted."""
    codes = 0.5 + torch.rand(200, K, generator=rng, dtype=torch.float64)
    largest = of_codes(lambda u: u.amax(dim=1))
    found, truth = checked_importance(largest, codes, EYE, 0, "shapley"), exact_shapley(largest, codes, EYE, target=0)
    error = found.checks["standard_error"].square().mean(dim=0).sqrt()
    assert ((found.phi - truth).mean(dim=0).abs() <= 3.5 * error / 200**0.5).all()


def test_orders_are_of_the_image_and_not_of_its_batch(rng):
    codes = torch.rand(6, 2, 5, generator=rng)
    orders = orders_of(codes, 0)
    assert (orders.sort(dim=-1).values == torch.arange(5)).all()
    torch.testing.assert_close(orders_of(codes[2:4], 0), orders[2:4])
    assert len({str(each) for each in orders.tolist()}) == 6
    assert (orders_of(codes, 1) != orders).any(dim=-1).any(dim=-1).all()


def test_shapley_is_efficient_and_says_so(toy):
    head, codes, V = toy
    assert checked_importance(head, codes, V, 1, "shapley").checks["completeness_gap"].max() < 1e-5


def test_paired_masks_keep_every_concept_in_exactly_half():
    masks = paired_masks(64, 20, 0)
    assert (masks.sum(dim=0) == 32).all()
    assert (masks[::2] + masks[1::2] == 1).all()
    assert masks.unique(dim=0).shape[0] > 60


@pytest.mark.parametrize("method", ["rise", "hsic"])
def test_masked_methods_match_their_literal_definitions(method, toy):
    head, codes, V = toy
    n_masks = GROUPS * rise.MASKS
    masks = {"rise": paired_masks, "hsic": binary_masks}[method](n_masks, K, 4).double()
    scores = torch.stack([concept_score(head, codes * m, V, 1) for m in masks])  # (M, n)
    literal = {"rise": literal_rise, "hsic": literal_hsic}[method]
    slow = torch.tensor([[literal(masks[:, j], scores[:, i]) for j in range(K)] for i in range(N)]).double()
    torch.testing.assert_close(concept_importance(head, codes, V, 1, method, seed=4), slow)


def literal_rise(m, y):
    return float((y * m).mean() / m.mean())


def literal_hsic(m, y):
    M = len(m)
    K_, H_ = (m[:, None] == m).double(), torch.eye(M, dtype=torch.float64) - 1 / M
    L_ = torch.exp(-(y[:, None] - y).square() / (2 * y.var(correction=0)))
    return float(torch.trace(K_ @ H_ @ L_ @ H_)) / M**2


def test_sobol_matches_the_literal_design_and_estimator(toy):
    head, codes, V = toy
    pairs = [sobol.sobol_points(K, sobol.POINTS, (6, r)) for r in range(sobol.REPLICATES)]
    A, B = (torch.cat(part) for part in zip(*pairs, strict=True))
    at = lambda m: torch.stack([concept_score(head, codes * row, V, 1) for row in m])  # noqa: E731
    variance = torch.cat([at(A), at(B)]).var(dim=0, correction=0)
    slow = []
    for j in range(K):
        mixed = A.clone()
        mixed[:, j] = B[:, j]
        slow.append((at(A) - at(mixed)).square().mean(dim=0) / 2 / variance)
    torch.testing.assert_close(concept_importance(head, codes, V, 1, "sobol", seed=6), torch.stack(slow, dim=1))


def test_total_sobol_indices_of_the_ishigami_function():
    a, b, pi = 7.0, 0.1, torch.pi
    points, other = (2 * pi * m - pi for m in sobol.sobol_points(3, 4096, (0,)))
    design = sobol.design_rows(points, other, 0, 4096 * 5)
    x, y, z = design.T
    scores = x.sin() + a * y.sin().square() + b * z**4 * x.sin()
    first, second = 0.5 * (1 + b * pi**4 / 5) ** 2, a**2 / 8
    both = 8 * b**2 * pi**8 / 225
    known = torch.tensor([first + both, second, both], dtype=torch.float64) / (first + second + both)
    torch.testing.assert_close(sobol.total_indices(scores.view(1, 4096, 5))[0], known, atol=0.01, rtol=0)


def test_sobol_points_fill_the_unit_interval_evenly_and_differ_by_replicate():
    A, B = sobol.sobol_points(4, 8, (0, 0))
    for column in (*A.T, *B.T):
        assert sorted((column * 8).floor().int().tolist()) == list(range(8))  # one in each eighth
    assert not torch.equal(A, sobol.sobol_points(4, 8, (0, 1))[0])


def test_sobol_of_an_affine_head_is_the_share_of_squares(toy, rng):
    _, codes, V = toy
    head = AffineHead(rng)
    effect = concept_importance(head, codes, V, 1, "occlusion")
    importance = checked_importance(head, codes, V, 1, "sobol")
    expected = effect.square() / effect.square().sum(dim=1, keepdim=True)
    assert ((importance.phi - expected).abs() <= 5 * importance.checks["standard_error"] + 1e-9).all()


def full_factorial(k):
    return torch.tensor(list(product([0.0, 1.0], repeat=k)), dtype=torch.float64)


def test_hsic_closed_form():
    masks = full_factorial(3)
    scores = torch.stack([masks[:, 0], 5 + 3 * masks[:, 2], torch.full((8,), 0.1, dtype=torch.float64)])
    value = (1 - torch.tensor(-2.0, dtype=torch.float64).exp()) / 4  # σ = 1/2: L between the two values is e⁻²
    expected = torch.zeros(3, 3, dtype=torch.float64)
    expected[0, 0] = expected[1, 2] = value
    torch.testing.assert_close(hsic.dependence(masks, scores), expected)


def test_rise_closed_form(rng):
    masks, a = full_factorial(4), torch.randn(4, generator=rng, dtype=torch.float64)
    scores = (3 + masks @ a)[None]
    torch.testing.assert_close(rise.mean_where_kept(masks, scores)[0], 3 + a.sum() / 2 + a / 2)


@pytest.mark.parametrize("method", ["sobol", "hsic"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("constant", [0.0, 0.1, -37.3])
def test_nothing_depends_on_a_constant_score(method, dtype, constant):
    codes = torch.rand(2, K, dtype=dtype, generator=torch.Generator().manual_seed(0))
    head = of_codes(lambda u: constant + 0 * u[:, 0])
    importance = checked_importance(head, codes, EYE.to(dtype), 0, method)
    assert (importance.phi == 0).all()
    assert (importance.checks["standard_error"] == 0).all()


@pytest.mark.parametrize("method", ["sobol", "hsic"])
def test_rounding_is_not_taken_for_dependence(method):
    codes = torch.rand(1, K, generator=torch.Generator().manual_seed(0))
    head = of_codes(lambda u: 20 + 4e-6 * u[:, 0])  # one unit in the last place of 20 is 2e-6
    assert (concept_importance(head, codes, EYE.float(), 0, method) == 0).all()


@pytest.mark.parametrize("method", SAMPLED)
def test_the_seed_decides_and_the_global_generator_does_not(method, toy):
    head, codes, V = toy
    with torch.random.fork_rng():
        torch.manual_seed(1)
        one = concept_importance(head, codes, V, 1, method, seed=7)
        torch.manual_seed(2)
        torch.testing.assert_close(concept_importance(head, codes, V, 1, method, seed=7), one, rtol=0, atol=0)
    assert (concept_importance(head, codes, V, 1, method, seed=8) - one).abs().max() > 1e-6


@pytest.mark.parametrize("method", SAMPLED)
def test_company_and_budget_change_nothing(method, toy):
    head, codes, V = toy
    together = checked_importance(head, codes, V, [0, 1], method)
    for i in range(N):
        for budget in (1, 7000, None):
            alone = checked_importance(head, codes[i : i + 1], V, [0, 1], method, budget=budget)
            torch.testing.assert_close(alone.phi[0], together.phi[i])
            error = together.checks["standard_error"][i]
            torch.testing.assert_close(alone.checks["standard_error"][0], error, atol=1e-7, rtol=1e-5)


@pytest.mark.slow
def test_no_call_of_the_head_holds_more_than_the_budget(toy):
    head, codes, V = toy
    rows_for = lambda n: n * H * W * P * 8 * 4  # noqa: E731
    for method in IMPORTANCE_METHODS:
        seen = []
        concept_importance(
            lambda A, seen=seen: (seen.append(len(A)), head(A))[1], codes.repeat(4, 1, 1, 1), V, 1, method,
            budget=rows_for(5), closed_form=False,
        )  # fmt: skip
        assert max(seen) <= 5, method


# Standard errors: a score of three codes with all its interactions, for which the truth is known or enumerated.


def score_of(u):
    x, y, z = u.T
    return x + 2 * y * z + 0.7 * (x - z) ** 2 + 0.5 * x * y * z


def known_truth(method, u):
    """The expectation that an estimate aims at, (k,)."""
    head = of_codes(score_of)
    if method == "shapley":
        orders = [added(head, u, o) for o in permutations(range(3))]
        return torch.stack(orders).mean(dim=0)
    if method == "rise":
        masks = full_factorial(3)
        return rise.mean_where_kept(masks, score_of(masks * u)[None])[0]
    if method == "sobol":
        A, B = sobol.sobol_points(3, 2**14, (99,))
        rows = sobol.design_rows(A, B, 0, 2**14 * 5)
        return sobol.total_indices(score_of(rows * u).view(1, -1, 5))[0]
    generator = torch.Generator().manual_seed(99)
    points = u + noise.noise_width(u[None]) * torch.randn(200_000, 3, generator=generator, dtype=torch.float64)
    points.requires_grad_()
    g = torch.autograd.grad(score_of(points).sum(), points)[0]
    return {"smoothgrad": g.mean(dim=0), "squaregrad": g.square().mean(dim=0), "vargrad": g.var(dim=0)}[method]


def added(head, u, order):
    phi, present = torch.zeros(3, dtype=torch.float64), torch.zeros(1, 3, dtype=torch.float64)
    before = head(present)[0, 0]
    for j in order:
        present[0, j] = u[j]
        phi[j], before = head(present)[0, 0] - before, head(present)[0, 0]
    return phi


@pytest.mark.slow
@pytest.mark.parametrize("method", SAMPLED)
def test_standard_errors_cover_in_about_95_of_100_simulations(method):
    u = torch.tensor([0.9, 1.4, 0.6], dtype=torch.float64)
    runs = [checked_importance(of_codes(score_of), u[None], EYE, 0, method, seed=seed) for seed in range(100)]
    phi = torch.cat([run.phi for run in runs])
    error = torch.cat([run.checks["standard_error"] for run in runs])
    truth = phi.mean(dim=0) if method == "hsic" else known_truth(method, u)  # HSIC's error leaves out its bias
    reach = student.ppf(0.975, REPLICATES[method] - 1)
    covered = ((phi - truth).abs() <= reach * error).sum(dim=0)
    assert covered.min() >= 88, covered
    assert covered.double().mean() >= 90, covered
    scatter = phi.std(dim=0)
    assert (error.square().mean(dim=0).sqrt() < 1.6 * scatter).all()  # nor are they wide for nothing


@pytest.mark.parametrize(
    ("method", "forwards", "backwards"),
    [
        ("saliency", 1, 1),
        ("tcav", 1, 1),
        ("gradient_input", 1, 1),
        ("integrated_gradients", 32, 32),
        ("smoothgrad", GROUPS * noise.DRAWS, GROUPS * noise.DRAWS),
        ("occlusion", K + 1, 0),
        ("shapley", GROUPS * (2 * K + 1), 0),
        ("rise", GROUPS * rise.MASKS, 0),
        ("hsic", GROUPS * hsic.MASKS, 0),
        ("sobol", sobol.REPLICATES * sobol.POINTS * (K + 2), 0),
    ],
)
def test_passes_of_the_head_are_counted(method, forwards, backwards, toy):
    head, codes, V = toy
    for budget in (2000, None):  # one image a call, or all
        importance = checked_importance(head, codes, V, 1, method, closed_form=False, budget=budget)
        assert (importance.forward_passes, importance.backward_passes) == (forwards, backwards)


@pytest.mark.parametrize("method", IMPORTANCE_METHODS)
def test_a_checked_importance_is_the_plain_one_with_its_checks(method, toy, rng):
    head, codes, V = toy
    importance = checked_importance(head, codes, V, 1, method, seed=2)
    torch.testing.assert_close(importance.phi, concept_importance(head, codes, V, 1, method, seed=2), rtol=0, atol=0)
    sampled, complete = IMPORTANCES[method].sampled, IMPORTANCES[method].complete_when_affine
    assert ("standard_error" in importance.checks) == sampled
    assert ("completeness_gap" in importance.checks) == complete
    assert not importance.closed_form
    exact = checked_importance(AffineHead(rng), codes, V, 1, method)
    assert exact.closed_form == complete
    assert ("standard_error" in exact.checks) == (sampled and not exact.closed_form)
    assert exact.checks.get("completeness_gap", torch.zeros(1)).max() < 1e-6


@pytest.mark.parametrize("method", IMPORTANCE_METHODS)
def test_no_images_have_no_importance(method, toy):
    head, codes, V = toy
    importance = checked_importance(head, codes[:0], V, 1, method)
    assert importance.phi.shape == (0, K)
    assert importance.forward_passes == 0


def test_tcav_is_the_sign_of_the_directional_derivative(toy):
    head, codes, V = toy
    gradient = concept_importance(head, codes, V, 1, "saliency")
    torch.testing.assert_close(concept_importance(head, codes, V, 1, "tcav"), (gradient > 0).double())
