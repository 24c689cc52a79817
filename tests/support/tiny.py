"""A tiny classifier and tiny photos (red or green squares on grey), so that the main job runs in a second."""

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image
from torch import nn

if TYPE_CHECKING:  # this file is also opened as a user's model
    import pytest

CLASSES = ["red", "green", "blue"]
FACTORY = f"{Path(__file__).resolve()}:build"
SLOW = f"{FACTORY}_slow"
DEADLY = f"{FACTORY}_deadly"


def build() -> nn.Module:
    """(n, 3, 32, 32) to (n, 3): amount of red, green and blue in a picture; features (n, 4, 8, 8) ≥ 0, affine head."""
    convolution = nn.Conv2d(3, 4, 4, stride=4)
    linear = nn.Linear(4, 3)
    with torch.no_grad():
        for weights in convolution.parameters():
            weights.zero_()
        for channel in range(3):
            convolution.weight[channel] = -0.5 / 16
            convolution.weight[channel, channel] = 1 / 16
        convolution.weight[3] = 0.3 / 16
        linear.weight.copy_(torch.eye(4)[:3] * 5)
        linear.bias.zero_()
    model = nn.Sequential()
    model.add_module("features", nn.Sequential(convolution, nn.ReLU()))
    model.add_module("pool", nn.AdaptiveAvgPool2d(1))
    model.add_module("flatten", nn.Flatten())
    model.add_module("linear", linear)
    model.transform = to_tensor  # type: ignore[assignment]  # a module takes any attribute
    return model.eval()


class Pause(nn.Module):
    """Returns its input half a second later; the processor is free meanwhile."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        time.sleep(0.5)
        return x


def build_slow() -> nn.Module:
    """The same classifier, half a second slower on each batch."""
    model = build()
    model.add_module("features", nn.Sequential(model.get_submodule("features"), Pause()))
    return model


def build_deadly() -> nn.Module:
    """The same classifier, but the process that opens it dies where TINY_DEADLY is set."""
    if os.environ.get("TINY_DEADLY"):
        os._exit(9)
    return build()


def to_tensor(image: Image.Image) -> torch.Tensor:
    """(3, 32, 32) in [-1, 1]."""
    pixels = np.asarray(image.resize((32, 32)), dtype=np.float32)
    return torch.from_numpy(pixels / 127.5 - 1).permute(2, 0, 1).contiguous()


def draw(colour: str, *, marked: bool, rng: np.random.Generator) -> Image.Image:
    """A square of a colour at a random position on grey; a marked picture has a blue corner as well."""
    pixels = rng.integers(100, 156, (32, 32, 3), dtype=np.uint8)
    top, left = rng.integers(8, 20, 2)
    pixels[top : top + 10, left : left + 10] = {"red": (250, 20, 20), "green": (20, 250, 20)}[colour]
    if marked:
        pixels[:8, :8] = (20, 20, 250)
    return Image.fromarray(pixels)


def write_photos(folder: Path, *, n: int = 24, marked: float = 0.5, seed: int = 0) -> Path:
    """Class folders red/ and green/ of n pictures each; a share of the red ones is marked."""
    rng = np.random.default_rng(seed)
    for colour in ("red", "green"):
        (folder / colour).mkdir(parents=True)
        for i in range(n):
            picture = draw(colour, marked=colour == "red" and i < marked * n, rng=rng)
            picture.save(folder / colour / f"{i:03d}.png")
    return folder


def make_tiny(root: Path, *targets: str, n: int = 16) -> Path:
    """Writes the photos and makes reports of those classes, all in `root`, which it returns."""
    write_photos(root / "photos", n=n)
    analyse_tiny(root, *targets)
    return root


def analyse_tiny(root: Path, *targets: str) -> None:
    """Makes reports of those classes, as a user does, from root/photos: in root/reports, stages in root/store."""
    from concepts.engine.analysis import analyse
    from concepts.report.request import Request
    from concepts.report.settings import ReportSettings

    (root / "classes.txt").write_text("\n".join(CLASSES))
    for target in targets:
        request = Request(
            model=FACTORY, classes=str(root / "classes.txt"), images=str(root / "photos"), target=target,
            layer="features", settings=ReportSettings(n_concepts=3),
        )  # fmt: skip
        analyse(request, root / "store").save(root / "reports" / target)


def serve_tiny(made: Path, workspace: Path, monkeypatch: "pytest.MonkeyPatch") -> None:
    """Sets up a workspace with copies of those reports, in which pages may open the tiny model, without the demo."""
    from tests.support.screen import without_demo

    without_demo(monkeypatch, workspace)
    monkeypatch.setenv("CONCEPTS_MODELS", FACTORY)
    for name in ("reports", "store"):
        shutil.copytree(made / name, workspace / name)
