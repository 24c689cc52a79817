"""Ten million tokens of 256 channels that are searched where they lie, and laid out on a map: seconds, recall, the
share of neighbours kept, memory.

The tokens are made up with the statistics of real ones: SqueezeNet's at "features.7" on ImageNet photos, of which each
made-up token takes one, exchanges a tenth of its channels for those of another, and multiplies all by log-normal
factors: so channels keep their distribution, and tokens the directions that they crowd around. 10 million take 5 GB in
a temporary folder, which is deleted. Questions are new made-up tokens, asked one at a time in a process of their own.
On the map each token is a point; it is made and looked at in a process of its own, too. --map alone: without the index.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measuring import machine
from concepts.item_map import View, build_map, seen_in
from concepts.item_map.building import LANDMARKS, PLACED
from concepts.item_map.sentences import kept_sentence
from concepts.token_search import Neighbours, TokenFile, TokenIndex, build_index, exact_search, write_token_file
from concepts.token_search.neighbours import shares_found
from concepts.token_search.place_vectors import PlaceVectors
from tests.support.places import SHARED

if TYPE_CHECKING:
    from torch import Tensor

LAYER, CHANNELS, PHOTOS, PLACES = "features.7", 256, 120, 100
EXCHANGED, SPREAD = 0.1, 0.2  # share of channels, deviation of the logarithm of the factor
CHUNK, TABLE = 100_000, 2**14  # tokens made at a time; rows of factors and masks, drawn once
QUESTIONS = 40
NEEDED = 1.4  # bytes of free disk, as a multiple of the tokens: the index lies beside them


def real_tokens() -> "Tensor":
    """(m, 256): the tokens of an even sample of photos."""
    import torch

    from concepts.data.images import open_photos
    from concepts.data.read_ahead import read_all
    from concepts.models import load_model, split_model
    from concepts.numerics.samples import even_sample

    weights = SHARED / "models" / "squeezenet1_0_imagenet.safetensors"
    split = split_model(load_model("squeezenet1_0", weights=str(weights)), layer=LAYER)
    photos = open_photos(str(SHARED / "data" / "imagenet_sample"))
    images = list(read_all(photos, even_sample(len(photos), PHOTOS), transform=split.card.transform))
    with torch.no_grad():
        tokens = [split.encode(torch.stack(images[i : i + 20])).flatten(0, 2) for i in range(0, PHOTOS, 20)]
    return torch.cat(tokens)


def made_up(real: "Tensor", n: int, seed: int) -> Iterator[np.ndarray]:
    """n tokens in chunks, float16."""
    import torch

    draw = torch.Generator().manual_seed(seed)
    factors = torch.exp(SPREAD * torch.randn(TABLE, CHANNELS, generator=draw))
    swapped = torch.rand(TABLE, CHANNELS, generator=draw) < EXCHANGED
    for start in range(0, n, CHUNK):
        size = min(CHUNK, n - start)
        one, other = (torch.randint(len(real), (size,), generator=draw) for _ in range(2))
        factor, mask = (torch.randint(TABLE, (size,), generator=draw) for _ in range(2))
        yield (torch.where(swapped[mask], real[other], real[one]) * factors[factor]).half().numpy()


@contextmanager
def anonymous_peak() -> Iterator[list[int]]:
    """Yields a list whose one number is the largest RssAnon of this process meanwhile, in bytes (each 10 ms)."""
    peak, done = [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            peak[0] = max(peak[0], rss_anon())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield peak
    finally:
        done.set()
        watcher.join()


def rss_anon(process: int | str = "self") -> int:
    """Bytes of memory of a process that are no mapped file; 0 of one that ends. Raises OSError where it has ended."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("RssAnon")), 0)


def write_tokens(folder: Path, real: "Tensor", n: int) -> TokenFile:
    """n made-up tokens in a file."""
    print(f"{len(real):,} real tokens, {(real > 0).float().mean():.0%} of their values above 0")
    begin = time.perf_counter()
    tokens = write_token_file(folder / "tokens.bin", made_up(real, n, seed=1), places=PLACES)
    print(f"{n:,} tokens, {tokens.nbytes / 1e9:.2f} GB, made in {time.perf_counter() - begin:.0f} s", flush=True)
    return tokens


def build(folder: Path, n: int) -> None:
    """Makes the tokens, the questions and the index."""
    real = real_tokens()
    tokens = write_tokens(folder, real, n)
    np.save(folder / "questions.npy", next(made_up(real, QUESTIONS, seed=2)))
    with anonymous_peak() as peak:
        begin = time.perf_counter()
        index = build_index(tokens, folder / "index")
        seconds = time.perf_counter() - begin
    recall = index.recall
    print(f"index {index.nbytes / 1e6:.0f} MB, {index.cells} cells, {index.code_bytes} bytes a code, {index.effort}")
    print(f"  built and measured in {seconds:.0f} s, at most {peak[0] / 1e9:.2f} GB of memory beside the file")
    if recall is not None:
        ends = f"{recall.low:.3f} to {recall.high:.3f}"
        print(f"  recall at {recall.top} on {recall.queries} own tokens {recall.value:.3f} ({ends})")


def ask(folder: Path, n: int) -> None:
    """Asks one question after the other, in ways that differ in what counts."""
    import torch

    tokens = TokenFile(folder / "tokens.bin", n // PLACES, PLACES, CHANNELS)
    index = TokenIndex.load(folder / "index", tokens)
    questions = torch.from_numpy(np.load(folder / "questions.npy")).float()
    draw = np.random.default_rng(3)
    tenth, few = (draw.random(tokens.n_items) < share for share in (0.1, 0.001))
    exact = exact_search(tokens, questions)
    with anonymous_peak() as peak:
        _asked("by the index", questions, lambda q: index.search(tokens, q), exact)
        exact = exact_search(tokens, questions, items=tenth)
        _asked("  a tenth of the items", questions, lambda q: index.search(tokens, q, items=tenth), exact)
        exact = exact_search(tokens, questions, items=few)
        _asked("  a thousandth (scanned)", questions, lambda q: index.search(tokens, q, items=few), exact)
        _asked("exactly, all", questions[:3], lambda q: exact_search(tokens, q), None)
    print(f"at most {peak[0] / 1e9:.2f} GB of memory beside the mapped files (RssAnon); {machine()}")


def lay_out(folder: Path, n: int, landmarks: int) -> None:
    """Makes the map of all tokens, each a place of its own, and counts what is seen of it."""
    tokens = TokenFile(folder / "tokens.bin", n // PLACES, PLACES, CHANNELS)
    reached: list[tuple[float, float]] = []
    with anonymous_peak() as peak:
        begin = time.perf_counter()
        found = build_map(
            PlaceVectors.of(tokens), folder / "map", landmarks=landmarks,
            progress=lambda share: reached.append((share, time.perf_counter() - begin)),
        )  # fmt: skip
        seconds = time.perf_counter() - begin
    laid_out, placed = reached[0][1], next(at for share, at in reached if share > PLACED - 1e-9)
    print(f"map of {n:,} tokens: {found.landmarks:,} landmarks laid out in {laid_out:.0f} s by {found.laid_out_by},")
    print(f"  the others placed in {placed - laid_out:.0f} s, measured in {seconds - placed:.0f} s")
    print(f"  {kept_sentence(found.kept, item='token')}")
    print(f"  at most {peak[0] / 1e9:.2f} GB of memory beside the mapped files (RssAnon); {machine()}")
    whole = View.around(found.places)
    x, y = found.places[0].tolist()
    near = View(x - 0.5, y - 0.5, x + 0.5, y + 0.5)
    for name, view in (("the whole map", whole), ("a part of it", near)):
        begin = time.perf_counter()
        seen = seen_in(found.places, view)
        print(f"  counted {name}, {seen.n:,} tokens: {1e3 * (time.perf_counter() - begin):.0f} ms")


def _asked(name: str, questions: "Tensor", way: Callable[["Tensor"], Neighbours], exact: Neighbours | None) -> None:
    found, seconds = [], []
    for question in questions:
        begin = time.perf_counter()
        found.append(way(question[None]))
        seconds.append(time.perf_counter() - begin)
    ms = 1e3 * np.array(seconds)
    said = f"{name:<26}{ms[0]:>9.0f}{np.median(ms):>9.0f}{np.quantile(ms, 0.95):>9.0f}{ms.max():>9.0f}"
    if exact is not None:
        joined = Neighbours(np.concatenate([a.rows for a in found]), np.concatenate([a.cosines for a in found]))
        said += f"{shares_found(joined, exact).mean():>9.3f}"
    print(said, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tokens", type=int, default=10_000_000, help="a multiple of 100 (default: %(default)s)")
    parser.add_argument("--temporary", type=Path, help="where the files lie meanwhile (default: the system's place)")
    parser.add_argument("--landmarks", type=int, default=LANDMARKS, help="of the map (default: %(default)s)")
    parser.add_argument("--map", action="store_true", help="the map alone, without the index")
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--lay-out", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ask:
        print(f"{'ms of a question':<26}{'first':>9}{'median':>9}{'95%':>9}{'longest':>9}{'recall':>9}")
        ask(options.ask, options.tokens)
        return
    if options.lay_out:
        lay_out(options.lay_out, options.tokens, options.landmarks)
        return
    if not SHARED.is_dir():
        raise SystemExit("skipped: needs ../shared (SqueezeNet's weights and the ImageNet photos)")
    needed, place = NEEDED * options.tokens * CHANNELS * 2, options.temporary or Path(tempfile.gettempdir())
    if (free := shutil.disk_usage(place).free) < needed:
        raise SystemExit(f"skipped: {needed / 1e9:.1f} GB of disk are needed in {place}, {free / 1e9:.1f} are free")
    print(machine())
    with tempfile.TemporaryDirectory(dir=place) as folder:
        command = [sys.executable, "-m", "benchmarks.collections", "--tokens", str(options.tokens)]
        if options.map:
            write_tokens(Path(folder), real_tokens(), options.tokens)
        else:
            build(Path(folder), options.tokens)
            subprocess.run([*command, "--ask", folder], check=True)
        subprocess.run([*command, "--lay-out", folder, "--landmarks", str(options.landmarks)], check=True)


if __name__ == "__main__":
    main()
