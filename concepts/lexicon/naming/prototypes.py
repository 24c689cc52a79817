"""Prototype places: where a concept's codes are largest."""

import torch
from torch import Tensor

N_PROTOTYPES = 10


def prototype_places(codes: Tensor, n_prototypes: int = N_PROTOTYPES) -> list[Tensor]:
    """For each concept the places of its largest codes, at most one per image, largest first: (≤ n_prototypes,) each.

    codes: (n, T, k). A place is image · T + position. Images without the concept (peak ≤ 0) yield none, as for the
    crops of a report. Raises ValueError for codes of another shape, or n_prototypes < 1.
    """
    if codes.ndim != 3:
        raise ValueError(f"codes {tuple(codes.shape)}, expected (n, T, k): images, places, concepts")
    if n_prototypes < 1:
        raise ValueError(f"n_prototypes is {n_prototypes}: at least one place is needed")
    peaks, positions = codes.max(dim=1)  # (n, k) each
    images = peaks.argsort(dim=0, descending=True, stable=True)[:n_prototypes]  # (m, k)
    there = peaks.gather(0, images) > 0
    places = images * codes.shape[1] + positions.gather(0, images)
    return [places[there[:, j], j] for j in range(codes.shape[2])]


def shuffled_places(n: int, n_positions: int, count: int, shuffles: int, generator: torch.Generator) -> Tensor:
    """(shuffles, count) places: the `count` prototypes of a concept with shuffled codes, once per shuffle.

    Images are shuffled, and the places within each image: the peaks then lie in `count` different images, all equally
    likely, at any place within them. The places are drawn directly from this distribution, without moving the codes.
    """
    images = torch.rand(shuffles, n, generator=generator).argsort(dim=1)[:, :count]
    positions = torch.randint(n_positions, (shuffles, count), generator=generator)
    return images * n_positions + positions
