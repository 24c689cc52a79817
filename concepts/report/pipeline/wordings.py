"""Stage "words": each concept of a report on texts in excerpts and words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from concepts.data.documents.words import word_spans
from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.evidence.item_texts import activations_of_texts, codes_of_activations
from concepts.report.pipeline.evidence.phrases import MOST_WORDS, without_words
from concepts.report.pipeline.stages import Stages
from concepts.report.rows import LONGEST_TEXT, ExcerptRow, MarkedSpan, WordingRow, WordRow
from concepts.storage.store import key_of
from concepts.wordings.distinctive import DistinctiveWord, distinctive_words
from concepts.wordings.excerpts import excerpts_over_deciles
from concepts.wordings.word_list import found_and_scored

FORMAT = 1  # raise when the fall of a code is computed in another way
ACTIVE = 0.1  # of the texts: those with the largest codes of a concept show it
FEWEST_ACTIVE = 8
TOP_WORDS = 10
A_DECILE = 2  # texts of each tenth


@dataclass(frozen=True, eq=False)
class Falls:
    """How far codes fall without a word: (w, k) over all tried words of these texts; starts (m + 1,) of each text's."""

    rows: np.ndarray
    starts: np.ndarray
    falls: np.ndarray


def wording_rows(
    findings: Findings, stages: Stages, key: str, progress: Callable[[float], None]
) -> tuple[WordingRow, ...]:
    """One row a concept: its excerpts with each word's weight, texts over its deciles, and its words.

    key: of the concepts and their importance.
    """
    codes = findings.dictionary.codes.astype(np.float32)
    texts = [findings.text(row) for row in range(len(codes))]
    tops = [top_rows(codes[:, j], findings.settings.n_crops) for j in range(codes.shape[1])]
    tried = np.unique(np.concatenate([*tops, np.zeros(0, np.int64)])).astype(np.int64)
    falls = stages.remembered(
        Falls, "words",
        key_of(format=FORMAT, before=key, rows=tried.tolist()),
        lambda: _falls(findings, tried, texts, progress),
    )  # fmt: skip
    return tuple(_wording(findings, j, codes[:, j], texts, tops[j], falls) for j in range(codes.shape[1]))


def top_rows(codes: np.ndarray, most: int) -> np.ndarray:
    """At most so many rows of (n,) codes, the largest first; those above 0 alone."""
    order = np.argsort(-codes, kind="stable")[:most]
    return order[codes[order] > 0]


def _falls(findings: Findings, rows: np.ndarray, texts: Sequence[str], progress: Callable[[float], None]) -> Falls:
    found, starts = [], [0]
    for n, row in enumerate(rows):
        text = texts[row]
        spans = tried_spans(text)
        versions = [text, *(without_words(text, span) for span in spans)]
        codes = codes_of_activations(findings, activations_of_texts(findings, versions))
        found.append(codes[0] - codes[1:])
        starts.append(starts[-1] + len(spans))
        progress((n + 1) / len(rows))
    k = findings.dictionary.components.shape[0]
    return Falls(rows, np.array(starts), np.concatenate([*found, np.zeros((0, k))]).astype(np.float32))


def tried_spans(text: str) -> list[tuple[int, int]]:
    """The words that are taken out one by one: the first of those that the report keeps."""
    return list(word_spans(text[:LONGEST_TEXT])[:MOST_WORDS])


def _wording(
    findings: Findings, concept: int, codes: np.ndarray, texts: Sequence[str], top: np.ndarray, falls: Falls
) -> WordingRow:
    active = shows(codes)
    words: tuple[DistinctiveWord, ...] = ()
    score = None
    if FEWEST_ACTIVE <= active.sum() < len(codes):
        words = distinctive_words(texts, active, top=TOP_WORDS, seed=findings.settings.seed).words
        score = found_and_scored(texts, active, seed=findings.settings.seed)
    known = score is not None and np.isfinite([score.auroc, score.auroc.low, score.auroc.high]).all()
    deciles = excerpts_over_deciles(codes, per_decile=A_DECILE, seed=findings.settings.seed)
    return WordingRow(
        concept=concept,
        excerpts=tuple(_excerpt(int(row), concept, float(codes[row]), texts[row], falls) for row in top),
        deciles=tuple(ExcerptRow(int(row), float(codes[row])) for part in deciles for row in part.texts),
        words=tuple(_word_row(each) for each in words if each.log_odds.low > 0),
        list_auroc=float(score.auroc) if known and score else None,
        list_low=float(score.auroc.low) if known and score else None,
        list_high=float(score.auroc.high) if known and score else None,
    )


def shows(codes: np.ndarray) -> np.ndarray:
    """(n,) bool: the tenth of the texts with the largest codes, of those above 0."""
    positive = codes > 0
    if not positive.any():
        return positive
    most = max(FEWEST_ACTIVE, round(ACTIVE * len(codes)))
    limit = np.sort(codes[positive])[::-1][:most][-1]
    return positive & (codes >= limit)


def _excerpt(row: int, concept: int, code: float, text: str, falls: Falls) -> ExcerptRow:
    place = int(np.searchsorted(falls.rows, row))
    own = falls.falls[falls.starts[place] : falls.starts[place + 1], concept]
    spans = (MarkedSpan(*span, float(weight)) for span, weight in zip(tried_spans(text), own, strict=True))
    return ExcerptRow(row, code, tuple(spans))


def _word_row(word: DistinctiveWord) -> WordRow:
    return WordRow(
        term=word.term, log_odds=float(word.log_odds), low=word.log_odds.low, high=word.log_odds.high, z=word.z,
        p_adjusted=word.p_adjusted, active=word.active, inactive=word.inactive,
    )  # fmt: skip
