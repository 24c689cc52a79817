"""Building an index of tokens, and measuring what it misses before anybody relies on it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from concepts.numerics.samples import random_sample
from concepts.storage.store import new_folder
from concepts.storage.typed_json import write_typed
from concepts.token_search.exact import exact_search
from concepts.token_search.faiss_library import faiss_library
from concepts.token_search.index import ABOUT, FILE, Effort, MeasuredRecall, TokenIndex, fingerprint
from concepts.token_search.neighbours import shares_found
from concepts.token_search.token_file import TokenFile

if TYPE_CHECKING:
    from torch import Tensor

FEWEST = 10_000  # tokens: fewer are scanned in milliseconds, and are too few to learn codes from
MOST_CELLS = 1_024  # each token is compared with all of them once: more cost more than they save up to 10 M tokens
A_CELL = 64  # tokens that each cell is learned from
CHANNELS_A_BYTE = 8
TOP, QUERIES, ENOUGH = 10, 200, 0.95
WRITTEN = 2**20  # bytes at a time
EFFORTS = tuple(Effort(probes, 25 * probes) for probes in (8, 16, 32, 64, 128))


def build_index(
    tokens: TokenFile,
    folder: Path,
    *,
    seed: int = 0,
    enough: float = ENOUGH,
    progress: Callable[[float], None] = lambda share: None,
    beside: Callable[[TokenIndex], None] = lambda index: None,
) -> TokenIndex:
    """The index of all tokens, written to `folder`, with its measured recall.

    Of the efforts, the smallest is kept that reaches a recall of `enough` at 10, else the largest. seed: of the tokens
    that the codes are learned from, and of the queries. beside: is given the measured index, and may write files into
    its folder, which appears whole after that. Raises ValueError without FAISS, and for fewer than 10,000 tokens.
    """
    faiss = faiss_library()
    if len(tokens) < FEWEST:
        raise ValueError(f"{len(tokens):,} tokens, an index needs {FEWEST:,}: search these exactly, it takes no longer")
    cells = min(MOST_CELLS, round(len(tokens) ** 0.5))
    code_bytes = bytes_of_a_code(tokens.channels)
    index = _trained(faiss, tokens, cells, code_bytes, seed)
    for rows, chunk in tokens.chunks():
        index.add(_unit(chunk))
        progress(0.9 * (int(rows[-1]) + 1) / len(tokens))
    with new_folder(folder) as part:
        with (part / FILE).open("wb") as file:  # FAISS closes a file without a word where the disk is full
            faiss.write_index(index, faiss.PyCallbackIOWriter(file.write, WRITTEN))
        about = TokenIndex(
            len(tokens), tokens.channels, cells, code_bytes, fingerprint(tokens), EFFORTS[0], folder=part
        )
        del index  # the measured one is read in place, as it will be
        found = measured(about, tokens, seed=seed, enough=enough)
        write_typed(part / ABOUT, found)
        beside(found)
    progress(1.0)
    return TokenIndex.load(folder, tokens)


def measured(index: TokenIndex, tokens: TokenFile, *, seed: int, enough: float = ENOUGH) -> TokenIndex:
    """The index with the effort that suffices, and the recall that it has with it."""
    own = np.array(random_sample(len(tokens), QUERIES, seed=seed + 1))
    own = own[tokens.take(own).any(dim=1).numpy()]
    if len(own) == 0:
        raise ValueError("all tokens that were drawn are zero: there is nothing to search, choose another layer")
    queries = tokens.take(own)
    exact = exact_search(tokens, queries, top=TOP + 1).without(own)
    for effort in EFFORTS:
        found = index.search(tokens, queries, top=TOP + 1, effort=effort).without(own)
        shares = shares_found(found, exact)
        if shares.mean() >= enough:
            break
    return replace(index, effort=effort, recall=MeasuredRecall.of(shares, top=TOP, seed=seed))


def bytes_of_a_code(channels: int) -> int:
    """The largest number of parts that channels can be cut into evenly, with at least 8 channels in each."""
    return max(n for n in range(1, max(1, channels // CHANNELS_A_BYTE) + 1) if channels % n == 0)


def _trained(faiss: Any, tokens: TokenFile, cells: int, code_bytes: int, seed: int) -> Any:
    p = tokens.channels
    index = faiss.IndexIVFPQ(faiss.IndexFlatIP(p), p, cells, code_bytes, 8, faiss.METRIC_INNER_PRODUCT)
    index.cp.seed = index.pq.cp.seed = seed + 1
    index.cp.min_points_per_centroid = index.pq.cp.min_points_per_centroid = 1  # no warning on standard output
    sample = random_sample(len(tokens), max(FEWEST, A_CELL * cells), seed=seed)
    index.train(_unit(tokens.take(np.array(sample))))
    return index


def _unit(tokens: "Tensor") -> np.ndarray:
    from torch.nn.functional import normalize

    return normalize(tokens, dim=1).numpy()
