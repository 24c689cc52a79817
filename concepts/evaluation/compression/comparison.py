"""Codes of tokens and of words beside each other: bytes, error, recall, and the change of a report."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from concepts.evaluation.compression.change import ReportChange
from concepts.numerics.intervals import bootstrap_means
from concepts.numerics.samples import random_sample
from concepts.storage.typed_json import Count, Positive, Share
from concepts.token_search.codes import CODES, Coder, round_trip
from concepts.token_search.codes.base import bytes_a_token
from concepts.token_search.exact import cosines, unit_queries
from concepts.token_search.neighbours import Neighbours, shares_found

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.token_search import TokenFile

TOKENS, WORDS = "tokens", "words"
SAMPLED, QUERIES, TOP = 20_000, 200, 10
HASHED, WORDS_A_ROW = "hashed", 8
Change = Callable[[str, Coder], ReportChange]  # a code's name and its coder → what becomes of the report


@dataclass(frozen=True)
class CodeRow:
    """One code. each: bytes of a token, or word; shared: bytes of what all have in common; times: how many times
    smaller than float32 a token, or word, is, without what is shared. error: ‖A − Â‖ / ‖A‖. recall at 10, with a 95%
    interval over the queries, which keep full precision."""

    code: str
    of: str
    each: Positive
    shared: Count
    times: Positive
    error: Positive
    recall: Share
    recall_low: Share
    recall_high: Share
    report: ReportChange | None = None


@dataclass(frozen=True)
class Compression:
    """The rows, and what they are of. n_tokens, n_words: all there are; at most 20,000 of each were searched.

    control: the report on the tokens as they are, with the next seed: what changes without any code. None without a
    report, as is `report`, its title.
    """

    title: str
    created: str
    n_tokens: Count
    n_words: Count
    channels: Count
    seed: Count
    rows: tuple[CodeRow, ...]
    report: str | None = None
    control: ReportChange | None = None


def compare_codes(
    tokens: "TokenFile",
    *,
    title: str,
    names: Sequence[str] = tuple(CODES),
    words: Sequence[str] = (),
    vectors: "Tensor | None" = None,
    change: Change | None = None,
    control: ReportChange | None = None,
    report: str | None = None,
    seed: int = 0,
    progress: Callable[[str, float], None] = lambda stage, share: None,
) -> Compression:
    """All codes of these names, on a sample of the tokens, and on words with their vectors (l, p).

    change: what becomes of a report under a code; None: not asked. Raises ValueError for an unknown code and fewer
    than 20 tokens.
    """
    if unknown := [name for name in names if name not in CODES]:
        raise ValueError(f"unknown code {unknown[0]!r}: choose of {', '.join(CODES)}")
    if len(tokens) < 2 * TOP:
        raise ValueError(f"{len(tokens)} tokens, expected at least {2 * TOP}: give more photos or texts")
    sample = tokens.take(np.array(random_sample(len(tokens), SAMPLED, seed=seed)))
    coders = {name: CODES[name].fit(sample, seed) for name in names}
    rows = _rows(TOKENS, sample, coders, seed)
    if change is not None:
        changed = []
        for i, row in enumerate(rows):
            progress("reports", i / len(rows))
            changed.append(replace(row, report=change(row.code, coders[row.code])))
        rows = changed
        progress("reports", 1.0)
    of_words = [] if vectors is None or len(words) < 2 * TOP else _word_rows(words, vectors.float(), names, seed)
    return Compression(
        title, datetime.now(UTC).isoformat(timespec="seconds"), len(tokens), len(words),
        tokens.channels, seed, (*rows, *of_words), report, control,
    )  # fmt: skip


def _rows(of: str, A: "Tensor", coders: Mapping[str, Coder], seed: int) -> list[CodeRow]:
    bound = 0.0 if bool((A >= 0).all()) else None
    found = []
    for name, coder in coders.items():
        each = bytes_a_token(coder.encode(A[:64]))
        found.append(measured_code(name, of, A, round_trip(coder, A, at_least=bound), each, coder.shared, seed))
    return found


def _word_rows(words: Sequence[str], V: "Tensor", names: Sequence[str], seed: int) -> list[CodeRow]:
    import torch

    from concepts.token_search.codes.hashed import fit_hashed

    chosen = random_sample(len(words), SAMPLED, seed=seed)
    V, words = V[chosen], [words[i] for i in chosen]
    rows = _rows(WORDS, V, {name: CODES[name].fit(V, seed) for name in names}, seed)
    table = fit_hashed(words, V.numpy(), rows=max(1, len(words) // WORDS_A_ROW))
    decoded = torch.from_numpy(table.vectors(words)).float()
    return [*rows, measured_code(HASHED, WORDS, V, decoded, table.nbytes / len(words), 0, seed)]


def measured_code(name: str, of: str, A: "Tensor", decoded: "Tensor", each: float, shared: int, seed: int) -> CodeRow:
    """The row of a code that makes `decoded` (m, p) of A (m, p). each, shared: bytes.

    Recall: of the 10 tokens that are most like a query, itself left out, the share that is found among the decoded.
    """
    own = np.array(random_sample(len(A), QUERIES, seed=seed + 1))
    own = own[A[own].any(dim=1).numpy()]
    if len(own) == 0:
        raise ValueError("all tokens that were drawn are zero: there is nothing to search, choose another layer")
    q, every = unit_queries(A[own], A.shape[1]), np.arange(len(A))
    truth = cosines(A, q)
    exact = Neighbours.best(every, truth, TOP + 1).without(own)
    rows = Neighbours.best(every, cosines(decoded, q), TOP + 1).without(own).rows
    shares = shares_found(Neighbours(rows, np.take_along_axis(truth, rows, 1)), exact)
    low, high = np.quantile(bootstrap_means(shares, seed=seed), [0.025, 0.975])
    error = float((A - decoded).norm() / A.norm().clamp(min=1e-30))
    return CodeRow(name, of, each, shared, 4 * A.shape[1] / each, error, float(shares.mean()), float(low), float(high))
