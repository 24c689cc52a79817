"""Incremental training: the whole picture first, then windows of it, then single patches."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

SMALLEST = 2  # patches along the side of the smallest window


@dataclass(frozen=True)
class Increments:
    """The number of views per step, and the share of the training from which they are used.

    windows, patches: views beside the whole picture. windows_from, patches_from: shares of the training; between them
    the smallest window shrinks from the whole picture to SMALLEST patches along its side.
    """

    windows: int = 4
    windows_from: float = 0.15
    patches: int = 32
    patches_from: float = 0.3


@dataclass(frozen=True)
class ViewActivations:
    """said: (g, n, L), activations of g views of n pictures, each the maximum over the view.

    whole: the view shows the whole picture. A window of a whole picture does not show everything in its caption, and
    each of two parts that always occur together would be learned as both: only studies are viewed in part. single: the
    view shows one patch. It has to retrieve its text, but a text need not retrieve it: most patches show nothing that
    a text describes.
    """

    said: Tensor
    whole: bool
    single: bool


def views(
    said: Tensor, increments: Increments, generator: torch.Generator, *, done: float
) -> Iterator[ViewActivations]:
    """The views of one step, at the completed share `done` of the training. A view has the same place in all pictures.

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
    """(n, L): the largest activations in a random square window, at least SMALLEST patches wide when fully shrunk."""
    grid = said.shape[1]
    smallest = SMALLEST + (1 - shrunk) * (grid - SMALLEST)
    ratio, across, down = torch.rand(3, generator=generator).tolist()
    side = round(smallest * (grid / smallest) ** ratio)
    top, left = round(down * (grid - side)), round(across * (grid - side))
    return said[:, top : top + side, left : left + side].amax(dim=(1, 2))
