"""The names that a page offers without loading torchvision."""

import torchvision

from attribution.importance import IMPORTANCE_METHODS
from attribution.methods import IMPORTANCES
from concepts.extraction import EXTRACTORS
from concepts.models.classifiers.catalogue import TORCHVISION_CLASSIFIERS
from concepts.report.settings import METHODS


def test_every_classifier_of_torchvision_is_offered():
    assert list(TORCHVISION_CLASSIFIERS) == torchvision.models.list_models(module=torchvision.models)


def test_the_settings_names_are_those_of_the_registries():
    assert ("auto", *EXTRACTORS) == METHODS
    assert list(IMPORTANCE_METHODS) == list(IMPORTANCES)
