"""Granularity of a concept (part, whole object or scene) by its coverage of a known object."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from concepts.numerics.intervals import Estimate, bootstrap_ratios, interval

THERE = 0.02  # a concept is present in a photo if it wins this share of the places
MOSTLY = 0.5  # of a concept's places off the object: a scene; of the object covered: an object


@dataclass(frozen=True)
class Granularity:
    """The coverage of one concept, over the photos in which it wins at least 2% of the places; `n` of them.

    inside: share of its places on the object. covers: share of the object that it covers. kind: "scene" if less than
    half of it is inside, else "object" if it covers at least half, else "part"; "nowhere" without photos.
    part: the known part with the most of its places, with that part's share of its places on the object.
    Intervals are bootstrap over photos. Controls: the same with the objects of other photos.
    """

    concept: int
    n: int
    inside: Estimate
    inside_control: float
    covers: Estimate
    covers_control: float
    kind: str
    part: str
    part_share: float


def granularity(
    tokens: Sequence[np.ndarray], masks: Mapping[str, np.ndarray], n_types: int, *, seed: int = 0
) -> list[Granularity]:
    """The granularity of each type. tokens: (h, w) per photo, equal for all. masks: part → (n, H, W) bool; the object
    is the union of all parts.

    A grid cell lies on the object by the share of its pixels on it. Raises ValueError for shapes that do not match, or
    empty masks.
    """
    grid = _checked(tokens, masks)
    parts = {part: cell_shares(mask, grid.shape[1:]) for part, mask in masks.items()}
    whole = cell_shares(np.any(np.stack(list(masks.values())), axis=0), grid.shape[1:])
    other = _other_photos(len(grid), seed)
    return [_of(concept, grid == concept, whole, whole[other], parts, seed) for concept in range(n_types)]


def _other_photos(n: int, seed: int) -> np.ndarray:
    """Another photo for each photo, seeded: the next in a random cycle."""
    order = np.random.default_rng(seed).permutation(n)
    other = np.empty_like(order)
    other[order] = np.roll(order, 1)
    return other


def _of(
    concept: int, won: np.ndarray, whole: np.ndarray, other: np.ndarray, parts: Mapping[str, np.ndarray], seed: int
) -> Granularity:
    there = won.mean(axis=(1, 2)) >= THERE
    if not there.any():
        nothing = Estimate(0.0)
        return Granularity(concept, 0, nothing, 0.0, nothing, 0.0, "nowhere", "", 0.0)
    won, whole, other = won[there], whole[there], other[there]
    on = (won * whole).sum(axis=(1, 2))
    inside = _ratio(on, won.sum(axis=(1, 2)), seed)
    covers = _ratio(on, whole.sum(axis=(1, 2)), seed)
    on_other = (won * other).sum()
    by_part = {part: float((won * cells[there]).sum()) for part, cells in parts.items()}
    part = max(by_part, key=by_part.__getitem__)
    return Granularity(
        concept,
        int(there.sum()),
        inside,
        float(on_other / won.sum()),
        covers,
        float(on_other / max(other.sum(), 1e-12)),
        kind_of(float(inside), float(covers)),
        part,
        by_part[part] / max(float(on.sum()), 1e-12),
    )


def kind_of(inside: float, covers: float) -> str:
    """Part, object or scene."""
    return "scene" if inside < MOSTLY else "object" if covers >= MOSTLY else "part"


def cell_shares(masks: np.ndarray, grid: tuple[int, ...]) -> np.ndarray:
    """(n, h, w): the share of each grid cell that a mask (n, H, W) covers; cells need not be whole pixels."""
    rows, columns = (_overlaps(size, cells) for size, cells in zip(masks.shape[1:], grid, strict=True))
    return np.einsum("hy,nyx,wx->nhw", rows, masks.astype(np.float32), columns, optimize=True)


def _overlaps(size: int, cells: int) -> np.ndarray:
    """(cells, size): the share of a cell that each pixel takes up."""
    edges = np.arange(cells + 1) * size / cells
    pixels = np.arange(size)
    low, high = np.maximum(edges[:-1, None], pixels), np.minimum(edges[1:, None], pixels + 1)
    return np.clip(high - low, 0, None).astype(np.float32) * cells / size


def _ratio(numerators: np.ndarray, denominators: np.ndarray, seed: int) -> Estimate:
    whole = float(denominators.sum())
    if whole == 0:
        return Estimate(0.0)
    draws = bootstrap_ratios(numerators, denominators, seed=seed)
    low, high = interval(draws[np.isfinite(draws)])
    return Estimate(float(numerators.sum()) / whole, float(low), float(high))


def _checked(tokens: Sequence[np.ndarray], masks: Mapping[str, np.ndarray]) -> np.ndarray:
    if not tokens or len({np.shape(each) for each in tokens}) != 1 or np.ndim(tokens[0]) != 2:
        raise ValueError("granularity needs tokens on a grid (h, w), the same for all photos")
    if not masks or any(np.ndim(mask) != 3 or len(mask) != len(tokens) for mask in masks.values()):
        shapes = ", ".join(f"{part} {np.shape(mask)}" for part, mask in masks.items()) or "none"
        raise ValueError(f"masks of {len(tokens)} photos (n, H, W) are needed, one a part; got {shapes}")
    if not any(mask.any() for mask in masks.values()):
        raise ValueError("the masks show nothing: no object is known in these photos")
    return np.stack(tokens)
