"""A stitched haystack: four or nine photos in one picture; does a word's map point at the photo of its class?

SqueezeNet's class lexicon at `features`, ImageNet photos, each prepared by the card's own transform (224 px) and then
stitched; the picture is encoded whole, and nobody is told of cells. As in Multimodal Needle in a Haystack (Wang et
al., 2024). One class is asked for in each haystack. To reach: ≥ 90% of 2 × 2, ≥ 80% of 3 × 3. The recipe was chosen on
one half of the photos (`--half chosen`) and is reported on the other.
"""

import argparse

from benchmarks.measuring import machine
from tests.support.haystack import FOUND, HALVES, open_squeezenet, recipe, shares
from tests.support.places import SHARED

SIDES = {2: 0.9, 3: 0.8}  # photos along a side: share to reach


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--haystacks", type=int, default=400, help="of each size (default: %(default)s)")
    parser.add_argument("--half", choices=HALVES, default="reported")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not SHARED.is_dir():
        raise SystemExit("skipped: needs ../shared (SqueezeNet's weights and the ImageNet photos)")
    split, lexicon = open_squeezenet()
    print(f"{machine()}; {options.haystacks} haystacks of each size, the half of the photos that is {options.half}")
    for side, wanted in SIDES.items():
        found = shares(split, lexicon, side=side, n=options.haystacks, half=options.half, seed=options.seed)
        print(f"\n{side} × {side}: share found, 95% Wilson interval (to reach: {wanted:.0%})")
        for name, share in found.items():
            mark = "  ← the recipe" if name == recipe(*FOUND) else ""
            print(f"  {name:<52}{share.value:6.3f} [{share.low:.3f}, {share.high:.3f}]{mark}")


if __name__ == "__main__":
    main()
