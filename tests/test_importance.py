"""Importance: closed form, axioms, agreement with slow literal versions, batch = one by one."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from attribution.affine import affine_gradient, affine_importance, strongest
from attribution.importance import IMPORTANCE_METHODS, checked_importance, completeness_gap, concept_importance
from attribution.methods import IMPORTANCES
from attribution.score import class_indices, class_score, concept_score
from tests.support.toy_heads import AffineHead, C, CurvedHead, P

N, H, W, K = 3, 2, 3, 4
SAMPLED = [name for name, method in IMPORTANCES.items() if method.sampled]


@pytest.fixture
def toy(rng):
    codes = torch.rand(N, H, W, K, generator=rng, dtype=torch.float64)
    return codes, torch.randn(K, P, generator=rng, dtype=torch.float64)


@pytest.mark.parametrize("method", ["gradient_input", "integrated_gradients", "occlusion", "shapley"])
@pytest.mark.parametrize("closed_form", [True, False])
def test_for_an_affine_head_every_complete_method_is_the_closed_form(method, closed_form, toy, rng):
    codes, V = toy
    head = AffineHead(rng)
    phi = concept_importance(head, codes, V, 3, method, closed_form=closed_form)
    torch.testing.assert_close(phi, codes.mean(dim=(1, 2)) * (V @ head.W[3]), rtol=1e-4, atol=1e-8)


def test_an_affine_head_is_recognised_and_a_curved_one_is_not(toy, rng):
    codes, V = toy
    head = AffineHead(rng)
    gradient = affine_gradient(head, codes @ V, 3)
    torch.testing.assert_close(gradient, head.W[3].expand(H, W, P) / (H * W))
    assert affine_gradient(CurvedHead(rng), codes @ V, 3) is None
    assert affine_gradient(head, codes @ V, [1, 2]) is None  # log-sum-exp of a group


def test_a_head_that_is_linear_only_above_zero_is_not_called_affine(toy, rng):
    codes, V = toy
    W = torch.rand(C, P, generator=rng, dtype=torch.float64)
    assert affine_gradient(lambda A: torch.relu(A @ W.T).flatten(1, -2).mean(dim=1), codes @ V.abs(), 0) is None


def test_position_dependent_affine_heads_have_a_closed_form_too(toy, rng):
    codes, V = toy
    weight = torch.randn(C, H * W * P, generator=rng, dtype=torch.float64)
    head = lambda A: A.flatten(1) @ weight.T  # noqa: E731
    phi = affine_importance(codes, V, affine_gradient(head, codes @ V, 2))
    torch.testing.assert_close(phi, concept_importance(head, codes, V, 2, "occlusion", closed_form=False))


def test_gradient_input_and_saliency_match_autograd_by_hand(toy, rng):
    codes, V = toy
    head, u = CurvedHead(rng), codes.clone().requires_grad_()
    gradient = torch.autograd.grad(concept_score(head, u, V, 1).sum(), u)[0]
    torch.testing.assert_close(concept_importance(head, codes, V, 1, "saliency"), gradient.sum(dim=(1, 2)))
    torch.testing.assert_close(
        concept_importance(head, codes, V, 1, "gradient_input"), (codes * gradient).sum(dim=(1, 2))
    )


def test_occlusion_matches_the_literal_definition(toy, rng):
    codes, V = toy
    head = CurvedHead(rng)
    full = concept_score(head, codes, V, 1)
    phi = concept_importance(head, codes, V, 1, "occlusion")
    for j in range(K):
        without = codes.clone()
        without[..., j] = 0
        torch.testing.assert_close(phi[:, j], full - concept_score(head, without, V, 1))


def test_integrated_gradients_are_complete_and_gradient_input_is_not(toy, rng):
    codes, V = toy
    head = CurvedHead(rng)
    gaps = {
        method: completeness_gap(head, codes, V, 1, concept_importance(head, codes, V, 1, method)).max()
        for method in ("integrated_gradients", "gradient_input")
    }
    assert gaps["integrated_gradients"] < 0.01
    assert gaps["gradient_input"] > 0.01


def test_a_group_is_the_log_sum_exp_of_its_logits(rng):
    logits = torch.randn(4, C, generator=rng, dtype=torch.float64)
    torch.testing.assert_close(class_score(logits, [1, 4]), (logits[:, 1].exp() + logits[:, 4].exp()).log())
    torch.testing.assert_close(class_score(logits, [2]), logits[:, 2])


@pytest.mark.parametrize("method", IMPORTANCE_METHODS)
def test_batches_agree_with_one_by_one(method, toy, rng):
    codes, V = toy
    head = CurvedHead(rng)
    together = concept_importance(head, codes, V, [0, 2], method)
    alone = concept_importance(head, codes, V, [0, 2], method, budget=1)
    torch.testing.assert_close(together, alone)


@pytest.mark.parametrize("method", sorted(set(IMPORTANCE_METHODS) - {"rise", "hsic"}))  # what all share; a bias
def test_an_absent_concept_has_no_importance(method, toy, rng):
    codes, V = toy
    codes[..., 2] = 0
    V[2] = 0
    assert concept_importance(CurvedHead(rng), codes, V, 1, method)[:, 2].abs().max() < 1e-12


@pytest.mark.parametrize("method", sorted(set(IMPORTANCE_METHODS) - set(SAMPLED)))
def test_the_order_of_concepts_does_not_matter(method, toy, rng):
    codes, V = toy
    head, order = CurvedHead(rng), torch.randperm(K, generator=rng)
    phi = concept_importance(head, codes, V, 1, method)
    torch.testing.assert_close(concept_importance(head, codes[..., order], V[order], 1, method), phi[:, order])


@pytest.mark.parametrize("method", SAMPLED)
def test_the_order_of_concepts_matters_no_more_than_other_draws(method, toy, rng):
    codes, V = toy
    head, order = CurvedHead(rng), torch.randperm(K, generator=rng)
    one = checked_importance(head, codes, V, 1, method)
    other = checked_importance(head, codes[..., order], V[order], 1, method)
    error = (one.checks["standard_error"][:, order].square() + other.checks["standard_error"].square()).sqrt()
    assert ((one.phi[:, order] - other.phi).abs() <= 4.5 * error + 1e-6).all()


@pytest.mark.parametrize("method", IMPORTANCE_METHODS)
@pytest.mark.parametrize("head_type", [AffineHead, CurvedHead])
def test_maps_tokens_and_pooled_vectors_are_treated_alike(method, head_type, toy, rng):
    codes, V = toy
    head = head_type(rng)
    as_map = concept_importance(head, codes, V, 1, method)
    as_tokens = concept_importance(head, codes.reshape(N, H * W, K), V, 1, method)
    torch.testing.assert_close(as_map, as_tokens)
    vectors = codes[:, 0, 0]  # (n, k): one position
    pooled = concept_importance(lambda A: head(A[:, None]), vectors, V, 1, method)
    torch.testing.assert_close(pooled, concept_importance(head, codes[:, :1, 0], V, 1, method))


def test_wrong_input_is_named(toy, rng):
    codes, V = toy
    head = AffineHead(rng)
    with pytest.raises(ValueError, match="gradient_input, integrated_gradients"):
        concept_importance(head, codes, V, 1, "gradientinput")
    with pytest.raises(ValueError, match="below 7"):
        concept_importance(head, codes, V, 7)
    with pytest.raises(ValueError, match="components"):
        concept_importance(head, codes, V[:2], 1)


def test_the_head_is_judged_by_the_images_in_which_it_does_something(toy, rng):
    codes, V = toy
    head = CurvedHead(rng)
    faint = torch.cat([codes * 1e-9, codes])  # the first images show nothing of the curve
    by_occlusion = concept_importance(head, faint, V, 1, "occlusion", closed_form=False)
    torch.testing.assert_close(concept_importance(head, faint, V, 1, "occlusion"), by_occlusion)
    assert sorted(strongest(faint).flatten(1).amax(dim=1)) == sorted(faint.flatten(1).amax(dim=1))[-8:]


@pytest.mark.parametrize("head_type", [AffineHead, CurvedHead])
def test_without_activations_no_head_is_called_affine(head_type, toy, rng):
    codes, V = toy
    assert affine_gradient(head_type(rng), codes @ V * 0, 3) is None


def test_a_curve_beside_a_large_constant_is_still_a_curve(toy, rng):
    codes, V = toy
    head = CurvedHead(rng)
    head.b += 1e6
    assert affine_gradient(head, codes @ V, 3) is None


NAMES = ("tench", "great white shark", "hen", "Cardigan", "cardigan", "jay", "crane")


@pytest.mark.parametrize(
    ("target", "indices"),
    [
        (2, [2]),
        (np.int64(2), [2]),
        (np.array(2), [2]),
        (torch.tensor(2), [2]),
        (torch.tensor([2, 0]), [2, 0]),
        (np.array([1, 1]), [1]),
        ("hen", [2]),
        ("Great_White-Shark", [1]),
        ("cardigan", [4]),
        (["hen", 0, np.int32(5)], [2, 0, 5]),
    ],
)
def test_a_target_is_an_index_of_any_type_a_name_or_a_list(target, indices):
    assert class_indices(target, 7, NAMES) == indices


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("hne", "hen"),
        (7, "below 7"),
        (-1, "below 7"),
        (2.0, "float"),
        ([], "empty"),
        (None, "NoneType"),
        ([2.5], "float"),
    ],
)
def test_a_target_that_is_none_is_named(target, words):
    with pytest.raises(ValueError, match=words):
        class_indices(target, 7, NAMES)


class NamedHead:
    """As `Split`: a head that is a method of something with a card."""

    def __init__(self, head):
        self.card, self.inner = SimpleNamespace(class_names=NAMES), head

    def head(self, A):
        return self.inner(A)


@pytest.mark.parametrize("method", ["gradient_input", "rise"])  # names are looked up before any method
def test_importance_takes_names_from_the_heads_model_or_as_given(method, toy, rng):
    codes, V = toy
    head = CurvedHead(rng)
    expected = concept_importance(head, codes, V, [2, 5], method)
    torch.testing.assert_close(concept_importance(NamedHead(head).head, codes, V, ["hen", "jay"], method), expected)
    torch.testing.assert_close(concept_importance(head, codes, V, ["hen", "jay"], method, class_names=NAMES), expected)
    with pytest.raises(ValueError, match="no class names"):
        concept_importance(head, codes, V, "hen", method)
