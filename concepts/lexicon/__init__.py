"""Words with directions in the space of tokens, and what tokens say in them."""

from concepts.lexicon.classes import class_lexicon, class_reading
from concepts.lexicon.lexicon import Lexicon, keep_top, lexical_activations
from concepts.lexicon.word_maps import word_map, word_maps

__all__ = ["Lexicon", "class_lexicon", "class_reading", "keep_top", "lexical_activations", "word_map", "word_maps"]
