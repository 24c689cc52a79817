"""Search by words: the inverted index beside dense search with FAISS. Recall at 10, latency, index bytes, as ratios.

Real: SqueezeNet's class lexicon on 1,000 ImageNet photos. s_w is the max over places less its mean over the photos
(what all photos say finds none), of which the index keeps a photo's largest words; dense search has all of them. Made
up: a million rows with the words of real photos, three in ten exchanged for words drawn by their frequency, values
times a log-normal factor; sparse and dense hold the same numbers. Queries: rows of the same kind, and single words. One
thread. LexLIP promises 5.5 to 221 times the speed and 13 to 49 times less memory than dense search.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import psutil
import torch
from scipy import sparse

from benchmarks.measuring import machine
from concepts.data.images import open_photos
from concepts.data.read_ahead import read_all
from concepts.lexicon import keep_top, lexical_activations
from concepts.lexicon.search import DenseIndex, Index, SparseIndex
from tests.support.haystack import open_squeezenet
from tests.support.places import SHARED

TOP = 10
KEPT = 32  # words of a photo
EXCHANGED, SPREAD = 0.3, 0.3  # share of words, deviation of the logarithm of the factor
CHUNK = 50_000  # rows made at a time: 200 MB when dense
GRAPH_ROWS = 100_000  # an HNSW graph of a million rows of this width takes too long to build here
Way = Callable[[sparse.csr_matrix], object]  # a query to the scores of all rows


@dataclass(frozen=True)
class Searched:
    """What an index found for some queries: rows (≤ 10 each), seconds of each search."""

    rows: list[np.ndarray]
    seconds: np.ndarray

    @property
    def latency(self) -> str:
        return f"{1e3 * np.median(self.seconds):9.3f}{1e3 * np.quantile(self.seconds, 0.95):9.3f}"


def search_all(index: Index, queries: np.ndarray, top: int = TOP) -> Searched:
    """Each of the queries (m, L) alone, after one that is not counted."""
    index.search(queries[0], top)
    rows, seconds = [], []
    for query in queries:
        begin = time.perf_counter()
        found = index.search(query, top)
        seconds.append(time.perf_counter() - begin)
        rows.append(found.rows)
    return Searched(rows, np.array(seconds))


def recall(found: Searched, exact: Searched) -> float:
    """The share of the rows of exact search that were found, mean over the queries that have any."""
    pairs = [(a, b) for a, b in zip(found.rows, exact.rows, strict=True) if len(b)]
    return float(np.mean([len(np.intersect1d(a, b)) / len(b) for a, b in pairs]))


def photo_vectors(batch_size: int = 16) -> np.ndarray:
    """(1000, 1000): of each photo, one a class, in class order, what it says more than the mean photo."""
    split, lexicon = open_squeezenet()
    photos = open_photos(str(SHARED / "data" / "imagenet_sample"))
    images = list(read_all(photos, range(len(photos)), transform=split.card.transform))
    with torch.no_grad():
        batches = (torch.stack(images[i : i + batch_size]) for i in range(0, len(images), batch_size))
        s = torch.cat([lexical_activations(split.encode(batch), lexicon).amax(dim=(1, 2)) for batch in batches])
    return (s - s.mean(dim=0)).clamp(min=0).numpy()


def largest(vectors: np.ndarray, kept: int) -> sparse.csr_matrix:
    return sparse.csr_matrix(keep_top(torch.from_numpy(vectors), kept).numpy())


def made_up(photos: sparse.csr_matrix, n: int, seed: int) -> Iterator[sparse.csr_matrix]:
    """n rows in chunks, with about the number of words, the values and the word frequencies of the photos."""
    generator = np.random.default_rng(seed)
    frequency = np.bincount(photos.indices, minlength=photos.shape[1]) / photos.nnz
    for start in range(0, n, CHUNK):
        rows = photos[generator.integers(photos.shape[0], size=min(CHUNK, n - start))]
        drawn = generator.choice(photos.shape[1], size=rows.nnz, p=frequency)
        words = np.where(generator.random(rows.nnz) < EXCHANGED, drawn, rows.indices).astype(np.int32)
        factors = np.exp(SPREAD * generator.standard_normal(rows.nnz))
        values = (rows.data * factors).astype(np.float32)
        yield sparse.csr_matrix((values, words, rows.indptr), shape=rows.shape)


def on_photos(vectors: np.ndarray) -> None:
    """The 1,000 photos: what is lost by keeping the largest words only, and what is gained."""
    n, n_words = vectors.shape
    dense = DenseIndex.build([vectors], n_words)
    words = np.eye(n_words, dtype=np.float32)
    exact, exact_words = search_all(dense, vectors), search_all(dense, words)
    print(f"\n{n:,} photos, {n_words:,} words; a photo says {np.mean((vectors > 0).sum(axis=1)):.0f} of them")
    print(
        f"{'':<24}{'recall at 10':>14}{'':>8}{'own photo':>12}{'ms, word':>9}{'p95':>9}{'ms, photo':>9}{'p95':>9}  KB"
    )
    print(f"{'':<24}{'words':>14}{'photos':>8}{'among 10':>12}")
    own = np.mean([i in rows for i, rows in enumerate(exact_words.rows)])
    size = dense.nbytes / 1e3
    print(f"{'dense, flat':<24}{1:>14.3f}{1:>8.3f}{own:>12.3f}{exact_words.latency}{exact.latency}{size:6.0f}")
    for kept in (16, KEPT, 64, 128, n_words):
        rows = largest(vectors, kept)
        index = SparseIndex.build([rows], n_words)
        by_word, by_photo = search_all(index, words), search_all(index, rows.toarray())
        own = np.mean([i in rows for i, rows in enumerate(by_word.rows)])
        figures = f"{recall(by_word, exact_words):>14.3f}{recall(by_photo, exact):>8.3f}{own:>12.3f}"
        name = f"sparse, {kept:,} words"
        print(f"{name:<24}{figures}{by_word.latency}{by_photo.latency}{index.nbytes / 1e3:6.0f}")


def on_made_up(photos: sparse.csr_matrix, n: int, n_queries: int, kinds: Sequence[str]) -> None:
    """n made-up rows: sparse and dense hold the same numbers, so only an approximate index can miss any."""
    n_words = photos.shape[1]
    rows_like = next(made_up(photos, n_queries, seed=2)).toarray()
    generator = np.random.default_rng(3)
    frequency = np.bincount(photos.indices, minlength=n_words) / photos.nnz
    single = np.eye(n_words, dtype=np.float32)[generator.choice(n_words, size=n_queries, p=frequency)]
    begin = time.perf_counter()
    index = SparseIndex.build(made_up(photos, n, seed=1), n_words)
    built = time.perf_counter() - begin
    queries = {"photo": rows_like, "word": single}
    found = {name: search_all(index, each) for name, each in queries.items()}
    print(f"\n{n:,} made-up rows of {index.nbytes / 8 / n:.1f} words; {n_queries} queries of each kind; {machine()}")
    print(f"{'':<20}{'recall':>8}{'':>8}{'ms, word':>9}{'p95':>9}{'ms, photo':>9}{'p95':>9}{'MB':>8}{'built, s':>10}")
    exact: dict[str, Searched] = {}
    for kind in kinds:
        begin = time.perf_counter()
        dense = DenseIndex.build(
            (chunk.toarray() for chunk in made_up(photos, n, seed=1)), n_words, kind=kind, n_rows=n
        )
        seconds = time.perf_counter() - begin
        theirs = {name: search_all(dense, each) for name, each in queries.items()}
        exact = exact or theirs  # the first kind is flat
        if kind == "flat":
            _print("sparse", index.nbytes, built, found, exact)
        _print(f"dense, {kind}", dense.nbytes, seconds, theirs, exact)
        _print_ratios(dense.nbytes / index.nbytes, theirs, found)
        del dense


def _print(name: str, n_bytes: int, built: float, found: dict[str, Searched], exact: dict[str, Searched]) -> None:
    shares = "".join(f"{recall(found[kind], exact[kind]):8.3f}" for kind in ("word", "photo"))
    latency = found["word"].latency + found["photo"].latency
    print(f"{name:<20}{shares}{latency}{n_bytes / 1e6:8.0f}{built:10.1f}")


def _print_ratios(memory: float, theirs: dict[str, Searched], ours: dict[str, Searched]) -> None:
    speed = {kind: np.median(theirs[kind].seconds) / np.median(ours[kind].seconds) for kind in ours}
    times = f"{speed['word']:.1f} (word), {speed['photo']:.1f} (photo) times as fast"
    print(f"  sparse is {times}, {memory:.1f} times smaller")


def on_ways(photos: sparse.csr_matrix, n: int, n_queries: int) -> None:
    """Ways to the scores of all rows, median ms: why the index is what it is. bm25s takes no weights of a query."""
    rows = sparse.vstack(list(made_up(photos, n, seed=1)), format="csr")
    columns, across = rows.tocsc(), rows.T.tocsr()
    index = SparseIndex.build([rows], rows.shape[1])

    def word_by_word(query: sparse.csr_matrix) -> np.ndarray:
        scores = np.zeros(n, np.float32)
        for word, weight in zip(query.indices, query.data, strict=True):
            said = slice(columns.indptr[word], columns.indptr[word + 1])
            scores[columns.indices[said]] += weight * columns.data[said]
        return scores

    ways: dict[str, Way] = {
        "columns, in parts": index.scores,
        "columns, one part": lambda query: columns[:, query.indices] @ query.data,
        "NumPy, word by word": word_by_word,
        "sparse product": lambda query: (query @ across).toarray(),
        "all rows": lambda query: rows @ query.toarray()[0],
    }
    queries = next(made_up(photos, n_queries + 1, seed=2))
    print(f"\nthe scores of {n:,} rows, median ms of {n_queries} queries: as many words as a row, and two")
    seconds = {most: _seconds(ways, queries, most) for most in (queries.shape[1], 2)}
    for name in ways:
        print(f"  {name:<22}" + "".join(f"{1e3 * np.median(each[name]):9.2f}" for each in seconds.values()))


def _seconds(ways: dict[str, Way], queries: sparse.csr_matrix, most: int) -> dict[str, list[float]]:
    """Of each query's first words, each way in turn so that the load is the same; the first query is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for query in queries:
        words = sparse.csr_matrix((query.data[:most], query.indices[:most], [0, len(query.data[:most])]), query.shape)
        for name, way in ways.items():
            begin = time.perf_counter()
            way(words)
            seconds[name].append(time.perf_counter() - begin)
    return {name: each[1:] for name, each in seconds.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="made up (default: %(default)s)")
    parser.add_argument("--only-ways", action="store_true", help="the ways to the scores of all rows, nothing else")
    parser.add_argument("--queries", type=int, default=40, help="of each kind, among made-up rows")
    options = parser.parse_args()
    if not SHARED.is_dir():
        raise SystemExit("skipped: needs ../shared (SqueezeNet's weights and the ImageNet photos)")
    import faiss

    faiss.omp_set_num_threads(1)
    torch.set_num_threads(1)
    print(machine())
    vectors = photo_vectors()
    photos = largest(vectors, KEPT)
    on_ways(photos, options.rows, options.queries)
    if options.only_ways:
        return
    on_photos(vectors)
    on_made_up(photos, min(GRAPH_ROWS, options.rows), options.queries, ("flat", "ivf", "hnsw"))
    needed = 2.5 * options.rows * vectors.shape[1] * 4  # an index while it grows
    if psutil.virtual_memory().available < needed:
        raise SystemExit(f"skipped: {options.rows:,} rows need {needed / 1e9:.0f} GB of free memory")
    on_made_up(photos, options.rows, options.queries, ("flat", "ivf"))


if __name__ == "__main__":
    main()
