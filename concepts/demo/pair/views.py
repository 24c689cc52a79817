"""Incremental training: the whole picture first, then windows of it, then every patch alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

SMALLEST = 2  # patches along the side of the smallest window


@dataclass(frozen=True)
class Increments:
    """How many views a step takes, and from which share of the training on.

    windows, patches: views beside the whole picture. windows_from, patches_from: shares of the training; between them
    the smallest window shrinks from the whole picture to SMALLEST patches along its side.
    """

    windows: int = 4
    windows_from: float = 0.15
    patches: int = 32
    patches_from: float = 0.3


@dataclass(frozen=True)
class ViewActivations:
    """said: (g, n, L), activations of g views of n pictures, each the largest in what the view shows.

    whole: the view shows all. A window of a whole picture does not show all that its caption tells, and of two parts
    that always come together both would be told of either: only studies are viewed in part. single: the view shows one
    patch. It has to find its text, but a text need not find it: most patches show nothing that a text tells.
    """

    said: Tensor
    whole: bool
    single: bool


def views(
    said: Tensor, increments: Increments, generator: torch.Generator, *, done: float
) -> Iterator[ViewActivations]:
    """The views of one step, the share `done` of the training being behind. A view is at one place in all pictures.

    said: (n, h, w, L). Source: LexVLA (Li et al., NeurIPS 2024), incremental training; there in two stages.
    """
    yield ViewActivations(said.amax(dim=(1, 2))[None], whole=True, single=False)
    if done > increments.windows_from:
        span = increments.patches_from - increments.windows_from
        shrunk = min(1.0, (done - increments.windows_from) / span) if span > 0 else 1.0
        seen = [window(said, shrunk, generator) for _ in range(increments.windows)]
        yield ViewActivations(torch.stack(seen), whole=False, single=False)
    if done > increments.patches_from:
        patches = said.flatten(1, 2)  # (n, hw, L)
        chosen = torch.randperm(patches.shape[1], generator=generator)[: increments.patches]
        yield ViewActivations(patches[:, chosen].transpose(0, 1), whole=False, single=True)


def window(said: Tensor, shrunk: float, generator: torch.Generator) -> Tensor:
    """(n, L): the largest activations in a square window at random, SMALLEST patches wide or more when all shrunk."""
    grid = said.shape[1]
    smallest = SMALLEST + (1 - shrunk) * (grid - SMALLEST)
    ratio, across, down = torch.rand(3, generator=generator).tolist()
    side = round(smallest * (grid / smallest) ** ratio)
    top, left = round(down * (grid - side)), round(across * (grid - side))
    return said[:, top : top + side, left : left + side].amax(dim=(1, 2))
