"""Compressibility of the tokens by a general compressor, a measure of order of any kind."""

import lzma
import zlib
from collections.abc import Callable

import numpy as np

from concepts.lexicon.token_statistics.corpus import Corpus

MOST = 200_000  # maximum number of tokens compressed
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "zlib": zlib.compress,
    "lzma": lambda content: lzma.compress(content, format=lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2}]),
}


def compression_ratio(corpus: Corpus, *, method: str = "lzma") -> float:
    """Compressed bytes per token byte, photo after photo, > 0; smaller means more order.

    A token takes the smallest number of whole bytes that holds the vocabulary: one up to 256 types, two up to 65,536.
    Repeated words and uneven frequencies reduce the ratio just as order does; only the shuffled control separates them.
    Of a longer corpus only the first 200,000 tokens are used, to bound the time.
    Raises ValueError for an unknown method.
    """
    if method not in COMPRESSORS:
        raise ValueError(f"no compressor {method!r}: choose one of {', '.join(COMPRESSORS)}")
    content = corpus.tokens[:MOST].astype(np.min_scalar_type(max(corpus.n_types - 1, 0))).tobytes()
    return len(COMPRESSORS[method](content)) / len(content)
