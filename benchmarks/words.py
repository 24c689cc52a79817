"""Words in the demo world: does a word's map find its part, a patch say what it shows, a picture find its text?

To reach, on pictures that were never trained on, against their true masks: pointing game ≥ 0.9 and mean IoU ≥ 0.5 of
words that name parts; a patch's first word the part that it lies on in ≥ 80% of patches on parts; recall at 1 ≥ 0.8
among 500 pictures. Each beside its control.
"""

import argparse
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from benchmarks.measuring import machine
from concepts.demo.pair import Pair, load_pair
from concepts.demo.pair.encoders import make_pair
from concepts.demo.pair.network import PairNet
from concepts.demo.pair.pictures import training_pictures
from concepts.demo.pair.training import PairRecipe, fit_pair, initialise_pair, train_pair
from concepts.demo.pair.words import PARTS, WORDS
from concepts.numerics.intervals import Estimate
from tests.support.demo_words import FirstWords, Found, Retrieval, find, first_words, read, retrieval

HELD_OUT, CALIBRATION = 300, 800  # first index of the pictures tried on, and of those that thresholds are chosen on
CALIBRATED = 25  # of each class
SHOWN = 10  # words that a line names


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
