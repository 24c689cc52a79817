"""All statistics of a language of tokens, beside the same tokens shuffled across photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from concepts.lexicon.token_statistics.compression import COMPRESSORS, compression_ratio
from concepts.lexicon.token_statistics.cooccurrence import Association, concepts_together
from concepts.lexicon.token_statistics.corpus import Corpus
from concepts.lexicon.token_statistics.entropy import entropy, entropy_of_neighbours, entropy_within_photos
from concepts.lexicon.token_statistics.growth import ORDERS, Growth, growth_of_types
from concepts.lexicon.token_statistics.zipf import ZipfFit, fit_zipf
from concepts.numerics.intervals import Estimate, draws_estimate, interval

SHUFFLES = 20
LARGE = 500_000  # tokens above which fewer shuffles are enough
RUNS = (1, 2)  # run lengths counted as one word
MOST = 64  # maximum number of types for which every pair is tested
RUN = " · "  # between the words of a run
NAMED = 60  # number of the most frequent words whose names are kept


@dataclass(frozen=True)
class RankFrequency:
    """Frequencies of the words, the most frequent first: `frequencies` (r,), each > 0; `names` of the first ones.

    low, high: (r,) 95% range of the shuffled controls, 0 where they have fewer words. A word is a run of `length`
    neighbours. fit, control_fit: Zipf's law, of these and of the mean of the controls; None for too few words.
    """

    length: int
    frequencies: np.ndarray
    names: tuple[str, ...]
    low: np.ndarray
    high: np.ndarray
    fit: ZipfFit | None
    control: Estimate | None

    @property
    def shares(self) -> np.ndarray:
        """(r,) in [0, 1]: share of each word among all words."""
        return self.share_of(self.frequencies)

    def share_of(self, counts: np.ndarray) -> np.ndarray:
        """Counts (...) as shares of all words."""
        return counts / self.frequencies.sum()


@dataclass(frozen=True)
class LanguageFigure:
    """A figure: its value with a 95% interval, the value of the shuffled control, and a sentence explaining both."""

    name: str
    value: Estimate
    control: Estimate
    sentence: str


@dataclass(frozen=True)
class LanguageReport:
    """The statistics. together: None for a vocabulary too large to test every pair. ranks: by run length."""

    vocabulary: tuple[str, ...]
    n_photos: int
    n_tokens: int
    n_blank: int
    n_used: int
    ranks: dict[int, RankFrequency]
    measures: tuple[LanguageFigure, ...]
    growth: Growth
    together: Association | None

    def measure(self, name: str) -> LanguageFigure:
        """The measure of a name. Raises ValueError, with the available names, for an unknown one."""
        for measure in self.measures:
            if measure.name == name:
                return measure
        raise ValueError(f"no measure {name!r}; there are {', '.join(m.name for m in self.measures)}")


def shuffles_for(tokens: Sequence[np.ndarray]) -> int:
    """Number of shuffles: fewer for a large corpus, which varies less between shuffles and takes longer for each."""
    return SHUFFLES // 4 if sum(np.size(each) for each in tokens) > LARGE else SHUFFLES


def describe_language(
    tokens: Sequence[np.ndarray], *, vocabulary: Sequence[str], seed: int = 0, shuffles: int = SHUFFLES
) -> LanguageReport:
    """All statistics of one int array of tokens per photo, (T,) or (h, w), −1 for blank, each beside its control.

    The control shuffles all tokens across positions and photos, `shuffles` times, seeded. Source: Chan et al.,
    "Analyzing The Language of Visual Tokens", 2024; there tokens are codes of a quantiser, here the winning concepts.
    Raises ValueError for no tokens, tokens outside the vocabulary, or rows without two tokens.
    """
    from concepts.lexicon.token_statistics.sentences import SENTENCES

    corpus = Corpus.of(tokens, len(vocabulary))
    generator = np.random.default_rng(seed)
    controls = [_Counted.of(corpus.shuffled(generator), seed, orders=1) for _ in range(shuffles)]
    counted = _Counted.of(corpus, seed)
    n_used = int((corpus.totals() > 0).sum())
    measures = []
    for name, sentence in SENTENCES.items():
        control = draws_estimate(np.array([float(each.figures[name]) for each in controls]))
        value = counted.figures[name]
        measures.append(LanguageFigure(name, value, control, sentence(value, control, n_used)))
    return LanguageReport(
        vocabulary=tuple(vocabulary),
        n_photos=corpus.n_photos,
        n_tokens=len(corpus),
        n_blank=sum(np.size(each) for each in tokens) - len(corpus),
        n_used=n_used,
        ranks={length: _ranks(corpus, vocabulary, length, counted, controls) for length in RUNS},
        measures=tuple(measures),
        growth=counted.growth,
        together=concepts_together(corpus, seed=seed) if n_used <= MOST and corpus.n_photos > 1 else None,
    )


@dataclass(frozen=True)
class _Counted:
    """Statistics computed alike for the tokens and each control; by run length: descending frequencies, and the fit."""

    figures: dict[str, Estimate]
    frequencies: dict[int, np.ndarray]
    fits: dict[int, ZipfFit | None]
    growth: Growth

    @classmethod
    def of(cls, corpus: Corpus, seed: int, *, orders: int = ORDERS) -> Self:
        runs = {length: corpus.runs(length) for length in RUNS}
        totals = {length: np.sort(each.totals())[::-1] for length, each in runs.items()}
        growth = growth_of_types(corpus, seed=seed, orders=orders)
        figures = {
            "entropy": entropy(corpus),
            "entropy in a photo": entropy_within_photos(corpus),
            "entropy given the neighbour": entropy_of_neighbours(corpus),
            "growth": growth.exponent,
        } | {f"compression ({name})": Estimate(compression_ratio(corpus, method=name)) for name in COMPRESSORS}
        return cls(
            figures,
            {length: each[each > 0] for length, each in totals.items()},
            {length: fit_zipf(each.counts) for length, each in runs.items()},
            growth,
        )


def _ranks(
    corpus: Corpus, vocabulary: Sequence[str], length: int, counted: _Counted, controls: Sequence[_Counted]
) -> RankFrequency:
    frequencies = counted.frequencies[length]
    band = np.zeros((len(controls), len(frequencies)))
    for row, control in zip(band, controls, strict=True):
        own = control.frequencies[length][: len(row)]
        row[: len(own)] = own
    low, high = interval(band)
    fits = [fit.exponent for control in controls if (fit := control.fits[length]) is not None]
    return RankFrequency(
        length, frequencies, _names(corpus, vocabulary, length), low, high, counted.fits[length],
        draws_estimate(np.array(fits, dtype=float)) if fits else None,
    )  # fmt: skip


def _names(corpus: Corpus, vocabulary: Sequence[str], length: int) -> tuple[str, ...]:
    """The most frequent words in full; for a run, its tokens from left to right."""
    runs, starts = corpus.runs(length), corpus.run_starts(length)
    most = np.argsort(-runs.totals(), kind="stable")[:NAMED]
    first = [int(starts[(runs.tokens == kind).argmax()]) for kind in most if (runs.tokens == kind).any()]
    return tuple(RUN.join(vocabulary[corpus.tokens[start + step]] for step in range(length)) for start in first)
