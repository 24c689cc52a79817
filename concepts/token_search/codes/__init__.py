"""Ways to write tokens in fewer bytes."""

from concepts.token_search.codes.base import Code, Coder, round_trip
from concepts.token_search.codes.registry import CODES

__all__ = ["CODES", "Code", "Coder", "round_trip"]
