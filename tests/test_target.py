"""Targets: a class or a group, by index or name."""

import numpy as np
import pytest
import torch

from concepts.models.classifiers.imagenet import imagenet_names
from concepts.models.target import resolve_target

NAMES = ["tench", "goldfish", "great white shark", "hen", "lorry, truck"]


@pytest.mark.parametrize(
    ("spec", "indices"),
    [
        (2, (2,)),
        ("2", (2,)),
        ("Great_White-shark", (2,)),
        ("1-3", (1, 2, 3)),
        ("hen, tench", (3, 0)),
        ("lorry, truck", (4,)),
        ([0, "hen", "hen"], (0, 3)),
        (np.int64(2), (2,)),
        (np.array([2, 0]), (2, 0)),
    ],
)
def test_what_a_target_means(spec, indices):
    target = resolve_target(spec, NAMES, 5)
    assert target.indices == indices
    assert target.names == tuple(NAMES[i] for i in indices)
    logits = torch.tensor([[0.1, 2.0, -1.0, 0.5, 3.0], [1.0, 0.0, 0.0, -2.0, 0.3]])
    expected = logits[:, indices[0]] if len(indices) == 1 else logits[:, list(indices)].exp().sum(dim=1).log()
    torch.testing.assert_close(target.score(logits), expected)
    with pytest.raises(ValueError, match="expected logits"):
        target.score(logits[:, : max(indices)])


@pytest.mark.parametrize(
    ("spec", "message"), [("goldfsh", "goldfish"), (5, "0 to 4"), ("3-9", "0 to 4"), ("", "class"), (2.0, "float")]
)
def test_a_target_that_is_not_there_is_named(spec, message):
    with pytest.raises(ValueError, match=message):
        resolve_target(spec, NAMES, 5)


def test_without_names_classes_are_numbered():
    assert resolve_target(1, None, 3).label == "class 1"
    assert resolve_target("class 2", None, 3).indices == (2,)


def test_a_name_as_it_is_written_comes_first():
    assert resolve_target("cardigan", ["Cardigan", "cardigan"], 2).indices == (1,)


@pytest.mark.parametrize(("folder", "index"), [("AC_DC", 1), ("acdc", 1), ("yes no", 2)])
def test_a_folder_that_stands_for_a_class_names_it(folder, index):
    assert resolve_target(folder, ["tench", "AC/DC", "yes / no"], 3).indices == (index,)


@pytest.mark.parametrize(("folder", "index"), [("n01440764", 0), ("n01443537_goldfish", 1)])
def test_a_wnid_names_its_class(folder, index):
    assert resolve_target(folder, imagenet_names(), 1000).indices == (index,)


def test_a_folder_that_stands_for_two_classes_names_neither():
    with pytest.raises(ValueError, match="no class is called 'a_b'"):
        resolve_target("a_b", ["a/b", "a?b"], 2)
