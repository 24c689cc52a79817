"""The names that a page offers without loading torchvision."""

import torchvision

from concepts.catalogue import TORCHVISION_CLASSIFIERS


def test_every_classifier_of_torchvision_is_offered():
    assert list(TORCHVISION_CLASSIFIERS) == torchvision.models.list_models(module=torchvision.models)
