"""Photos of a green thing, some with a red mark, and a linear model that weighs the mark by any amount."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

from concepts.models import Split, split_model

SIDE, CELL = 64, 4
GREEN, RED, BLUE = (30, 200, 40), (220, 30, 40), (40, 60, 220)


class Colours(nn.Module):
    """Red, green and blue beyond grey on a grid of 16 × 16 (`features`, ≥ 0), their means, two classes."""

    class_names = ("green", "blue")

    def __init__(self, red: float) -> None:
        super().__init__()
        self.mix = nn.Conv2d(3, 3, 1, bias=False)
        self.features = nn.Sequential(self.mix, nn.AvgPool2d(CELL), nn.ReLU())
        self.pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.linear = nn.Linear(3, 2, bias=False)
        with torch.no_grad():  # each colour less the mean of the others: grey is 0
            self.mix.weight.copy_((1.5 * torch.eye(3) - 0.5)[:, :, None, None])
            self.linear.weight.copy_(torch.tensor([[30 * red, 30.0, 0.0], [0.0, 0.0, 30.0]]))

    def transform(self, photo: Image.Image) -> torch.Tensor:
        """(3, 64, 64) in [0, 1]."""
        return torch.from_numpy(np.asarray(photo.convert("RGB")).copy()).permute(2, 0, 1).float() / 255

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.linear(self.pool(self.features(images)))


def colours(red: float) -> Split:
    """The model, split before its pool. red: weight of the mark beside 1 for the green thing."""
    return split_model(Colours(red).eval(), layer="features")


def draw(folder: Path, n: int, thing: tuple[int, int, int], marked: Sequence[bool], seed: int) -> None:
    """n pictures of a blob of that colour on grey; where marked, a red square in a place of its own."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    for i in range(n):
        picture = np.full((SIDE, SIDE, 3), rng.integers(90, 150), dtype=np.float64)
        side = int(rng.integers(20, 28))
        y, x = rng.integers(0, SIDE - side, 2)
        picture[y : y + side, x : x + side] = thing
        if marked[i]:
            y, x = rng.integers(0, SIDE - 16, 2)
            picture[y : y + 16, x : x + 16] = RED
        picture += rng.normal(0, 3, picture.shape)
        Image.fromarray(picture.clip(0, 255).astype(np.uint8)).save(folder / f"{i:03d}.png")


def pictures(folder: Path, n: int = 60, share: float = 0.4, seed: int = 0) -> np.ndarray:
    """Writes n pictures of green, a share of them marked, and 40 of blue; returns which ones are marked, (n,) bool."""
    marked = np.random.default_rng(seed).permutation(n) < share * n
    draw(folder / "green", n, GREEN, marked.tolist(), seed)
    draw(folder / "blue", 40, BLUE, [False] * 40, seed + 1)
    return marked
