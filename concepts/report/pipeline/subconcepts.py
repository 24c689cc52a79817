"""Sub-concepts: the parts of a concept, found at an earlier layer (CRAFT's recursion), to any depth."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import interpolate

from concepts.activations.collect import Activations, collect_activations
from concepts.models import LayerInfo, Split
from concepts.numerics.intervals import bootstrap_means, interval
from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.crops import prototypes
from concepts.report.pipeline.dictionary import extractor_for
from concepts.report.rows import SubConceptRow

ACTIVE = 0.5  # of the largest value: from here on a concept is present, in the data set and within a photo
MOST_PHOTOS = 64
FEWEST_POSITIONS = 50  # per sub-concept
BATCH = 16
N_CROPS = 5


@dataclass(frozen=True)
class Parent:
    """A concept to split into parts: its maps (n, h, w) ≥ 0 on the photos in these rows of the report."""

    path: tuple[int, ...]
    maps: np.ndarray
    images: np.ndarray

    def among(self, images: np.ndarray) -> Self:
        """The same on those of its photos that are among these rows of the report."""
        kept = np.isin(self.images, images)
        return replace(self, maps=self.maps[kept], images=self.images[kept])


@dataclass(frozen=True)
class LayerActivations:
    """A layer's activations of all photos in which any concept of a level is present, from one pass. images: the rows
    of these photos in the report."""

    split: Split
    activations: Activations
    images: np.ndarray

    @classmethod
    def by(cls, findings: Findings, split: Split, parents: Sequence[Parent], store: Path) -> Self:
        images = np.unique(np.concatenate([parent.images for parent in parents]))
        photos = findings.selection.photos.subset([findings.activations.indices[row] for row in images])
        found = collect_activations(split, photos, store, batch_size=findings.settings.batch_size)
        return cls(split, found, images[list(found.indices)])

    def batches(self, images: np.ndarray) -> Iterator[Tensor]:
        """Batches of activations A (b, T..., p) of these images of the report, in order."""
        rows = np.searchsorted(self.images, images)
        for start in range(0, len(rows), BATCH):
            yield self.activations.picked(rows[start : start + BATCH].tolist(), self.split.device)


def earlier_layer(layers: Sequence[LayerInfo], layer: str) -> LayerInfo | None:
    """The layer at which a concept is split: the last one before `layer` with a finer grid; if no earlier grid is finer
    (a transformer), the one half-way to the first layer with a grid; None if there is no earlier layer.
    """
    place = next(i for i, info in enumerate(layers) if info.path == layer)
    here, before = layers[place], [info for info in layers[:place] if info.grid is not None]
    if here.grid is None or not before:
        return None
    finer = [info for info in before if info.grid and min(info.grid) > min(here.grid)]
    return finer[-1] if finer else before[len(before) // 2]


def find_subconcepts(
    findings: Findings, store: Path, progress: Callable[[float], None]
) -> tuple[tuple[SubConceptRow, ...], dict[str, bytes]]:
    """The tree under the `split_concepts` most important concepts, parents before their parts, and their crops.

    At every step, the positions of an earlier layer where the parent is present are factorised by the report's own
    method; the parts are the parents of the next step. Source: CRAFT (section 3.2), which crops the photos and encodes
    the crops; we keep the photo whole and use the positions inside the region, so that the parts are seen in their
    true surroundings.
    """
    settings, maps = findings.settings, findings.maps
    tops = range(min(settings.split_concepts, maps.shape[-1]))
    parents = [parent_of((j,), maps[..., j].astype(np.float32), np.arange(len(maps))) for j in tops]
    rows: list[SubConceptRow] = []
    pictures: dict[str, bytes] = {}
    split = findings.split
    if not isinstance(split, Split):  # a model of texts or of rows has one layer
        return (), {}
    for level in range(settings.depth):
        earlier = earlier_layer(split.layers(), split.layer)
        parents = [parent for parent in parents if len(parent.images)]  # others are present nowhere
        if earlier is None or not parents:
            break
        split, children = split.at(earlier.path), []
        seen = LayerActivations.by(findings, split, parents, store)
        for number, parent in enumerate(parents):
            for row, shown, child in Subdivision(findings, seen, parent.among(seen.images)).found():
                rows.append(row)
                pictures |= shown
                children.append(child)
            progress((level + (number + 1) / len(parents)) / settings.depth)
        parents = children
    return tuple(rows), pictures


def parent_of(path: tuple[int, ...], maps: np.ndarray, images: np.ndarray) -> Parent:
    """The concept on the photos in which it is present: the strongest ones, at most 64, in the order of their rows."""
    maps = np.maximum(maps, 0)
    peaks = maps.reshape(len(maps), -1).max(axis=1)
    order = np.argsort(-peaks, kind="stable")[:MOST_PHOTOS]
    chosen = np.sort(order[peaks[order] >= ACTIVE * max(float(peaks.max()), 1e-12)])
    return Parent(path, maps[chosen], images[chosen])


class Subdivision:
    """One concept split into parts at one layer."""

    def __init__(self, findings: Findings, seen: LayerActivations, parent: Parent) -> None:
        self.findings, self.seen, self.split, self.parent = findings, seen, seen.split, parent

    def found(self) -> Iterator[tuple[SubConceptRow, dict[str, bytes], Parent]]:
        """For each part its row, its crops, and the part as a parent; none if the concept has too few positions."""
        settings = self.findings.settings
        if not len(self.parent.images):
            return
        inside = self._inside()
        batches = zip(self.seen.batches(self.parent.images), inside.split(BATCH), strict=True)
        rows = torch.cat([self.split.to_map(A)[chosen.to(A.device)] for A, chosen in batches])
        k = min(settings.sub_concepts, len(rows) // FEWEST_POSITIONS)
        if extractor_for(self.split, settings).about.independent:
            k = min(k, int(torch.linalg.matrix_rank((rows - rows.mean(dim=0)).double(), rtol=1e-6)))
        if k < 2:
            return
        extractor = extractor_for(self.split, settings, n_concepts=k)
        codes = extractor.fit_transform(rows)
        order = (-codes.mean(dim=0)).argsort()
        V, codes = extractor.dictionary[order], codes[:, order]
        maps = torch.zeros(*inside.shape, k)
        maps[inside] = codes.cpu()
        effects = self._effects(V, maps)
        mean, (low, high) = effects.mean(axis=0), interval(bootstrap_means(effects, seed=settings.seed))
        share = codes.mean(dim=0) / codes.mean(dim=0).sum().clamp(min=1e-12)
        for j in range(k):
            path = (*self.parent.path, j)
            part = maps[..., j].numpy()
            name = "-".join(map(str, path))
            crops, pictures = prototypes(part[..., None], 0, N_CROPS, self._thumbnail, name=name)
            crops = [replace(crop, image=int(self.parent.images[crop.image])) for crop in crops]  # the report's row
            row = SubConceptRow(
                path, self.split.layer, float(share[j]), float(mean[j]), float(low[j]), float(high[j]),
                len(self.parent.images), tuple(crops),
            )  # fmt: skip
            yield row, pictures, parent_of(path, part, self.parent.images)

    def _thumbnail(self, image: int) -> Image.Image:
        return self.findings.thumbnail(int(self.parent.images[image]))

    def _inside(self) -> Tensor:
        """(n, h', w') bool, True where the parent is at least half as strong as at its peak in the photo."""
        maps = torch.from_numpy(self.parent.maps)[:, None]
        large = interpolate(maps, size=self.split.grid, mode="bilinear", align_corners=False)[:, 0]
        return large >= ACTIVE * large.amax(dim=(1, 2), keepdim=True)

    def _effects(self, V: Tensor, maps: Tensor) -> np.ndarray:
        """(n, k): fall of the target's score when one part alone is removed from the layer's activations."""
        falls = []
        with torch.inference_mode():
            for U, A in zip(maps.split(BATCH), self.seen.batches(self.parent.images), strict=True):
                falls.append(self._falls(U.to(self.split.device), A, V))
        return torch.cat(falls).cpu().numpy()

    def _falls(self, U: Tensor, A: Tensor, V: Tensor) -> Tensor:
        score = self.findings.target.score
        whole = score(self.split.head(A))
        falls = []
        for j in range(len(V)):
            without = A.clone()
            places = self.split.to_map(without)  # a view: tokens on their grid, extra tokens left alone
            places -= U[..., j, None] * V[j]
            without = without.clamp(min=0) if self.split.sign == ">= 0" else without
            falls.append(whole - score(self.split.head(without)))
        return torch.stack(falls, dim=1)
