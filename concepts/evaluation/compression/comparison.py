"""Codes of tokens and of words beside each other: bytes, error, recall, and the change of a report."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from concepts.evaluation.compression.change import ReportChange
from concepts.evaluation.compression.coded import Coded
from concepts.evaluation.compression.searching import TOP, Searched
from concepts.evaluation.compression.word_change import WordChange
from concepts.evaluation.compression.words import FEWEST, NamedAgain, Words, coded_words
from concepts.numerics.samples import random_sample
from concepts.storage.typed_json import Count, Positive, Share
from concepts.token_search.codes import CODES, Coder

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.token_search import TokenFile

TOKENS, WORDS = "tokens", "words"
SAMPLED = 20_000
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
    words: WordChange | None = None


@dataclass(frozen=True)
class Compression:
    """The rows, and what they are of. n_tokens, n_words: all there are; at most 20,000 tokens were searched.

    control: the report on the tokens as they are, with the next seed: what changes without any code. None without a
    report, as is `report`, its title. lexicon: the name of the words'. words_searched: how many were; None for results
    from before December 2026, in which at most 20,000 were. words_control: the words of concepts, or places, beside
    which those of a code are read; None where nothing was named. left_out: what was not compared, and why.
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
    lexicon: str | None = None
    words_searched: Count | None = None
    words_control: WordChange | None = None
    left_out: str | None = None


def compare_codes(
    tokens: "TokenFile",
    *,
    title: str,
    names: Sequence[str] = tuple(CODES),
    words: Words | None = None,
    change: Change | None = None,
    control: ReportChange | None = None,
    report: str | None = None,
    left_out: str | None = None,
    seed: int = 0,
    progress: Callable[[str, float], None] = lambda stage, share: None,
) -> Compression:
    """All codes of these names, on a sample of the tokens, and on all words where there are 20 or more.

    change: what becomes of a report under a code; None: not asked. left_out: what the caller does not compare, and why.
    Of fewer than 20 words their number is kept. Raises ValueError for an unknown code and fewer than 20 tokens.
    """
    if unknown := [name for name in names if name not in CODES]:
        raise ValueError(f"unknown code {unknown[0]!r}: choose of {', '.join(CODES)}")
    if len(tokens) < 2 * TOP:
        raise ValueError(f"{len(tokens)} tokens, expected at least {2 * TOP}: give more photos or texts")
    sample = tokens.take(np.array(random_sample(len(tokens), SAMPLED, seed=seed)))
    coders = {name: CODES[name].fit(sample, seed) for name in names}
    rows = _token_rows(sample, coders, seed)
    if change is not None:
        changed = []
        for i, row in enumerate(rows):
            progress("reports", i / len(rows))
            changed.append(replace(row, report=change(row.code, coders[row.code])))
        rows = changed
        progress("reports", 1.0)
    found = Compression(
        title, datetime.now(UTC).isoformat(timespec="seconds"), len(tokens), 0, tokens.channels, seed, tuple(rows),
        report, control, left_out=left_out,
    )  # fmt: skip
    if words is None:
        return found
    if len(words) < FEWEST:
        return replace(found, n_words=len(words), lexicon=words.name)
    return _with_words(found, words, names)


def _token_rows(A: "Tensor", coders: Mapping[str, Coder], seed: int) -> list[CodeRow]:
    bound, searched = 0.0 if bool((A >= 0).all()) else None, Searched.of(A, seed=seed)
    return [_row(TOKENS, Coded.by(name, coder, A, at_least=bound), searched) for name, coder in coders.items()]


def _with_words(found: Compression, words: Words, names: Sequence[str]) -> Compression:
    """The comparison, with the rows of all words."""
    searched, rows = Searched.of(words.vectors, seed=found.seed), []
    again = None if words.naming is None else NamedAgain(words.naming, words.vectors)
    for coded in coded_words(words, names, found.seed):
        row = _row(WORDS, coded, searched)
        rows.append(row if again is None else replace(row, words=again.change(coded.decode)))
    return replace(
        found, rows=(*found.rows, *rows), n_words=len(words), lexicon=words.name, words_searched=len(words),
        words_control=None if again is None else again.control(),
    )  # fmt: skip


def _row(of: str, coded: Coded, searched: Searched) -> CodeRow:
    loss, channels = searched.loss(coded.decode), searched.A.shape[1]
    return CodeRow(
        coded.name, of, coded.each, coded.shared, 4 * channels / coded.each, loss.error, loss.recall, loss.low,
        loss.high,
    )  # fmt: skip
