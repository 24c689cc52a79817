"""Search from words to photos and from photos to words: an inverted index over sparse vectors, and dense indexes."""

from concepts.lexicon.search.base import Index, SearchResult
from concepts.lexicon.search.dense import DenseIndex
from concepts.lexicon.search.lexical import LexicalIndex, PlaceResults
from concepts.lexicon.search.sparse import SparseIndex

__all__ = ["DenseIndex", "Index", "LexicalIndex", "PlaceResults", "SearchResult", "SparseIndex"]
