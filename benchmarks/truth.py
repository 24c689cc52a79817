"""The truth of the demo's picture world, which nobody tells the program.

To reach: strategies of the three-part class, ARI ≥ 0.9; planted shortcut as one strategy, F1 ≥ 0.95; the
single-strategy class says one; verdicts "differs", "leans" and "one way"; mean best IoU of concepts with true parts
≥ 0.5 (goal 0.7).
"""

import argparse

import numpy as np

from benchmarks.measuring import machine
from concepts.metrics import PartCoherence
from tests.support.demo_truth import SHORTCUT, SINGLE, THREE_PARTS, Truth, coherence, shortcut_f1, strategies_ari, study


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=300)
    parser.add_argument("--concepts", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    print(f"{machine()}; {options.pictures} held-out pictures a class, {options.concepts} concepts")
    for seed in range(options.seeds):
        chosen = {"n": options.pictures, "seed": seed, "n_concepts": options.concepts}
        three, marked, single = (study(name, **chosen) for name in (THREE_PARTS, SHORTCUT, SINGLE))
        print(f"seed {seed}")
        found = len(three.report.data.strategies)
        print(f"  {THREE_PARTS}: strategies {found}, ARI {strategies_ari(three):.3f}, {_verdict(three)}")
        print(f"  {SHORTCUT}: shortcut F1 {shortcut_f1(marked):.3f}, {_verdict(marked)}")
        print(f"  {SINGLE}: strategies {len(single.report.data.strategies)}, {_verdict(single)}")
        parts = {part: each for truth in (three, marked, single) for part, each in coherence(truth).items()}
        print(f"  best IoU: {np.mean([coherent.iou for coherent in parts.values()]):.2f} on average")
        for part, coherent in parts.items():
            print(f"    {part}: {_in_words(coherent)}")


def _verdict(truth: Truth) -> str:
    verdict = truth.report.data.verdict
    return f"verdict {verdict.kind if verdict else None}"


def _in_words(found: PartCoherence) -> str:
    low, high = found.iou.interval
    return (
        f"IoU {found.iou:.2f} ({low:.2f} to {high:.2f}; other pictures' maps {found.iou_control:.2f}), "
        f"pointing {found.pointing:.2f} (other maps {found.pointing_control:.2f}, centre {found.pointing_centre:.2f})"
    )


if __name__ == "__main__":
    main()
