"""How much shorter a general compressor can write the tokens: order that it finds, whatever its kind."""

import lzma
import zlib
from collections.abc import Callable

import numpy as np

from concepts.lexicon.token_statistics.corpus import Corpus

MOST = 200_000  # tokens that are compressed
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "zlib": zlib.compress,
    "lzma": lambda content: lzma.compress(content, format=lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2}]),
}


def compression_ratio(corpus: Corpus, *, method: str = "lzma") -> float:
    """Compressed bytes by token bytes, photo after photo, > 0; less is more order.

    A token takes the fewest whole bytes that hold the vocabulary: one up to 256 types, two up to 65,536. Repeated words
    and uneven ones shorten it as well as order does: only the shuffled control tells which. Of a longer corpus the
    first 200,000 tokens are taken, so that the time is bounded.
    Raises ValueError for an unknown method.
    """
    if method not in COMPRESSORS:
        raise ValueError(f"no compressor {method!r}: choose one of {', '.join(COMPRESSORS)}")
    content = corpus.tokens[:MOST].astype(np.min_scalar_type(max(corpus.n_types - 1, 0))).tobytes()
    return len(COMPRESSORS[method](content)) / len(content)
