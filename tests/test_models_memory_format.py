"""Channels last on a CPU: for convolutional models that give the same logits in it."""

import pytest
import torch
from torch import nn

from concepts.models import load_model, split_model
from concepts.models.classifiers.card import card_of, fingerprint
from concepts.models.classifiers.memory_format import choose_memory_format
from tests.support.places import SHARED


class Reading(nn.Module):
    """A convolution whose output is read by `how`."""

    def __init__(self, how):
        super().__init__()
        self.conv, self.linear, self.how = nn.Conv2d(3, 4, 3, padding=1), nn.Linear(4 * 36, 5), how

    def forward(self, x):
        return self.linear(self.how(self.conv(x)))


def only_as_usual(a):
    """Refuses what is not contiguous, with an error of its own."""
    if not a.is_contiguous():
        raise ValueError("contiguous activations are needed")
    return a.flatten(1)


def as_it_lies(a):
    """Another order in another memory format, without an error."""
    return a.as_strided((len(a), a[0].numel()), (a[0].numel(), 1))


@pytest.mark.parametrize(
    ("how", "chosen"),
    [
        (lambda a: a.flatten(1), "channels_last"),
        (lambda a: a.view(len(a), -1), "contiguous"),
        (only_as_usual, "contiguous"),
        (as_it_lies, "contiguous"),
    ],
)
def test_only_where_the_logits_stay(how, chosen):
    torch.manual_seed(0)
    model, images = Reading(how).eval(), torch.randn(2, 3, 6, 6)
    before, name = model(images), fingerprint(model)
    assert choose_memory_format(model, model, images) == chosen
    last = model.conv.weight.is_contiguous(memory_format=torch.channels_last)
    assert last == (chosen == "channels_last")
    torch.testing.assert_close(model(images), before)
    assert fingerprint(model) == name


def test_a_model_without_convolutions_stays_as_it_is():
    model = nn.Sequential(nn.Flatten(), nn.Linear(12, 2))
    assert choose_memory_format(model, model, torch.randn(2, 3, 2, 2)) == "contiguous"


def test_a_factory_s_model_and_torchvision_s_say_their_format(tmp_path):
    factory = tmp_path / "mine.py"
    factory.write_text("from torch import nn\ndef build():\n    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), "
                       "nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))\n")  # fmt: skip
    for name in (f"{factory}:build", "squeezenet1_0"):
        model = load_model(name, n_classes=None if ":" in name else 3)
        assert card_of(model).memory_format == "channels_last"
        assert next(model.parameters()).is_contiguous(memory_format=torch.channels_last)


@pytest.mark.shared
@pytest.mark.usefixtures("shared")
def test_a_real_network_gives_the_same_in_both():
    model = load_model(f"{SHARED / 'models' / 'efficientnet_lite0' / 'efficientnet_lite0.py'}:load")
    assert card_of(model).memory_format == "channels_last"
    images = torch.randn(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    a = split_model(model).encode(images)
    b = split_model(model.to(memory_format=torch.contiguous_format)).encode(images)
    torch.testing.assert_close(a, b, rtol=0, atol=1e-5 * float(b.abs().max()))
