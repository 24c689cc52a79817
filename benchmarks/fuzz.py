"""Damaged copies of all that the program reads: what is neither read nor refused in one line.

`python -m benchmarks.fuzz --minutes 10 --seed 0 [--kinds zip report]` prints a table, and the seed of each failure;
`--only SEED` with one kind tries that one again. Each kind has a process of its own: a library may end it.
"""

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import count
from multiprocessing import get_context
from multiprocessing.sharedctypes import Synchronized

from tests.support.fuzzed import in_a_new_folder
from tests.support.fuzzing import Reader, Tally, Tried, fuzz

SHOWN = 8  # failures of a kind that are printed
FORK = get_context("fork")  # readers are functions, which no process could be sent


@dataclass(frozen=True)
class Work:
    """One kind, its seeds, its share of the time; last: the seed that is tried."""

    reader: Reader
    seeds: Iterator[int]
    seconds: float
    last: Synchronized

    def numbered(self) -> Iterator[int]:
        for seed in self.seeds:
            self.last.value = seed
            yield seed


WORK: list[Work] = []  # what the next process finds when it begins


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="for all kinds together")
    parser.add_argument("--seed", type=int, default=0, help="the first; each copy has the next one")
    parser.add_argument("--kinds", nargs="*", default=[], help="of these kinds only")
    parser.add_argument("--only", type=int, help="this seed only")
    options = parser.parse_args()
    in_a_new_folder(lambda all_of_them: _run(_chosen(all_of_them, options.kinds), options))


def _chosen(readers: tuple[Reader, ...], kinds: list[str]) -> list[Reader]:
    return [reader for reader in readers if not kinds or reader.kind in kinds]


def _run(readers: list[Reader], options: argparse.Namespace) -> None:
    print("| kind | tried | refused | read | failures |\n|---|---|---|---|---|")
    failures = []
    for reader in readers:
        seeds = count(options.seed) if options.only is None else iter([options.only])
        last = FORK.Value("q", options.seed)
        WORK[:] = [Work(reader, seeds, 60 * options.minutes / len(readers), last)]
        tally = _in_its_own_process(reader.kind, last)
        print(_row(reader.kind, tally), flush=True)
        failures += tally.failures[:SHOWN]
    for each in failures:
        print(f"{each.kind}, seed {each.seed}: {each.text}")


def _in_its_own_process(kind: str, last: "Synchronized[int]") -> Tally:
    try:
        with ProcessPoolExecutor(1, mp_context=FORK) as pool:
            return pool.submit(_fuzz).result()
    except BrokenProcessPool:
        tally = Tally()
        tally.add(Tried(kind, last.value, "failed", "the process ended"))
        return tally


def _fuzz() -> Tally:
    (work,) = WORK
    return fuzz(work.reader, work.numbered(), seconds=work.seconds)


def _row(kind: str, tally: Tally) -> str:
    counts = tally.counts
    return f"| {kind} | {counts.total():,} | {counts['refused']:,} | {counts['read']:,} | {counts['failed']:,} |"


if __name__ == "__main__":
    main()
