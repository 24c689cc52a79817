"""Words to photos and photos to words: an inverted index over sparse vectors, and dense search beside it."""

from concepts.search.base import Found, Index
from concepts.search.dense import DenseIndex
from concepts.search.lexical import LexicalIndex, PlacesFound
from concepts.search.sparse import SparseIndex

__all__ = ["DenseIndex", "Found", "Index", "LexicalIndex", "PlacesFound", "SparseIndex"]
