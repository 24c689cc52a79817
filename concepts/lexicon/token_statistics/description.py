"""Everything that is counted of a language of tokens, beside the same tokens shuffled across photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from concepts.lexicon.token_statistics.compression import COMPRESSORS, compression_ratio
from concepts.lexicon.token_statistics.cooccurrence import Association, concepts_together
from concepts.lexicon.token_statistics.corpus import Corpus
from concepts.lexicon.token_statistics.entropy import entropy, entropy_of_neighbours, entropy_within_photos
from concepts.lexicon.token_statistics.growth import ORDERS, Growth, growth_of_types
from concepts.lexicon.token_statistics.intervals import of_draws
from concepts.lexicon.token_statistics.zipf import ZipfFit, fit_zipf
from concepts.numerics.intervals import Estimate

SHUFFLES = 20
LARGE = 500_000  # tokens from which fewer shuffles are enough
RUNS = (1, 2)  # tokens in a run that is counted as one word
MOST = 64  # types of which every pair is looked at
RUN = " · "  # between the words of a run
NAMED = 60  # of the most frequent words, those whose names are kept


@dataclass(frozen=True)
class RankFrequency:
    """How often the words occur, the most frequent first: `frequencies` (r,), each > 0; `names` of the first ones.

    low, high: (r,) where 95% of the shuffled controls lie, 0 where they have fewer words. A word is a run of `length`
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
        """(r,) in [0, 1]: each word's share of all."""
        return self.share_of(self.frequencies)

    def share_of(self, counts: np.ndarray) -> np.ndarray:
        """Counts (...) as shares of all words here."""
        return counts / self.frequencies.sum()


@dataclass(frozen=True)
class LanguageFigure:
    """One figure: its value with a 95% interval, that of the shuffled control, and what both mean in one sentence."""

    name: str
    value: Estimate
    control: Estimate
    sentence: str


@dataclass(frozen=True)
class LanguageReport:
    """What was counted. together: None for a vocabulary too large to look at every pair. ranks: by length of run."""

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
        """The measure of that name. Raises ValueError, with the names there are, where there is none."""
        for measure in self.measures:
            if measure.name == name:
                return measure
        raise ValueError(f"no measure {name!r}; there are {', '.join(m.name for m in self.measures)}")


def shuffles_for(tokens: Sequence[np.ndarray]) -> int:
    """How often to shuffle: a large corpus varies less from shuffle to shuffle, and each takes longer."""
    return SHUFFLES // 4 if sum(np.size(each) for each in tokens) > LARGE else SHUFFLES


def describe_language(
    tokens: Sequence[np.ndarray], *, vocabulary: Sequence[str], seed: int = 0, shuffles: int = SHUFFLES
) -> LanguageReport:
    """All statistics of one int array of tokens a photo, (T,) or (h, w), −1 for blank, each beside its control.

    The control shuffles all tokens across positions and photos, `shuffles` times, seeded. Source: Chan et al.,
    "Analyzing The Language of Visual Tokens", 2024; there tokens are codes of a quantiser, here the winning concepts.
    Raises ValueError for no tokens, tokens outside the vocabulary, or rows that hold no two tokens.
    """
    from concepts.lexicon.token_statistics.sentences import SENTENCES

    corpus = Corpus.of(tokens, len(vocabulary))
    generator = np.random.default_rng(seed)
    controls = [_Counted.of(corpus.shuffled(generator), seed, orders=1) for _ in range(shuffles)]
    counted = _Counted.of(corpus, seed)
    n_used = int((corpus.totals() > 0).sum())
    measures = []
    for name, sentence in SENTENCES.items():
        control = of_draws(np.array([float(each.figures[name]) for each in controls]))
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
    """What is counted alike of the tokens and of each control; by length of run: frequencies, falling, and the fit."""

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
    low, high = np.quantile(band, [0.025, 0.975], axis=0)
    fits = [fit.exponent for control in controls if (fit := control.fits[length]) is not None]
    return RankFrequency(
        length, frequencies, _names(corpus, vocabulary, length), low, high, counted.fits[length],
        of_draws(np.array(fits, dtype=float)) if fits else None,
    )  # fmt: skip


def _names(corpus: Corpus, vocabulary: Sequence[str], length: int) -> tuple[str, ...]:
    """The most frequent words in full: of a run, its tokens from left to right."""
    runs, starts = corpus.runs(length), corpus.run_starts(length)
    most = np.argsort(-runs.totals(), kind="stable")[:NAMED]
    first = [int(starts[(runs.tokens == kind).argmax()]) for kind in most if (runs.tokens == kind).any()]
    return tuple(RUN.join(vocabulary[corpus.tokens[start + step]] for step in range(length)) for start in first)
