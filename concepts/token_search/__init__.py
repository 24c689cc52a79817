"""Tokens beyond memory: read in place, searched exactly in chunks, or by an index whose recall was measured."""

from concepts.token_search.building import build_index
from concepts.token_search.exact import exact_search
from concepts.token_search.filters import chosen_items
from concepts.token_search.index import Effort, MeasuredRecall, TokenIndex
from concepts.token_search.neighbours import Neighbours
from concepts.token_search.token_file import TokenFile, token_file_of, write_token_file

__all__ = [
    "Effort",
    "MeasuredRecall",
    "Neighbours",
    "TokenFile",
    "TokenIndex",
    "build_index",
    "chosen_items",
    "exact_search",
    "token_file_of",
    "write_token_file",
]
