"""Every fact that an importance method states about itself is true of its function, and the other way round."""

import ast

import pytest
import torch

from attribution.importance import checked_importance, completeness_gap, concept_importance
from attribution.importance_method import AddsUp
from attribution.methods import IMPORTANCES
from tests.support.places import ROOT
from tests.support.toy_heads import AffineHead, C, CurvedHead, P

N, T, K = 3, 4, 5
TAKES = "score: Forward, codes: Tensor, sampling: Sampling"
GROWTH = {  # unit → powers with which φ grows when the logits, or the codes, are counted in other units
    "logits": (1, 0),
    "logits per unit of code": (1, -1),
    "(logits per unit of code)²": (2, -2),
    "share of variance": (0, 0),
    "": (0, 0),
}


@pytest.fixture(params=IMPORTANCES)
def method(request):
    return IMPORTANCES[request.param]


@pytest.fixture
def rng() -> torch.Generator:
    """One seed: the facts are about the method, not about the numbers."""
    return torch.Generator().manual_seed(0)


@pytest.fixture
def toy(rng):
    codes = torch.rand(N, T, K, generator=rng, dtype=torch.float64)
    return codes, torch.randn(K, P, generator=rng, dtype=torch.float64)


def test_every_function_that_weighs_concepts_has_an_object_and_every_object_its_function():
    written = set()
    for file in (ROOT / "attribution").glob("*.py"):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and ast.unparse(node.args) == TAKES:
                written.add(f"attribution.{file.stem}:{node.name}")
    assert written == {method.implementation for method in IMPORTANCES.values()}
    assert all(callable(method.function()) for method in IMPORTANCES.values())
    assert all(name == method.name for name, method in IMPORTANCES.items())


def test_passes_of_the_head_are_those_counted(method, toy, rng):
    codes, V = toy
    for k in (K, 2):  # they may grow with the number of concepts
        found = checked_importance(CurvedHead(rng), codes[..., :k], V[:k], 1, method.name, closed_form=False)
        stated = method.passes.forwards(k), method.passes.backwards(k)
        assert (found.forward_passes, found.backward_passes) == stated


def test_a_sampled_one_has_a_standard_error(method, toy, rng):
    codes, V = toy
    found = checked_importance(CurvedHead(rng), codes, V, 1, method.name)
    assert ("standard_error" in found.checks) == method.sampled


def test_it_adds_up_where_it_says_so_and_nowhere_else(method, toy, rng):
    codes, V = toy
    for head, adds_up in (
        (AffineHead(rng), method.adds_up in (AddsUp.ALWAYS, AddsUp.AFFINE)),
        (CurvedHead(rng), method.adds_up is AddsUp.ALWAYS),
    ):
        found = checked_importance(head, codes, V, 1, method.name, closed_form=False)
        assert (completeness_gap(head, codes, V, 1, found.phi).max() < 0.001) == adds_up
        assert ("completeness_gap" in found.checks) == (method.adds_up is not AddsUp.NEVER)


def test_the_closed_form_is_used_for_those_that_equal_it_and_for_no_other(method, toy, rng):
    codes, V = toy
    head = AffineHead(rng)
    computed = concept_importance(head, codes, V, 3, method.name, closed_form=False)
    closed = codes.mean(dim=1) * (V @ head.W[3])
    assert torch.allclose(computed, closed, rtol=1e-4, atol=1e-8) == method.complete_when_affine
    assert checked_importance(head, codes, V, 3, method.name).closed_form == method.complete_when_affine


def test_it_has_both_signs_or_is_never_negative(method, toy, rng):
    codes, V = toy
    head = CurvedHead(rng)
    smallest = min(concept_importance(head, codes, V, c, method.name).min() for c in range(C))
    assert (smallest < 0) == method.signed


def test_it_is_in_its_unit(method, toy, rng):
    codes, V = toy
    head = CurvedHead(rng)
    of_logits, of_codes = GROWTH[method.unit]
    phi = concept_importance(head, codes, V, 1, method.name)
    louder = concept_importance(lambda A: 3 * head(A), codes, V, 1, method.name)
    finer = concept_importance(head, 2 * codes, V / 2, 1, method.name)
    torch.testing.assert_close(louder, phi * 3.0**of_logits)
    torch.testing.assert_close(finer, phi * 2.0**of_codes)
