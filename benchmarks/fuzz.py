"""Damaged copies of all that the program reads: what is neither read nor refused in one line.

`python -m benchmarks.fuzz --minutes 10 --seed 0 [--kinds zip report]` prints a table, and the seed of each failure;
`--only SEED` with one kind tries that one again.
"""

import argparse
from itertools import count

from tests.support.fuzzed import in_a_new_folder
from tests.support.fuzzing import Reader, Tally, fuzz

SHOWN = 8  # failures of a kind that are printed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="for all kinds together")
    parser.add_argument("--seed", type=int, default=0, help="the first; each copy has the next one")
    parser.add_argument("--kinds", nargs="*", default=[], help="of these kinds only")
    parser.add_argument("--only", type=int, help="this seed only")
    options = parser.parse_args()
    in_a_new_folder(
        lambda readers: _run([each for each in readers if each.kind in (options.kinds or [each.kind])], options)
    )


def _run(readers: list[Reader], options: argparse.Namespace) -> None:
    print("| kind | tried | refused | read | failures |\n|---|---|---|---|---|")
    failures = []
    for reader in readers:
        seeds = count(options.seed) if options.only is None else iter([options.only])
        tally = fuzz(reader, seeds, seconds=60 * options.minutes / len(readers))
        print(_row(reader.kind, tally), flush=True)
        failures += tally.failures[:SHOWN]
    for each in failures:
        print(f"{each.kind}, seed {each.seed}: {each.text}")


def _row(kind: str, tally: Tally) -> str:
    counts = tally.counts
    return f"| {kind} | {counts.total():,} | {counts['refused']:,} | {counts['read']:,} | {counts['failed']:,} |"


if __name__ == "__main__":
    main()
