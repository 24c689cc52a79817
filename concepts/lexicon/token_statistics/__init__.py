"""Statistics of visual tokens as a language: the winning concept at each place, counted like words."""

from concepts.lexicon.token_statistics.compression import compression_ratio
from concepts.lexicon.token_statistics.cooccurrence import (
    Association,
    association,
    concepts_together,
    prominence,
    words_of_concepts,
)
from concepts.lexicon.token_statistics.corpus import BLANK, Corpus
from concepts.lexicon.token_statistics.description import (
    LanguageFigure,
    LanguageReport,
    RankFrequency,
    describe_language,
)
from concepts.lexicon.token_statistics.entropy import entropy, entropy_of_neighbours, entropy_within_photos
from concepts.lexicon.token_statistics.granularity import Granularity, granularity
from concepts.lexicon.token_statistics.growth import Growth, growth_of_types
from concepts.lexicon.token_statistics.reference_text import Text, read_text
from concepts.lexicon.token_statistics.winning_concepts import tokens_of_activations, tokens_of_report
from concepts.lexicon.token_statistics.zipf import ZipfFit, fit_zipf

__all__ = [
    "BLANK",
    "Association",
    "Corpus",
    "Granularity",
    "Growth",
    "LanguageFigure",
    "LanguageReport",
    "RankFrequency",
    "Text",
    "ZipfFit",
    "association",
    "compression_ratio",
    "concepts_together",
    "describe_language",
    "entropy",
    "entropy_of_neighbours",
    "entropy_within_photos",
    "fit_zipf",
    "granularity",
    "growth_of_types",
    "prominence",
    "read_text",
    "tokens_of_activations",
    "tokens_of_report",
    "words_of_concepts",
]
