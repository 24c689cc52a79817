"""Similarity maps of an image with queries; agreement of maps and segments from them."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import interpolate, normalize

TEMPERATURE = 2.0  # of the weights of the queries, as in CLIP Surgery's released code


def similarity_map(tokens: Tensor, query: Tensor) -> Tensor:
    """Cosine similarity of every token to one query.

        s[h, w] = <a_hw, q> / (‖a_hw‖ ‖q‖)

    tokens: (h, w, p) activations of one image, or any (T..., p). query: (p,) direction, any length > 0.
    Returns (h, w), unitless, in [-1, 1]; 0 where the activation is all zero. READ (Qian et al., CVPR 2025).
    Raises ValueError when the channel counts differ, and for a query of zeros.
    """
    return similarity_maps(tokens, query[None])[..., 0]


def similarity_maps(
    tokens: Tensor, queries: Tensor, *, centre: Tensor | None = None, weights: Tensor | None = None
) -> Tensor:
    """Similarity of every token to each of several queries: (T..., p), (q, p) → (T..., q), cosines.

    centre: (p,), subtracted from tokens and queries first (`centre_of`), so that what all places share does not count.
    weights: (q,), `query_weights`: then what all queries share is removed (CLIP Surgery, Li et al. 2023, eq. 6),

        s_tq = â_t · (w_q q̂_q − mean over queries of w q̂)

    with unit â, q̂. This is no longer a cosine, and a place similar to every query has no similarity. One query leaves
    nothing to distinguish and raises ValueError.
    """
    _check(tokens, queries)
    if centre is not None:
        tokens, queries = tokens - centre.to(tokens), queries - centre.to(queries)
    tokens, queries = normalize(tokens, dim=-1), normalize(queries.to(tokens), dim=-1)
    if weights is not None:
        if len(queries) < 2:
            raise ValueError("what several queries share is removed: give at least two queries, one was given")
        weighted = queries * weights.to(tokens)[:, None]
        queries = weighted - weighted.mean(dim=0)
    return (tokens @ queries.T).clamp(-1, 1) if weights is None else tokens @ queries.T


def stack_queries(vectors: Sequence[Tensor]) -> Tensor:
    """(q, p): directions (p,) stacked, with the dtype and device of the first."""
    return torch.stack([vector.to(vectors[0]) for vector in vectors])


def centre_of(tokens: Tensor) -> Tensor:
    """(p,): the mean token of (T..., p), which all places share."""
    return tokens.reshape(-1, tokens.shape[-1]).mean(dim=0)


def query_weights(tokens: Tensor, queries: Tensor) -> Tensor:
    """(q,): weight of each query in the picture as a whole, mean 1: softmax(2 · cos(mean token, q)) · q.

    Source: CLIP Surgery's released code, which uses the class token where we use the mean token.
    """
    overall = similarity_maps(centre_of(tokens)[None], queries)[0]
    return torch.softmax(TEMPERATURE * overall, dim=0) * len(queries)


def conditional_map(
    tokens: Tensor, query: Tensor, condition: Tensor, strength: float = 0.5, *, centre: Tensor | None = None
) -> Tensor:
    """Similarity in which a condition counts more: "like this, with the same colour" (the task of GeneCIS, Vaze et al.
    CVPR 2023; the projection is ours).

        s_t = (1 − λ) cos(a_t, q) + λ cos(P a_t, P q),   P the projection on the span of the condition

    tokens: (T..., p). query: (p,). condition: (c, p), the vectors of the condition's words or concepts. strength: λ in
    [0, 1]; 0 is the plain map, 1 uses only the condition. centre: (p,) or None, subtracted from tokens and query first.
    Returns (T...,) in [-1, 1].
    Raises ValueError for a λ outside, and when the query has no component in the condition's span.
    """
    if not 0 <= strength <= 1:
        raise ValueError(f"strength is {strength}: choose 0 (plain) to 1 (only the condition counts)")
    _check(tokens, condition)
    if centre is not None:
        tokens, query = tokens - centre.to(tokens), query - centre.to(query)
    basis = _basis(condition.to(tokens))  # (p, r)
    inside = query.to(tokens) @ basis
    if inside.norm() <= 1e-6 * query.norm():
        raise ValueError("the query has nothing in the direction of the condition: choose another condition")
    seen = tokens @ basis
    seen = torch.where(seen.norm(dim=-1, keepdim=True) > 1e-6 * tokens.norm(dim=-1, keepdim=True), seen, 0.0)
    return (1 - strength) * similarity_map(tokens, query) + strength * similarity_map(seen, inside)


def unit_range(similarity: Tensor) -> Tensor:
    """The map scaled so that its smallest value is 0 and its largest 1, for display; all 0 where all are equal."""
    low, high = similarity.amin(), similarity.amax()
    return (similarity - low) / (high - low) if high > low else torch.zeros_like(similarity)


def on_scale(similarity: Tensor, low: float, high: float) -> Tensor:
    """The map in [0, 1] on a scale that several maps share: 0 at `low` and below, 1 at `high` and above."""
    return ((similarity - low) / max(high - low, 1e-6)).clamp(0, 1)


def upsample(similarity: Tensor, size: tuple[int, int]) -> Tensor:
    """(h, w) → (H, W), bilinear, for display over a photo. An upsampled map is not finer evidence."""
    return interpolate(similarity[None, None], size=size, mode="bilinear", align_corners=False)[0, 0]


def segments(maps: Tensor, threshold: float) -> Tensor:
    """(T...,) int64: the most similar query of each place, −1 where no query reaches the threshold.

    maps: (T..., q). Ties go to the first.
    """
    best, winner = maps.max(dim=-1)
    return torch.where(best >= threshold, winner, -1)


def segmentation(
    tokens: Tensor, queries: Tensor, *, centre: Tensor | None = None, threshold: float = 0.35
) -> tuple[Tensor, list[float]]:
    """(h, w) int64 `segments` of a photo (h, w, p) by several queries (q, p), and each query's share of the places.

    What all queries share is removed first (CLIP Surgery). threshold: share of the largest similarity of any query; a
    place below it belongs to none.
    """
    maps = similarity_maps(tokens, queries, centre=centre, weights=query_weights(tokens, queries))
    found = segments(maps, threshold * float(maps.max()))
    return found, [float((found == i).double().mean()) for i in range(len(queries))]


def nearest_query(tokens: Tensor, queries: Tensor) -> list[int]:
    """The most similar query of (q, p) for each token of (T, p); ties go to the first."""
    return similarity_maps(tokens, queries).argmax(dim=-1).tolist()


def place_similarities(photos: Sequence[Tensor], *, centre: Tensor | None = None) -> Tensor:
    """(T, ΣT) in [-1, 1]: every place of the first photo against every place of all photos, (h, w, p) each.

    Without a centre, an empty place (all zeros) has similarity 0 as a token; as a query it is a small constant vector.
    """
    queries = photos[0].reshape(-1, photos[0].shape[-1])
    queries = queries + (queries == 0).all(dim=1, keepdim=True) * 1e-6
    parts = [similarity_maps(tokens, queries, centre=centre).flatten(0, 1).T for tokens in photos]
    return torch.cat(parts, dim=1)


def value_range(similarity: Tensor) -> tuple[float, float]:
    """The smallest and the largest value of a map."""
    return float(similarity.amin()), float(similarity.amax())


def map_agreement(first: Tensor, second: Tensor) -> float:
    """Spearman's rank correlation of two maps of one photo, in [-1, 1]: the agreement of two layers or models.

    first: (h, w). second: (h', w'), resampled to the first grid (area average or bilinear). READ finds that the maps of
    successive layers agree. NaN where a map is constant.
    """
    if second.shape != first.shape:
        second = interpolate(second[None, None], size=first.shape, mode="bilinear", antialias=True)[0, 0]
    ranks = [_ranks(each.flatten().double()) for each in (first, second)]
    a, b = (rank - rank.mean() for rank in ranks)
    return float((a @ b) / (a.norm() * b.norm()))


def mean_query(tokens: Tensor, places: Sequence[tuple[int, int]]) -> Tensor:
    """(p,): the mean of the unit tokens at these places (row, column) of (h, w, p): a box, or patches picked by hand.

    Raises ValueError for no place, for one outside the grid, and where all tokens there are zero.
    """
    h, w = tokens.shape[:2]
    if not places or not all(0 <= row < h and 0 <= column < w for row, column in places):
        raise ValueError(f"places {list(places)[:5]}: give at least one (row, column) within {h} × {w}")
    rows, columns = zip(*places, strict=True)
    query = normalize(tokens[list(rows), list(columns)], dim=-1).mean(dim=0)
    if not query.any():
        raise ValueError("the tokens at these places are all zero: choose another place")
    return query


def _check(tokens: Tensor, queries: Tensor) -> None:
    if queries.ndim != 2 or tokens.shape[-1] != queries.shape[1]:
        raise ValueError(f"tokens have {tokens.shape[-1]} channels, the query has {queries.shape[-1]}")
    if not queries.any(dim=1).all():
        raise ValueError("a query is all zeros: it points nowhere, choose another place or word")


def _basis(vectors: Tensor) -> Tensor:
    """(p, r): an orthonormal basis of the span of (c, p) vectors."""
    _, values, directions = torch.linalg.svd(vectors, full_matrices=False)
    return directions[values > 1e-5 * values[0]].T


def _ranks(values: Tensor) -> Tensor:
    """Ranks (m,); ties get their mean rank."""
    _, inverse, counts = values.unique(return_inverse=True, return_counts=True)
    after = counts.cumsum(0).double()
    return (after - (counts - 1) / 2)[inverse]
