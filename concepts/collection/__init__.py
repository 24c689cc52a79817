"""Photos whose tokens are stored, so that they can be asked: what is like that, what does this place say?"""

from concepts.collection.asking import Found, TokenMatrix, best_places, concept_direction
from concepts.collection.collection import Collection, EncoderSummary, list_collections
from concepts.collection.recording import record_collection, record_report, space_of
from concepts.collection.words import WordsRead, first_words, read_words, stored_words

__all__ = [
    "Collection",
    "EncoderSummary",
    "Found",
    "TokenMatrix",
    "WordsRead",
    "best_places",
    "concept_direction",
    "first_words",
    "list_collections",
    "read_words",
    "record_collection",
    "record_report",
    "space_of",
    "stored_words",
]
