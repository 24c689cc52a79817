"""The demo's small networks (a ReLU feature map, its average, a linear head) and their shipped weights."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from concepts.demo.classes import CLASS_NAMES
from concepts.demo.digits import DIGIT_NAMES
from concepts.models.classifiers.transform import PhotoTransform
from concepts.storage.app_folder import DEMO

MIDDLE, SPREAD = 0.5, 0.25  # colours c in [0, 1] enter the network as (c − MIDDLE) / SPREAD


class SmallNet(nn.Module):
    """Blocks of convolution, batch norm and ReLU (`features`), `pool` to one place, `flatten`, `linear` to logits.

    widths and kernels: channels and side of the convolutions; the first has stride `stride` in pixels.
    images (n, 3, side, side) → logits (n, classes).
    The head is affine after averaging over positions, so concept importance has a closed form (Holistic, theorem 1).
    """

    def __init__(self, n_classes: int, *, widths: tuple[int, ...], kernels: tuple[int, ...], stride: int) -> None:
        super().__init__()
        incoming, strides = (3, *widths[:-1]), (stride, *(1 for _ in widths[1:]))
        blocks = [_block(*sizes) for sizes in zip(incoming, widths, kernels, strides, strict=True)]
        self.features = nn.Sequential(*(layer for block in blocks for layer in block))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.linear = nn.Linear(widths[-1], n_classes)

    def forward(self, images: Tensor) -> Tensor:
        """Logits (n, classes)."""
        return self.linear(self.flatten(self.pool(self.features(images))))


@dataclass(frozen=True)
class DemoModel:
    """The specification of a demo network, without its weights."""

    file: str
    class_names: tuple[str, ...]
    side: int  # of an input image, in pixels
    widths: tuple[int, ...]
    kernels: tuple[int, ...]
    stride: int  # of the first convolution

    def build(self) -> SmallNet:
        """The network with weights not yet loaded."""
        return SmallNet(len(self.class_names), widths=self.widths, kernels=self.kernels, stride=self.stride)

    def transform(self) -> PhotoTransform:
        """The transform from a photo to the network's input: short side resized, centre cropped, normalised."""
        return PhotoTransform(resize=self.side, crop=self.side, mean=(MIDDLE,) * 3, std=(SPREAD,) * 3)


DEMO_MODELS: dict[str, DemoModel] = {
    "demo/shapes": DemoModel("shapes.safetensors", CLASS_NAMES, 96, (32, 48, 48), (4, 3, 1), 4),
    "demo/digits": DemoModel("digits.safetensors", DIGIT_NAMES, 32, (24, 32, 32), (4, 3, 3), 2),
}


def demo_model(name: str) -> DemoModel:
    """The entry of DEMO_MODELS. Raises ValueError, with the available names, for any other."""
    if name not in DEMO_MODELS:
        raise ValueError(f"no demo model {name!r}; there are {', '.join(DEMO_MODELS)}")
    return DEMO_MODELS[name]


def load_demo_model(name: str, device: str = "cpu", *, folder: Path = DEMO) -> nn.Module:
    """A demo network with its shipped weights, ready to use, with `class_names` and `transform` as attributes.

    Raises ValueError for an unknown name, or if the weights are missing.
    """
    spec = demo_model(name)
    path = folder / spec.file
    if not path.is_file():
        raise ValueError(f"the weights of {name} are not at {path}: build them with `python -m concepts demo`")
    model = spec.build()
    model.load_state_dict(load_file(path))
    model.class_names, model.transform = spec.class_names, spec.transform()  # type: ignore[assignment]
    return model.eval().to(device)


def to_input(images: np.ndarray) -> Tensor:
    """(n, h, w, 3) uint8 → (n, 3, h, w) float32, normalised for the networks."""
    colours = torch.from_numpy(np.ascontiguousarray(images)).permute(0, 3, 1, 2).float() / 255
    return (colours - MIDDLE) / SPREAD


def _block(incoming: int, outgoing: int, kernel: int, stride: int) -> list[nn.Module]:
    convolution = nn.Conv2d(incoming, outgoing, kernel, stride=stride, padding=(kernel - 1) // 2, bias=False)
    return [convolution, nn.BatchNorm2d(outgoing), nn.ReLU()]
