"""Near-duplicates among all photos of a large collection: seconds, memory, pairs compared, planted ones found.

Made-up tokens of `benchmarks.collections`, one an item. Of 2% of the items each is nearly the copy of another one, all
channels multiplied by factors around 1 that spread so widely that some copies are above the threshold and some below.
They are compared in a process of their own; the file of tokens is deleted after it. Up to 20,000 items, all pairs are
compared in full as well, as before, for the groups and the seconds.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.collections import CHANNELS, anonymous_peak, made_up, real_tokens
from benchmarks.measuring import machine
from concepts.token_search import TokenFile, write_token_file
from concepts.token_search.building_duplicates import build_duplicates
from concepts.token_search.item_vectors import ItemVectors
from concepts.token_search.kept_duplicates import KeptDuplicates
from concepts.token_search.near_duplicates import MOST, THRESHOLD
from tests.support.places import SHARED

if TYPE_CHECKING:
    from torch import Tensor

PLANTED, SPREADS = 0.02, (0.01, 0.02, 0.05, 0.1, 0.15, 0.2)  # share of items; deviations of the factors
SIZES = (20_000, 100_000, 300_000, 1_000_000)
BLOCK = 1024


def with_copies(real: "Tensor", n: int, pairs: list[np.ndarray]) -> Iterator[np.ndarray]:
    """n tokens in chunks, in each of which pairs of items are planted; these (m, 2) are added to the list."""
    draw, start = np.random.default_rng(4), 0
    for chunk in made_up(real, n, seed=1):
        m = len(chunk)
        items = draw.permutation(m)[: 2 * int(PLANTED * m)].reshape(-1, 2)
        spread = draw.choice(SPREADS, size=(len(items), 1))
        factors = 1 + spread * draw.standard_normal((len(items), CHANNELS))
        chunk[items[:, 1]] = (chunk[items[:, 0]] * factors).astype(np.float16)
        pairs.append(items + start)
        start += m
        yield chunk


def make(folder: Path, real: "Tensor", n: int) -> None:
    """Writes n items, and the pairs that were planted."""
    pairs: list[np.ndarray] = []
    write_token_file(folder / "tokens.bin", with_copies(real, n, pairs), places=1)
    np.save(folder / "pairs.npy", np.concatenate(pairs))


def measure(folder: Path, n: int) -> None:
    """Compares n items; prints what it took and what was found."""
    tokens, pairs = TokenFile(folder / "tokens.bin", n, 1, CHANNELS), np.load(folder / "pairs.npy")
    with anonymous_peak() as peak:
        begin, cpu = time.perf_counter(), time.process_time()
        found = build_duplicates(tokens, folder / "duplicates", created="")
        seconds, worked = time.perf_counter() - begin, time.process_time() - cpu
    every = n * (n - 1) / 2
    print(f"{n:,} items: {seconds:.1f} s ({worked:.1f} of the processor), at most {peak[0] / 1e9:.2f} GB (RssAnon)")
    print(f"  short vectors of {found.short / every:.1%} of all pairs compared, {found.full / every:.1e} in full")
    print(f"  {found.members:,} items in {found.groups:,} groups; {planted_found(tokens, found, pairs)}", flush=True)
    if n <= MOST:
        print(f"  {each_with_each(tokens, found.firsts, seconds)}", flush=True)


def planted_found(tokens: TokenFile, found: KeptDuplicates, pairs: np.ndarray) -> str:
    """How many of the planted pairs are above the threshold, and of these in one group."""
    x = ItemVectors.of(tokens)
    one, other = (x.take(side).double() for side in pairs.T)
    cosines = (one * other).sum(dim=1).numpy()
    together = (found.firsts[pairs[:, 0]] == found.firsts[pairs[:, 1]])[cosines >= THRESHOLD]
    return f"of {len(pairs):,} planted pairs {len(together):,} reach {THRESHOLD}, {together.sum():,} of them found"


def each_with_each(tokens: TokenFile, firsts: np.ndarray, seconds: float) -> str:
    """The same by products of all pairs in full: seconds, and whether the groups are equal."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    begin = time.perf_counter()
    x = ItemVectors.of(tokens).take(np.arange(len(tokens)))
    starts, pairs = range(0, len(x), BLOCK), []
    for i in starts:
        for j in range(i, len(x), BLOCK):
            alike = (x[i : i + BLOCK] @ x[j : j + BLOCK].T >= THRESHOLD - 1e-6).nonzero().numpy()
            pairs.append(alike + np.array([i, j]))
    one, other = np.concatenate(pairs).T
    _, part = connected_components(coo_array((np.ones(len(one)), (one, other)), (len(x), len(x))), directed=False)
    literal = time.perf_counter() - begin
    _, smallest, place = np.unique(part, return_index=True, return_inverse=True)
    same = "the same groups" if np.array_equal(smallest[place], firsts) else "OTHER GROUPS"
    return f"each with each in full: {literal:.1f} s, {literal / seconds:.1f} times as long, {same}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, nargs="+", default=SIZES, help="how many (default: %(default)s)")
    parser.add_argument("--temporary", type=Path, help="where the files lie meanwhile (default: the system's place)")
    parser.add_argument("--in", dest="folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.folder:
        measure(options.folder, options.items[0])
        return
    if not SHARED.is_dir():
        raise SystemExit("skipped: needs ../shared (SqueezeNet's weights and the ImageNet photos)")
    real = real_tokens()
    for n in options.items:
        with tempfile.TemporaryDirectory(dir=options.temporary) as folder:
            make(Path(folder), real, n)
            print(machine(), flush=True)
            command = [sys.executable, "-m", "benchmarks.duplicates", "--items", str(n), "--in", folder]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
