"""Words in the demo world: does a word's map find its part, a patch say what it shows, a picture find its text?

To reach, on pictures that were never trained on, against their true masks: pointing game ≥ 0.9 and mean IoU ≥ 0.5 of
words that name parts; a patch's first word the part that it lies on in ≥ 80% of patches on parts; recall at 1 ≥ 0.8
among 500 pictures. Each beside its control.
"""

import argparse
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate

from benchmarks.measuring import machine
from concepts.demo.network import to_input
from concepts.demo.pair import Pair, load_pair
from concepts.demo.pair.encoders import make_pair
from concepts.demo.pair.losses import scores
from concepts.demo.pair.network import PairNet
from concepts.demo.pair.pictures import training_pictures
from concepts.demo.pair.training import PairRecipe, fit_pair, initialise_pair, train_pair
from concepts.demo.pair.words import PARTS, WORDS
from concepts.demo.world import CLASS_NAMES, SIDE, Picture, draw
from concepts.lexicon import lexical_activations
from concepts.metrics.parts import pointing_hits
from concepts.statistics import Estimate, mean_estimate, ratio_estimate, share_estimate

HELD_OUT, CALIBRATION = 300, 800  # first index of the pictures tried on, and of those that thresholds are chosen on
CALIBRATED = 25  # of each class
SHOWN = 10  # words that a line names
THRESHOLDS = tuple(np.arange(0.05, 1, 0.05).round(2).tolist())  # shares of a word's largest activation


@dataclass(frozen=True)
class Read:
    """Pictures, and what the pair says of them: maps (n, h, w, L)."""

    pictures: list[Picture]
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
    """How well a word's map finds its part, over the pictures that show it; controls as `find` says."""

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
    """Pictures start … of every class of the world of that seed."""
    pictures = [draw(name, index, seed) for name in CLASS_NAMES for index in range(start, start + per_class)]
    images = to_input(np.stack([picture.image for picture in pictures]))
    maps = [lexical_activations(pair.images.encode(part), pair.lexicon) for part in images.split(64)]
    return Read(pictures, torch.cat(maps))


def find(tried: Read, chosen_on: Read, part: int, *, seed: int = 0) -> Found:
    """The word of a part against the part: its region is its map, upsampled, from a share of its largest value on.

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
    """(n,): overlap of the maps (n, h, w) from the level on with the masks (n, H, W)."""
    region = interpolate(maps[:, None], size=masks.shape[1:], mode="bilinear")[:, 0] >= level
    both, either = (region & masks).sum(dim=(1, 2)), (region | masks).sum(dim=(1, 2))
    return (both / either.clamp(min=1)).numpy()


def _points(maps: Tensor, masks: Tensor) -> np.ndarray:
    return pointing_hits(maps[..., None], masks[:, None])[:, 0, 0]


@dataclass(frozen=True)
class FirstWords:
    """A patch's first word against the part that it lies on: shares of the patches on parts, intervals over pictures.

    among_parts: of the words that name parts. among_all: of all words. control: the same patches with the first words
    of the same places in the picture before, mostly of the same class; commonest: always the part of most patches.
    """

    n: int
    among_parts: Estimate
    among_all: Estimate
    control: float
    commonest: float


def first_words(tried: Read, *, seed: int = 0) -> FirstWords:
    """A patch lies on a part that covers at least half of its 4 × 4 pixels; one that says nothing is wrong."""
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
    """Recall at 1: shares of pictures whose caption, and of captions one of whose pictures, comes first, word for word.

    distinct: captions that differ. random: the chance that a caption drawn from all is right.
    """

    n: int
    distinct: int
    to_text: Estimate
    to_photo: Estimate
    random: float


def retrieval(pair: Pair, tried: Read) -> Retrieval:
    """Every picture against every distinct caption, by the sparse product over the text's length."""
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


def show(pair: Pair, *, per_class: int, seed: int) -> None:
    """Prints all figures for the world of one seed."""
    tried = read(pair, per_class=per_class, start=HELD_OUT, seed=seed)
    chosen_on = read(pair, per_class=CALIBRATED, start=CALIBRATION, seed=seed)
    shown = [part for part in range(len(PARTS)) if tried.shown(part).any() and chosen_on.shown(part).any()]
    found = [find(tried, chosen_on, part, seed=seed) for part in shown]
    print(f"\nworld of seed {seed}: {len(tried.pictures)} held-out pictures")
    print(f"  {'word':<12}   n  from  pointing (95%)       centre random others  IoU (95%)            others whole")
    for part, each in zip(shown, found, strict=True):
        print(f"  {PARTS[part]:<12}{each.n:>4}  {each.threshold:.2f}  {_figure(each.pointing)}  {_controls(each)}")
    print(f"  {'mean':<24}{_mean(found, 'pointing')}                  {_mean(found, 'pointing_centre')}", end="")
    print("".join(f"   {_mean(found, name)}" for name in ("pointing_random", "pointing_others")), end="")
    print(f"    {_mean(found, 'iou')}                   {_mean(found, 'iou_others')}   {_mean(found, 'iou_whole')}")
    _show_first_words(first_words(tried, seed=seed))
    _show_retrieval(retrieval(pair, tried))
    _show_overuse(tried.maps)


def _show_first_words(first: FirstWords) -> None:
    print(f"  first word of {first.n:,} patches on parts is the part: {_figure(first.among_parts)} among the words for")
    print(
        f"    parts, {_figure(first.among_all)} among all {len(WORDS)}; another picture's words {first.control:.2f}, ",
        end="",
    )
    print(f"always the commonest part {first.commonest:.2f}")


def _show_retrieval(answer: Retrieval) -> None:
    print(f"  recall at 1, {answer.n} pictures, {answer.distinct} distinct captions: picture to caption ", end="")
    print(f"{_figure(answer.to_text)}, caption to picture {_figure(answer.to_photo)}, random {answer.random:.3f}")


def _show_overuse(maps: Tensor) -> None:
    said = maps.amax(dim=(1, 2)) > 0
    busy = [WORDS[row] for row in (said.float().mean(dim=0) > 0.5).nonzero().flatten().tolist()]
    print(f"  {len(busy) / len(WORDS):.0%} of words fire on more than half of the pictures ({_some(busy)})")
    picture, patch = said.sum(dim=1).float().mean(), (maps > 0).sum(dim=-1).float().mean()
    print(f"  active words: {picture:.1f} a picture, {patch:.2f} a patch")


def _some(words: list[str]) -> str:
    return ", ".join(words[:SHOWN]) + (", …" if len(words) > SHOWN else "")


def _controls(each: Found) -> str:
    pointing = f"{each.pointing_centre:.2f}   {each.pointing_random:.2f}   {each.pointing_others:.2f}"
    return f"{pointing}    {_figure(each.iou)}  {each.iou_others:.2f}   {each.iou_whole:.2f}"


def _figure(estimate: Estimate) -> str:
    return f"{estimate:.2f} ({estimate.low:.2f} to {estimate.high:.2f})"


def _mean(found: list[Found], name: str) -> str:
    return f"{np.mean([getattr(each, name) for each in found]):.2f}"


def trained(seed: int) -> Pair:
    """A pair trained now, from this seed."""
    net = PairNet()
    net.load_state_dict(train_pair(seed).state_dict)
    return make_pair(net.eval(), weights=f"trained from seed {seed}")


def trained_without_studies(seed: int) -> Pair:
    """The same with no studies, as many steps: windows and patches are of whole pictures, under their full captions."""
    recipe = PairRecipe()
    pictures = training_pictures(seed, 0, progress=lambda stage, share: None)
    every = replace(pictures, studies=np.ones(len(pictures.texts), dtype=bool))
    longer = replace(recipe, epochs=recipe.epochs * (1 + recipe.studies))
    net = fit_pair(PairNet(), every, longer, seed=seed, progress=lambda stage, share: None)
    return make_pair(net, weights=f"trained from seed {seed} without studies")


def untrained() -> Pair:
    """The networks as they are before training: a control for all figures."""
    net = PairNet()
    initialise_pair(net, torch.Generator().manual_seed(0))
    return make_pair(net.eval(), weights="none")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=50, help="of each of the ten classes")
    parser.add_argument("--seeds", type=int, default=3, help="worlds that the held-out pictures are drawn from")
    parser.add_argument("--trained", type=int, default=0, help="how many other pairs to train, from seeds 1, 2 …")
    parser.add_argument("--without-studies", action="store_true", help="train a pair without studies, as a control")
    options = parser.parse_args()
    print(f"{machine()}; the pair that ships, trained on world 0")
    pair = load_pair()
    for seed in range(options.seeds):
        show(pair, per_class=options.pictures, seed=seed)
    print("\ncontrol: the networks before training")
    show(untrained(), per_class=options.pictures, seed=0)
    for seed in range(1, options.trained + 1):
        print(f"\nanother pair, trained on world {seed} from seed {seed}")
        show(trained(seed), per_class=options.pictures, seed=seed)
    if options.without_studies:
        print("\ncontrol: trained without studies")
        show(trained_without_studies(0), per_class=options.pictures, seed=0)


if __name__ == "__main__":
    main()
