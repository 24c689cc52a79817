"""Token statistics for the pages, cached until the report or text changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from concepts.demo.captions import demo_captions, demo_truth
from concepts.lexicon.token_statistics.cooccurrence import Association, association, prominence
from concepts.lexicon.token_statistics.corpus import Corpus
from concepts.lexicon.token_statistics.description import (
    RUN,
    LanguageReport,
    RankFrequency,
    describe_language,
    shuffles_for,
)
from concepts.lexicon.token_statistics.granularity import Granularity, granularity
from concepts.lexicon.token_statistics.reference_text import read_text, telling_words
from concepts.lexicon.token_statistics.winning_concepts import tokens_of_report
from concepts.report import ClassReport
from concepts.report.names import Names
from pages.state.computing import SEARCHING
from pages.state.reports import report_key

if TYPE_CHECKING:
    import numpy as np

    from concepts.lexicon import Lexicon, Overuse
    from concepts.lexicon.collections import Collection


def language_of(report: ClassReport) -> LanguageReport:
    """The statistics of a report's tokens. Raises ValueError when its maps cannot be read or hold no tokens."""
    found = _language(report_key(report), report)
    return replace(found, ranks={length: _named(ranks, report.names) for length, ranks in found.ranks.items()})


@st.cache_resource(max_entries=16, show_spinner="Counting the tokens …")
def _language(key: tuple[str, int], _report: ClassReport) -> LanguageReport:
    with SEARCHING.turn():
        return _described(_tokens(key, _report), list(map(str, range(len(_report.data.concepts)))))


def _named(ranks: RankFrequency, names: Names) -> RankFrequency:
    """The ranks with names in place of numbers. Counts are cached by number, so a new name needs no new count."""
    runs = [map(int, run.split(RUN)) for run in ranks.names]
    return replace(ranks, names=tuple(RUN.join(map(names.concept, run)) for run in runs))


def _described(tokens: Sequence["np.ndarray"], vocabulary: Sequence[str]) -> LanguageReport:
    return describe_language(tokens, vocabulary=vocabulary, shuffles=shuffles_for(tokens))


def language_of_words(collection: "Collection", lexicon: "Lexicon", used: "Overuse") -> LanguageReport:
    """The statistics of the first word of each place of a collection. Raises ValueError if the widths differ."""
    return _language_of_words(collection.tokens, lexicon.name, lexicon.words, collection, lexicon, used)


@st.cache_resource(max_entries=8, show_spinner="Counting the words of all photos …")
def _language_of_words(
    tokens: str, name: str, words: tuple[str, ...], _collection: "Collection", _lexicon: "Lexicon", _used: "Overuse"
) -> LanguageReport:
    from concepts.lexicon.collections import first_words

    with SEARCHING.turn():
        return _described(first_words(_collection, _lexicon, _used), words)


@st.cache_resource(max_entries=4, show_spinner=False)
def _tokens(key: tuple[str, int], _report: ClassReport) -> "list[np.ndarray]":
    return tokens_of_report(_report)


@dataclass(frozen=True)
class KnownParts:
    """The truth about a report's photos: what each concept covers, and which words occur with which concept."""

    covered: list[Granularity]
    words: tuple[str, ...]
    with_words: Association


def known_of(report: ClassReport) -> KnownParts | None:
    """The known parts of a report's photos; None where nothing is known, as for all but the demo's picture world."""
    return _known(report_key(report), report)


@st.cache_resource(max_entries=16, show_spinner="Drawing the pictures again, to know what is in them …")
def _known(key: tuple[str, int], _report: ClassReport) -> KnownParts | None:
    with SEARCHING.turn():
        truth, k = demo_truth(_report), len(_report.data.concepts)
        if truth is None or not truth.masks:
            return None
        tokens = _tokens(key, _report)
        words, there = telling_words(truth.captions)
        there_with = association(prominence(Corpus.of(tokens, k)), there)
        return KnownParts(granularity(tokens, truth.masks, k), words, there_with)


@dataclass(frozen=True)
class ReferenceText:
    """A real text with its token statistics."""

    name: str
    language: LanguageReport


@st.cache_resource(max_entries=8, show_spinner="Counting the words of the text …")
def text_beside(content: bytes | None, name: str) -> ReferenceText:
    """An uploaded text, or the demo's captions for None. Raises ValueError for a text that cannot be read."""
    text = demo_captions() if content is None else read_text(content, name=name)
    with SEARCHING.turn():
        return ReferenceText(text.name, _described(text.tokens, text.vocabulary))
