"""The words of each concept of texts with their scores, and beside each the same for a random direction."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from concepts.models.text.split import TextSplit
from concepts.numerics.intervals import Estimate
from concepts.report.pipeline.assemble import Findings
from concepts.report.rows import WordRow
from concepts.report.text_rows import ClassEffectRow, MeaningsRow, Measured
from concepts.strategies.populations import Populations
from concepts.wordings.describing import Wording, active_texts, describe
from concepts.wordings.distinctive import DistinctiveWord
from concepts.wordings.meanings import Meanings
from concepts.wordings.outputs import class_effects
from concepts.wordings.top_texts import TopTexts, top_texts
from concepts.wordings.word_list import WordListScore

FEWEST = 10  # texts: fewer cannot be held out
TOP_WORDS = 10
MOST_CLASSES = 5  # that a concept is said to speak for or against


@dataclass(frozen=True)
class WordScores:
    """The words of one concept and the fields of its `WordingRow` that hold scores, by name."""

    words: tuple[WordRow, ...]
    scores: dict[str, Any]


def word_scores(
    findings: Findings, texts: Sequence[str], codes: np.ndarray, populations: Sequence[Populations]
) -> list[WordScores]:
    """One a concept, from the texts and what is in the store: no pass of the model.

    codes: (n, k). A concept with two populations of texts counts as active where it is present; another where
    `active_texts` says so. For 10,000 texts of 20 words, 384 channels
    and ten concepts: 3 s on one core for the words and the regressions of codes on words, 1 s for the top texts.
    """
    k = codes.shape[1]
    spoken = _speaks_for(findings)
    if len(texts) < FEWEST:
        return [WordScores((), {"speaks_for": spoken[j]}) for j in range(k)]
    seed, components = findings.settings.seed, findings.dictionary.components
    A = findings.activations.rows(0, len(texts)).astype(np.float32)
    active = active_texts(codes)
    for each in populations:
        active[:, each.concept] = each.present
    described = describe(texts, codes, A, components, active=active, top=TOP_WORDS, seed=seed)
    tops = {each.concept: each for each in top_texts(A, codes, A, components, seed=seed)}
    return [
        WordScores(
            tuple(_word_row(word) for word in each.words if word.log_odds.low > 0),
            _of_words(each) | _of_top_texts(tops.get(j)) | {"speaks_for": spoken[j]},
        )
        for j, each in enumerate(described)
    ]


def measured(estimate: Estimate | None) -> Measured | None:
    """The figure with its interval; None where either is not known."""
    if estimate is None or not all(map(math.isfinite, (estimate.value, *estimate.interval))):
        return None
    return Measured(estimate.value, *estimate.interval)


def _of_words(wording: Wording) -> dict[str, Any]:
    score = _list_auroc(wording.list_score)
    return {
        "list_auroc": score and score.value,
        "list_low": score and score.low,
        "list_high": score and score.high,
        "list_control": _list_auroc(wording.list_control),
        "bag": measured(wording.bag.r_squared),
        "bag_control": measured(wording.bag_control.r_squared),
    }


def _list_auroc(score: WordListScore | None) -> Measured | None:
    return None if score is None else measured(score.auroc)


def _of_top_texts(top: TopTexts | None) -> dict[str, Any]:
    if top is None:
        return {}
    return {
        "coherence": measured(top.coherence.gain),
        "coherence_control": measured(top.control.gain),
        "meanings": _meanings_row(top.meanings),
        "meanings_control": _meanings_row(top.meanings_control),
    }


def _meanings_row(found: Meanings | None) -> MeaningsRow | None:
    return None if found is None else MeaningsRow(tuple(np.bincount(found.labels).tolist()), found.p)


def _speaks_for(findings: Findings) -> list[tuple[ClassEffectRow, ...]]:
    """For each concept the classes that a unit of its code moves most, the largest change first."""
    split, components = findings.split, findings.dictionary.components
    if not isinstance(split, TextSplit):
        return [()] * len(components)
    effects = class_effects(components, split.weight.detach().cpu().float().numpy())
    if split.outputs.kind == "classes" and effects.shape[1] > 1:
        effects = effects - effects.mean(axis=1, keepdims=True)  # what moves all classes alike changes no answer
    names, order = findings.selection.class_names, np.argsort(-np.abs(effects), axis=1, kind="stable")
    return [
        tuple(ClassEffectRow(names[c], float(row[c])) for c in best[:MOST_CLASSES] if row[c])
        for row, best in zip(effects, order, strict=True)
    ]


def _word_row(word: DistinctiveWord) -> WordRow:
    return WordRow(
        term=word.term, log_odds=float(word.log_odds), low=word.log_odds.low, high=word.log_odds.high, z=word.z,
        p_adjusted=word.p_adjusted, active=word.active, inactive=word.inactive,
    )  # fmt: skip
