"""Every fact that a way to find concepts states about itself is true of its estimator, and the other way round."""

import inspect

import pytest
import torch

from concepts.extraction import EXTRACTORS, ClassifierAwareNMF, Extractor
from concepts.extraction.methods import AUTO, CLASSIFIER_AWARE_NMF, EXTRACTIONS, suited
from concepts.extraction.registry import estimator_of

K, P = 3, 8


@pytest.fixture(params=EXTRACTIONS)
def method(request):
    return EXTRACTIONS[request.param]


def unfitted(method):
    return EXTRACTORS[method.name](K, **({"steps": 30} if method.name.endswith("sae") else {}))


def rows(rng, *, signed):
    A = torch.rand(60, P, generator=rng, dtype=torch.float64)
    return A - 0.5 if signed else A


def estimators(kind=Extractor):
    """All subclasses in the program that can be made."""
    below = [each for child in kind.__subclasses__() for each in estimators(child)]
    return below if inspect.isabstract(kind) or not kind.__module__.startswith("concepts.") else [kind, *below]


def test_every_estimator_has_an_object_and_every_object_its_estimator():
    objects = (*EXTRACTIONS.values(), CLASSIFIER_AWARE_NMF)
    assert {kind.about.name: kind for kind in estimators()} == {each.name: estimator_of(each) for each in objects}
    assert len({each.implementation for each in objects}) == len(objects)
    assert {name: estimator_of(each) for name, each in EXTRACTIONS.items()} == EXTRACTORS
    assert all(name == each.name for name, each in EXTRACTIONS.items())
    assert CLASSIFIER_AWARE_NMF.name not in EXTRACTIONS  # a name alone cannot make it


def test_activations_below_zero_are_taken_or_refused(method, rng):
    A = rows(rng, signed=True)
    if not method.signed_input:
        with pytest.raises(ValueError, match="semi_nmf"):
            unfitted(method).fit(A)
        A = A.clamp(min=0)
    extractor = unfitted(method).fit(A)
    smallest = min(extractor.dictionary.min(), extractor.transform(A).min())
    assert (smallest < 0) == method.signed_input  # else there is nothing to copy a negative activation with


def test_codes_have_both_signs_or_are_never_negative(method, rng):
    U = unfitted(method).fit_transform(rows(rng, signed=method.signed_input))
    assert (U.min() < 0) == method.signed_codes
    assert unfitted(method).signed_codes == method.signed_codes


def test_what_is_fitted_on_a_sample_has_its_size_for_an_option(method):
    assert ("sample" in inspect.signature(estimator_of(method)).parameters) == (not method.streams)


def test_the_state_is_what_is_fitted(method, rng):
    assert tuple(unfitted(method).fit(rows(rng, signed=False)).state) == method.state


def test_a_control_learns_nothing(method, rng):
    A = rows(rng, signed=False)
    fitted, other = (unfitted(method).fit(each).dictionary for each in (A, A.flip(1) ** 3))
    known = {tuple(row) for row in torch.eye(P, dtype=torch.float64).tolist()}
    nothing = torch.equal(fitted, other) or {tuple(row) for row in fitted.tolist()} <= known
    assert nothing == method.control


def test_the_one_that_needs_a_head_takes_one():
    for each in (*EXTRACTIONS.values(), CLASSIFIER_AWARE_NMF):
        assert ("head" in inspect.signature(estimator_of(each)).parameters) == each.needs_head
    assert set(ClassifierAwareNMF.about.state) == {"components", "energy"}


def test_auto_goes_by_the_sign_to_a_method_that_takes_it():
    for signed in (False, True):
        assert EXTRACTIONS[suited(AUTO, signed=signed)].signed_input or not signed
        assert suited("kmeans", signed=signed) == "kmeans"
    assert suited(AUTO, signed=False) == "nmf"
