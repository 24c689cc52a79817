"""Words for concepts: scored, assigned so that one word does not name everything, and refused where none is good."""

from concepts.naming.assign import assign_words
from concepts.naming.captions import caption_lexicon, content_words, read_captions
from concepts.naming.names import ConceptName, name_concepts, read_names, write_names
from concepts.naming.prototypes import prototype_places
from concepts.naming.scores import WordScorer, shuffled_thresholds, token_directions, word_scores

__all__ = [
    "ConceptName",
    "WordScorer",
    "assign_words",
    "caption_lexicon",
    "content_words",
    "name_concepts",
    "prototype_places",
    "read_captions",
    "read_names",
    "shuffled_thresholds",
    "token_directions",
    "word_scores",
    "write_names",
]
