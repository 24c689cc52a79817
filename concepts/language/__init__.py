"""The language of visual tokens: which concept wins at each place, counted as one counts words."""

from concepts.language.compression import compression_ratio
from concepts.language.corpus import BLANK, Corpus
from concepts.language.describe import LanguageReport, Measure, RankFrequency, describe_language
from concepts.language.entropy import entropy, entropy_of_neighbours, entropy_within_photos
from concepts.language.granularity import Granularity, granularity
from concepts.language.growth import Growth, growth_of_types
from concepts.language.reading import tokens_of_activations, tokens_of_report
from concepts.language.text import Text, read_text
from concepts.language.together import Association, association, concepts_together, prominence, words_of_concepts
from concepts.language.zipf import ZipfFit, fit_zipf

__all__ = [
    "BLANK",
    "Association",
    "Corpus",
    "Granularity",
    "Growth",
    "LanguageReport",
    "Measure",
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
