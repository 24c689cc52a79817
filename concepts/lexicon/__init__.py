"""Words with directions in the space of tokens, and what tokens say in them."""

from concepts.lexicon.lexicon import Lexicon, keep_top, lexical_activations

__all__ = ["Lexicon", "keep_top", "lexical_activations"]
