"""Words with directions in the space of tokens, and what tokens say in them."""

from concepts.lexicon.babel import babel_languages, babel_names, translated
from concepts.lexicon.classes import class_lexicon, class_reading
from concepts.lexicon.growing import Grown, with_mixture, with_words
from concepts.lexicon.lexicon import Lexicon, keep_top, lexical_activations
from concepts.lexicon.maps import WordHeat, word_heat, word_map, word_maps
from concepts.lexicon.overuse import Overuse, overuse
from concepts.lexicon.reading import first_words_at, loudness, said_at, words_said
from concepts.lexicon.storing import load_lexicon, save_lexicon
from concepts.lexicon.word_list import Entry, lexicon_of_words, read_word_list

__all__ = [
    "Entry",
    "Grown",
    "Lexicon",
    "Overuse",
    "WordHeat",
    "babel_languages",
    "babel_names",
    "class_lexicon",
    "class_reading",
    "first_words_at",
    "keep_top",
    "lexical_activations",
    "lexicon_of_words",
    "load_lexicon",
    "loudness",
    "overuse",
    "read_word_list",
    "said_at",
    "save_lexicon",
    "translated",
    "with_mixture",
    "with_words",
    "word_heat",
    "word_map",
    "word_maps",
    "words_said",
]
