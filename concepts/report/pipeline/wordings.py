"""Stage "words": each concept of a report on texts in excerpts and words."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from concepts.data.documents.words import word_spans
from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.evidence.item_texts import activations_of_texts, codes_of_activations
from concepts.report.pipeline.evidence.phrases import MOST_WORDS, Span, without_words
from concepts.report.pipeline.stages import Stages
from concepts.report.pipeline.word_scores import WordScores, word_scores
from concepts.report.rows import LONGEST_TEXT, ExcerptRow, MarkedSpan, WordingRow
from concepts.storage.store import key_of
from concepts.strategies.populations import Populations
from concepts.wordings.excerpts import excerpts_over_deciles
from concepts.wordings.terms import is_mark, mark_runs

FORMAT = 1  # raise when the fall of a code is computed in another way
A_DECILE = 2  # texts of each tenth
TOGETHER = 12  # texts whose words are taken out: some 250 texts of 20 words


@dataclass(frozen=True, eq=False)
class Falls:
    """How far codes fall without a word: (w, k) over all tried words of these texts; starts (m + 1,) of each text's."""

    rows: np.ndarray
    starts: np.ndarray
    falls: np.ndarray


def wording_rows(
    findings: Findings,
    populations: Sequence[Populations],
    stages: Stages,
    key: str,
    progress: Callable[[float], None],
) -> tuple[WordingRow, ...]:
    """One row a concept: its excerpts with each word's weight, texts over its deciles, its words and their scores.

    populations: of the concepts that have two. key: of the concepts and their importance. What costs: a pass for each
    word of the texts with the largest codes (at most `n_excerpts` texts a concept, of at most 120 words each), whatever
    the number of texts; these are stored. So are runs of marks between the words, such as "!!", that hold a mark which
    is among the words of a concept. The words and their scores (`word_scores`) need no pass: 4 s on one core for
    10,000 texts and ten concepts.
    """
    codes = findings.dictionary.codes.astype(np.float32)
    texts = [findings.text(row) for row in range(len(codes))]
    tops = [top_rows(codes[:, j], findings.settings.n_excerpts) for j in range(codes.shape[1])]
    tried = np.unique(np.concatenate([*tops, np.zeros(0, np.int64)])).astype(np.int64)
    scores = word_scores(findings, texts, codes, populations)
    marks = frozenset(word.term for each in scores for word in each.words if is_mark(word.term))
    spans = {int(row): tried_spans(texts[row], marks) for row in tried}
    with_marks = {"marks": sorted(marks)} if marks else {}
    falls = stages.remembered(
        Falls, "words",
        key_of(format=FORMAT, before=key, rows=tried.tolist(), **with_marks),
        lambda: _falls(findings, tried, texts, spans, progress),
    )  # fmt: skip
    return tuple(_wording(findings, j, codes[:, j], spans, tops[j], falls, scores[j]) for j in range(codes.shape[1]))


def top_rows(codes: np.ndarray, most: int) -> np.ndarray:
    """At most so many rows of (n,) codes, the largest first; those above 0 alone."""
    order = np.argsort(-codes, kind="stable")[:most]
    return order[codes[order] > 0]


def _falls(
    findings: Findings, rows: np.ndarray, texts: Sequence[str], spans: Mapping[int, Sequence[Span]],
    progress: Callable[[float], None],
) -> Falls:  # fmt: skip
    found, sizes = [np.zeros((0, findings.dictionary.components.shape[0]))], [len(spans[int(row)]) for row in rows]
    for start in range(0, len(rows), TOGETHER):
        some = rows[start : start + TOGETHER]
        versions = [
            version
            for row in some
            for version in (texts[row], *(without_words(texts[row], span) for span in spans[int(row)]))
        ]
        codes = codes_of_activations(findings, activations_of_texts(findings, versions))
        ends = np.cumsum([1 + size for size in sizes[start : start + TOGETHER]])
        found += [part[0] - part[1:] for part in np.split(codes, ends[:-1])]
        progress((start + len(some)) / len(rows))
    return Falls(rows, np.cumsum([0, *sizes]), np.concatenate(found).astype(np.float32))


def tried_spans(text: str, marks: Collection[str] = ()) -> list[Span]:
    """What is taken out one by one, in order: the words, and the runs between them that hold one of these marks.

    The first of those that the report keeps; a run such as "!!" is taken out as a whole.
    """
    kept = text[:LONGEST_TEXT]
    runs = [(start, stop) for start, stop in mark_runs(kept) if not set(marks).isdisjoint(kept[start:stop])]
    return sorted((*word_spans(kept), *runs))[:MOST_WORDS]


def _wording(
    findings: Findings, concept: int, codes: np.ndarray, spans: Mapping[int, Sequence[Span]], top: np.ndarray,
    falls: Falls, found: WordScores,
) -> WordingRow:  # fmt: skip
    deciles = excerpts_over_deciles(codes, per_decile=A_DECILE, seed=findings.settings.seed)
    unknown = {"list_auroc": None, "list_low": None, "list_high": None}
    return WordingRow(
        concept=concept,
        excerpts=tuple(_excerpt(int(row), concept, float(codes[row]), spans[int(row)], falls) for row in top),
        deciles=tuple(ExcerptRow(int(row), float(codes[row])) for part in deciles for row in part.texts),
        words=found.words,
        **(unknown | found.scores),
    )


def _excerpt(row: int, concept: int, code: float, tried: Sequence[Span], falls: Falls) -> ExcerptRow:
    place = int(np.searchsorted(falls.rows, row))
    own = falls.falls[falls.starts[place] : falls.starts[place + 1], concept]
    spans = (MarkedSpan(*span, float(weight)) for span, weight in zip(tried, own, strict=True))
    return ExcerptRow(row, code, tuple(spans))
