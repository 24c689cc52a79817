"""Needle in a haystack: four or nine photos stitched into one picture, encoded whole; the photo a word's map points to.

SqueezeNet's class lexicon at `features`, ImageNet photos, each prepared by the card's own transform (224 px) and then
stitched. As in Multimodal Needle in a Haystack (Wang et al., 2024). One class is searched in each haystack.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from concepts.data.images import open_photos
from concepts.data.read_ahead import read_all
from concepts.lexicon import Lexicon, class_lexicon, word_map
from concepts.lexicon.maps import FOUND_CONTRAST, FOUND_SMOOTH, peak
from concepts.models import Split, load_model, split_model
from concepts.numerics.intervals import Estimate, share_estimate
from tests.support.places import SHARED

FOUND = (FOUND_SMOOTH, FOUND_CONTRAST)
RECIPES = ((0.0, "none"), (0.0, "score"), (2.0, "none"), (FOUND_SMOOTH, "none"), (FOUND_SMOOTH, "mean"), FOUND)
HALVES = ("chosen", "reported")
CELLS = "the cells' own scores, told where they are"


@dataclass(frozen=True)
class Haystack:
    """Photos (side², 3, 224, 224) of these classes, and the index (0 … side² − 1, row by row) of the one searched."""

    photos: Tensor
    classes: list[int]
    needle: int

    @property
    def side(self) -> int:
        return int(len(self.classes) ** 0.5)

    @property
    def picture(self) -> Tensor:
        """(1, 3, side · 224, side · 224)."""
        rows = self.photos.unflatten(0, (self.side, self.side))  # (row, column, 3, H, W)
        return rows.permute(2, 0, 3, 1, 4).flatten(3, 4).flatten(1, 2)[None]

    def cell(self, y: float, x: float) -> int:
        """The index of the photo at a point; y and x as shares of the picture."""
        return int(y * self.side) * self.side + int(x * self.side)


def open_squeezenet() -> tuple[Split, Lexicon]:
    """SqueezeNet with its real weights, split at `features`, and its classes as words."""
    weights = str(SHARED / "models" / "squeezenet1_0_imagenet.safetensors")
    split = split_model(load_model("squeezenet1_0", weights=weights), layer="features")
    return split, class_lexicon(split)


def haystacks(split: Split, *, side: int, n: int, half: str, seed: int) -> Iterator[Haystack]:
    """n haystacks of one half of the photos, seeded: the photos, their order, and the class searched."""
    photos = open_photos(str(SHARED / "data" / "imagenet_sample"))  # one a class, in class order
    order = torch.randperm(len(photos), generator=torch.Generator().manual_seed(0))
    mine = order.tensor_split(2)[HALVES.index(half)]
    generator = torch.Generator().manual_seed(seed)
    for _ in range(n):
        classes = mine[torch.randperm(len(mine), generator=generator)[: side**2]].tolist()
        needle = int(torch.randint(side**2, (), generator=generator))
        images = list(read_all(photos, classes, transform=split.card.transform))
        yield Haystack(torch.stack(images), classes, needle)


def answers(split: Split, lexicon: Lexicon, haystack: Haystack, generator: torch.Generator) -> dict[str, int]:
    """The cell found by each recipe, by the peak of its map; by the controls; and by the cells' own scores."""
    with torch.no_grad():
        tokens = split.encode(haystack.picture)[0]  # (h, w, p)
    word = lexicon.words[haystack.classes[haystack.needle]]
    found = {}
    for smooth, contrast in RECIPES:
        heat = word_map(tokens, lexicon, word, smooth=smooth, contrast=contrast)
        found[recipe(smooth, contrast)] = haystack.cell(*_share_of_picture(heat))
    found["centre point"] = haystack.cell(0.5, 0.5)
    found["random point"] = haystack.cell(*torch.rand(2, generator=generator).tolist())
    found |= _told(split, lexicon, haystack, word)
    return found


def recipe(smooth: float, contrast: str) -> str:
    return f"smooth {smooth:g}, contrast {contrast}"


def _share_of_picture(heat: Tensor) -> tuple[float, float]:
    """The peak's centre as shares of the picture's sides."""
    row, column = peak(heat)
    return (row + 0.5) / heat.shape[0], (column + 0.5) / heat.shape[1]


def _told(split: Split, lexicon: Lexicon, haystack: Haystack, word: str) -> dict[str, int]:
    """With each photo encoded alone: the one with the largest mean, and with the largest peak, of the word's map."""
    with torch.no_grad():
        maps = torch.stack([word_map(tokens, lexicon, word) for tokens in split.encode(haystack.photos)])
    scores = {"mean": maps.flatten(1).mean(dim=1), "peak": maps.flatten(1).amax(dim=1)}
    return {f"{CELLS}, {name}": int(score.argmax()) for name, score in scores.items()}


def shares(split: Split, lexicon: Lexicon, *, side: int, n: int, half: str, seed: int) -> dict[str, Estimate]:
    """Recipe or control → the share of haystacks in which it finds the photo, with its Wilson interval."""
    generator = torch.Generator().manual_seed(seed)
    right: dict[str, list[bool]] = {}
    for haystack in haystacks(split, side=side, n=n, half=half, seed=seed):
        for name, cell in answers(split, lexicon, haystack, generator).items():
            right.setdefault(name, []).append(cell == haystack.needle)
    return {name: share_estimate(np.array(each)) for name, each in right.items()}
