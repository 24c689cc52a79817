"""What a query drawn at random reaches in the photos of a collection: what a match has to exceed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from concepts.numerics.samples import even_sample, random_sample

if TYPE_CHECKING:
    from torch import Tensor

    from concepts.lexicon.collections.collection import Collection

MOST_PHOTOS, MOST_QUERIES, SEED = 64, 32, 0


def reach_of_places(collection: "Collection", *, centre: "Tensor | None" = None) -> float | None:
    """The best cosine in another photo that a place drawn at random reaches in half of the cases; None for one photo.

    The median over at most 32 places, one of a photo, and at most 64 photos, drawn with a fixed seed. centre: (p,),
    subtracted before.
    """

    def place_of(tokens: "Tensor", turn: int) -> "Tensor":
        return tokens[random_sample(len(tokens), 1, seed=SEED + turn)[0]]

    return _median_reach(collection, place_of, centre)


def reach_of_photos(collection: "Collection", *, centre: "Tensor | None" = None) -> float | None:
    """As `reach_of_places`, with the mean tokens of photos as queries."""
    return _median_reach(collection, lambda tokens, turn: tokens.mean(dim=0), centre)


def reach_of_words(collection: "Collection", words: "Tensor", *, centre: "Tensor | None" = None) -> float:
    """The best cosine in a photo that a word drawn at random from (l, p) reaches in half of the cases."""
    import torch

    drawn = words[random_sample(len(words), MOST_QUERIES, seed=SEED)]
    shown = even_sample(len(collection), MOST_PHOTOS)
    return float(torch.cat([_best(_tokens(collection, i), drawn, centre) for i in shown]).median())


def _median_reach(
    collection: "Collection", query_of: "Callable[[Tensor, int], Tensor]", centre: "Tensor | None"
) -> float | None:
    """query_of: tokens (T, p) of a photo and its turn → (p,)."""
    import torch

    shown = even_sample(len(collection), MOST_PHOTOS)
    if len(shown) < 2:
        return None
    asked = even_sample(len(shown), MOST_QUERIES)
    tokens = [_tokens(collection, i) for i in shown]
    queries = torch.stack([query_of(tokens[place], place) for place in asked])
    best = torch.stack([_best(each, queries, centre) for each in tokens], dim=1)  # (q, m)
    own = torch.zeros_like(best, dtype=torch.bool)
    own[torch.arange(len(asked)), torch.tensor(asked)] = True
    return float(best[~own].median())


def _tokens(collection: "Collection", image: int) -> "Tensor":
    return collection.patches(image).flatten(0, 1)


def _best(tokens: "Tensor", queries: "Tensor", centre: "Tensor | None") -> "Tensor":
    """(q,): the largest cosine of each query (q, p) with the tokens (T, p)."""
    from torch.nn.functional import normalize

    queries = queries.to(tokens)
    if centre is not None:
        tokens, queries = tokens - centre, queries - centre
    return (normalize(tokens, dim=1) @ normalize(queries, dim=1).T).amax(dim=0)
