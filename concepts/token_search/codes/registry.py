"""The codes of tokens by their names, from the most exact to the coarsest."""

from concepts.token_search.codes.base import Code
from concepts.token_search.codes.binary import fit_binary
from concepts.token_search.codes.product import fit_product
from concepts.token_search.codes.rounded import fit_float16, fit_int8

_ALL = (
    Code("float16", "half precision", "two bytes for each channel, as tokens are stored", "IEEE 754", fit_float16),
    Code("int8", "8-bit steps", "one byte for each channel, in steps of its own", "uniform quantisation", fit_int8),
    Code(
        "product",
        "product code",
        "one byte for each part of the channels, eight or more of them: the number of its nearest centre",
        "Jégou, Douze & Schmid, PAMI 2011",
        fit_product,
    ),
    Code(
        "binary",
        "signs",
        "one bit for each channel after a random rotation, and a length",
        "Charikar, STOC 2002; scale by least squares",
        fit_binary,
    ),
)
CODES: dict[str, Code] = {code.name: code for code in _ALL}
