"""The best place of each of the best photos, as an index of the tokens gives them."""

from typing import TYPE_CHECKING

import numpy as np

from concepts.lexicon.collections.collection import Collection
from concepts.lexicon.collections.place_search import PlaceMatch
from concepts.lexicon.collections.stored_tokens import tokens_of
from concepts.token_search import Effort, TokenIndex

if TYPE_CHECKING:
    from torch import Tensor

A_PHOTO = 8  # places asked for, for each photo that is wanted: the best ones of a photo lie together


def places_by_index(
    collection: Collection, index: TokenIndex, query: "Tensor", *, top: int, asked: np.ndarray, effort: Effort
) -> tuple[list[PlaceMatch], bool]:
    """The best place of each of the `top` best photos for a query (p,), best first, and whether all were compared.

    asked: (n,) bool, the photos that are asked, one or more. More places are asked for until so many photos are there.
    """
    tokens, columns = tokens_of(collection), collection.grid[1]
    n, all_asked = A_PHOTO * top, int(asked.sum()) * tokens.places
    items = None if asked.all() else asked
    while True:
        found = index.search(tokens, query[None], top=n, items=items, effort=effort)
        photos, first = np.unique(found.rows[0] // tokens.places, return_index=True)
        if len(photos) >= min(top, int(asked.sum())) or n >= all_asked:
            break
        n = min(4 * n, all_asked)
    best = np.sort(first)[:top]
    places = [(int(row) // tokens.places, *divmod(int(row) % tokens.places, columns)) for row in found.rows[0][best]]
    values = found.cosines[0][best]
    return [PlaceMatch(*each, float(value)) for each, value in zip(places, values, strict=True)], found.scanned
