"""Words that the demo's pair assigns to pictures of the demo world, against true masks and captions, with controls."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate

from concepts.demo.network import to_input
from concepts.demo.pair import Pair
from concepts.demo.pair.losses import scores
from concepts.demo.pair.words import PARTS
from concepts.demo.world import CLASS_NAMES, SIDE, Painting, draw
from concepts.lexicon import lexical_activations
from concepts.metrics.parts import pointing_hits
from concepts.numerics.intervals import Estimate, mean_estimate, ratio_estimate, share_estimate

THRESHOLDS = tuple(np.arange(0.05, 1, 0.05).round(2).tolist())  # shares of a word's largest activation


@dataclass(frozen=True)
class Read:
    """Pictures, and the pair's word maps of them (n, h, w, L)."""

    pictures: list[Painting]
    maps: Tensor

    @cached_property
    def masks(self) -> Tensor:
        """(n, parts, H, W) bool."""
        nowhere = np.zeros((SIDE, SIDE), dtype=bool)
        rows = [np.stack([picture.masks.get(part, nowhere) for part in PARTS]) for picture in self.pictures]
        return torch.from_numpy(np.stack(rows))

    def shown(self, part: int) -> np.ndarray:
        """(n,) bool: the pictures in which the part can be seen."""
        return self.masks[:, part].flatten(1).any(dim=1).numpy()


@dataclass(frozen=True)
class Found:
    """How well a word's map finds its part, over the pictures that show it; controls as in `find`."""

    n: int
    threshold: float
    pointing: Estimate
    pointing_centre: float
    pointing_random: float
    pointing_others: float
    iou: Estimate
    iou_others: float
    iou_whole: float


def read(pair: Pair, *, per_class: int, start: int, seed: int) -> Read:
    """Pictures from index `start` of every class of the world with that seed, with their maps."""
    pictures = [draw(name, index, seed) for name in CLASS_NAMES for index in range(start, start + per_class)]
    images = to_input(np.stack([picture.image for picture in pictures]))
    maps = [lexical_activations(pair.images.encode(part), pair.lexicon) for part in images.split(64)]
    return Read(pictures, torch.cat(maps))


def find(tried: Read, chosen_on: Read, part: int, *, seed: int = 0) -> Found:
    """Compares a part's word with the part: its region is its upsampled map from a share of its largest value on.

    One threshold for all pictures, chosen on others. Pointing: the centre of the largest cell, without tolerance.
    Controls: the picture's centre; a random pixel; the map of another picture that shows the part; the whole picture.
    """
    masks, maps = tried.masks[tried.shown(part), part], tried.maps[tried.shown(part)][..., part]
    largest = float(chosen_on.maps[..., part].max().clamp(min=1e-9))
    given, shown = chosen_on.maps[chosen_on.shown(part)][..., part], chosen_on.masks[chosen_on.shown(part), part]
    level = THRESHOLDS[int(np.argmax([ious(given, shown, share * largest).mean() for share in THRESHOLDS]))]
    others = maps.roll(1, dims=0)
    area = masks.float().mean(dim=(1, 2)).numpy()
    return Found(
        n=len(masks),
        threshold=level,
        pointing=share_estimate(_points(maps, masks)),
        pointing_centre=float(masks[:, SIDE // 2, SIDE // 2].float().mean()),
        pointing_random=float(area.mean()),
        pointing_others=float(_points(others, masks).mean()),
        iou=mean_estimate(ious(maps, masks, level * largest), seed=seed),
        iou_others=float(ious(others, masks, level * largest).mean()),
        iou_whole=float(area.mean()),
    )


def ious(maps: Tensor, masks: Tensor, level: float) -> np.ndarray:
    """(n,): IoU of the masks (n, H, W) with the regions where the maps (n, h, w) reach the level."""
    region = interpolate(maps[:, None], size=masks.shape[1:], mode="bilinear")[:, 0] >= level
    both, either = (region & masks).sum(dim=(1, 2)), (region | masks).sum(dim=(1, 2))
    return (both / either.clamp(min=1)).numpy()


def _points(maps: Tensor, masks: Tensor) -> np.ndarray:
    return pointing_hits(maps[..., None], masks[:, None])[:, 0, 0]


@dataclass(frozen=True)
class FirstWords:
    """Accuracy of a patch's first word for the part under it: shares of the patches on parts, intervals over pictures.

    among_parts: the first among words that name parts. among_all: among all words. control: the same patches with the
    first words of the same places in the previous picture, mostly of the same class; commonest: always the most common
    part.
    """

    n: int
    among_parts: Estimate
    among_all: Estimate
    control: float
    commonest: float


def first_words(tried: Read, *, seed: int = 0) -> FirstWords:
    """A patch is on a part that covers at least half of its 4 × 4 pixels; a patch without a word counts as wrong."""
    cover, owner = avg_pool2d(tried.masks.float(), SIDE // tried.maps.shape[1]).max(dim=1)  # (n, h, w)
    on = cover >= 0.5
    named = _first(tried.maps[..., : len(PARTS)])
    other = named.roll(1, dims=0)  # mostly of the same class
    patches = on.sum(dim=(1, 2)).numpy()

    def right(first: Tensor) -> np.ndarray:
        return ((first == owner) & on).sum(dim=(1, 2)).numpy()

    return FirstWords(
        n=int(patches.sum()),
        among_parts=ratio_estimate(right(named), patches, seed=seed),
        among_all=ratio_estimate(right(_first(tried.maps)), patches, seed=seed),
        control=float(right(other).sum() / patches.sum()),
        commonest=float(torch.bincount(owner[on]).max() / patches.sum()),
    )


def _first(maps: Tensor) -> Tensor:
    """(n, h, w): row of the largest activation, −1 where none is above 0."""
    largest, row = maps.max(dim=-1)
    return row.where(largest > 0, -1)


@dataclass(frozen=True)
class Retrieval:
    """Recall at 1: shares of pictures whose caption comes first, word for word, and of captions for which one of their
    pictures comes first.

    distinct: number of different captions. random: probability that a caption drawn from all is right.
    """

    n: int
    distinct: int
    to_text: Estimate
    to_photo: Estimate
    random: float


def retrieval(pair: Pair, tried: Read) -> Retrieval:
    """Recall of every picture against every distinct caption, by the sparse product over the text's length."""
    captions = [picture.caption for picture in tried.pictures]
    texts = tuple(dict.fromkeys(captions))
    own = np.array([texts.index(caption) for caption in captions])
    fits = scores(tried.maps.amax(dim=(1, 2)), pair.text_words(texts)).numpy()
    counts = np.array(list(Counter(own.tolist()).values()))
    return Retrieval(
        n=len(captions),
        distinct=len(texts),
        to_text=share_estimate(fits.argmax(axis=1) == own),
        to_photo=share_estimate(own[fits.argmax(axis=0)] == np.arange(len(texts))),
        random=float(((counts / len(captions)) ** 2).sum()),
    )
