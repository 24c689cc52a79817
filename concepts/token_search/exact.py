"""Exact search over all tokens, or over those of chosen items: one pass, one chunk in memory at a time."""

from typing import TYPE_CHECKING

import numpy as np

from concepts.token_search.neighbours import Neighbours
from concepts.token_search.token_file import TokenFile

if TYPE_CHECKING:
    from torch import Tensor


def exact_search(
    tokens: TokenFile,
    queries: "Tensor",
    *,
    top: int = 10,
    items: np.ndarray | None = None,
    centre: "Tensor | None" = None,
) -> Neighbours:
    """The rows with the largest cosine to each query (q, p).

        s = ⟨a − c, q − c⟩ / (‖a − c‖ ‖q − c‖)

    items: (n,) bool, those whose tokens count; None: all. centre: c (p,). A token that is all zeros has cosine 0. Fewer
    than `top` rows only where there are fewer. Memory: one chunk and the answers, whatever the number of tokens.
    Raises ValueError for another width, a query that points nowhere, top < 1, and items of another number.
    """
    q = unit_queries(queries, tokens.channels, centre)
    check_top(top)
    found = Neighbours.none(len(q))
    for rows, chunk in tokens.chunks(numbers_of(items, tokens)):
        found = found.joined(Neighbours.best(rows, cosines(chunk, q, centre), top), top)
    return found


def exact_items(tokens: TokenFile, queries: "Tensor", *, top: int = 10) -> Neighbours:
    """The items whose best token has the largest cosine to each query (q, p): numbers of items, with that cosine.

    One pass over all tokens; memory as for `exact_search`, whose errors are raised.
    """
    q = unit_queries(queries, tokens.channels)
    check_top(top)
    found = Neighbours.none(len(q))
    for rows, chunk in tokens.chunks():
        best = cosines(chunk, q).reshape(len(q), -1, tokens.places).max(axis=2)  # (q, m)
        found = found.joined(Neighbours.best(rows[:: tokens.places] // tokens.places, best, top), top)
    return found


def cosines(chunk: "Tensor", q: "Tensor", centre: "Tensor | None" = None) -> np.ndarray:
    """(q, m) float32 in [-1, 1]: cosine of each unit query (q, p) with each token (m, p)."""
    if centre is not None:
        chunk = chunk - centre.float()
    length = chunk.norm(dim=1).clamp(min=1e-12)
    return (q @ chunk.T / length).clamp(-1, 1).numpy()


def unit_queries(queries: "Tensor", channels: int, centre: "Tensor | None" = None) -> "Tensor":
    """(q, p) float32 of length 1, after the centre is subtracted. Raises ValueError for another width, and zeros."""
    import torch

    if queries.ndim != 2 or queries.shape[1] != channels:
        raise ValueError(f"queries {tuple(queries.shape)}, expected (q, {channels}): take tokens of the same layer")
    q = queries.float() if centre is None else queries.float() - centre.float()
    if not bool(q.any(dim=1).all()):
        raise ValueError("a query is all zeros: it points nowhere, choose another token or word")
    return torch.nn.functional.normalize(q, dim=1)


def check_top(top: int) -> None:
    """Raises ValueError for top < 1."""
    if top < 1:
        raise ValueError(f"top is {top}: ask for at least one token")


def numbers_of(items: np.ndarray | None, tokens: TokenFile) -> np.ndarray | None:
    """(i,): the numbers of chosen items, ascending; None for all. Raises ValueError where items are not (n,) bool."""
    if items is None:
        return None
    if items.shape != (tokens.n_items,) or items.dtype != bool:
        raise ValueError(
            f"chosen items {items.shape} of {items.dtype}, expected ({tokens.n_items},) of bool: one for each item"
        )
    return np.flatnonzero(items)
