"""What is put on other photos: the pixels of a suspect's region, or its activations, each with its control."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.evidence.others import prepared_photo
from concepts.report.verdict import Suspect

MOST_SOURCES = 32  # photos of the suspect from which it is taken
LARGEST = 0.5  # of a photo's area: a larger region is nearly the photo itself
SHOWN = 0.3  # of the peak, from which a place belongs to the region
STRONGEST = 8  # photos of each control concept from which it is taken


@dataclass(frozen=True, eq=False)
class Patch:
    """What is cut out: a prepared photo (channels, H, W), a region in it, (H, W) bool, and as a control a photo of the
    class that does not show the suspect, to be cut out of in the same region."""

    image: Tensor
    region: Tensor
    control: Tensor


def patches_of(findings: Findings, suspect: Suspect, rows: np.ndarray) -> list[Patch]:
    """The suspect's regions in at most 32 of its photos, drawn by the seed. rows: (m,) the photos of the class.

    Empty where the layer has no places, and where the region is mostly larger than half of the photo.
    """
    if findings.split.grid is None:
        return []
    maps = _joint_maps(findings, suspect)
    shown = [row for row in source_rows(suspect, findings.settings.seed) if maps[row].max() > 0]
    without = np.random.default_rng(findings.settings.seed).permutation(np.setdiff1d(rows, suspect.photos)).tolist()
    found = []
    for i, row in enumerate(shown):
        image, control = (prepared_photo(findings, each) for each in (row, without[i % len(without)]))
        if image is None or control is None:
            continue
        region = region_around_peak(maps[row], (int(image.shape[-2]), int(image.shape[-1])))
        if region.mean() <= LARGEST:
            found.append(Patch(image, torch.from_numpy(region), control))
    return found if 2 * len(found) >= len(shown) else []


def region_around_peak(concept_map: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(H, W) bool, size (H, W): the rectangle around the places that are connected to the peak and have at least 30% of
    it, one place more on each side: what a concept reacts to begins before its codes are high.

    concept_map: (h, w), positive somewhere.
    """
    from scipy import ndimage

    parts, _ = ndimage.label(concept_map >= SHOWN * concept_map.max(), structure=np.ones((3, 3)))
    peak = np.unravel_index(concept_map.argmax(), concept_map.shape)
    region = np.zeros(size, dtype=bool)
    edges = []
    for axis, places in enumerate(np.nonzero(parts == parts[peak])):
        scale = size[axis] / concept_map.shape[axis]
        first, last = max(0, places.min() - 1), min(concept_map.shape[axis], places.max() + 2)
        edges.append(slice(round(first * scale), round(last * scale)))
    region[tuple(edges)] = True
    return region


def source_rows(suspect: Suspect, seed: int) -> list[int]:
    """At most 32 of the suspect's photos, drawn by the seed."""
    return [int(row) for row in np.random.default_rng(seed).permutation(suspect.photos)[:MOST_SOURCES]]


def _joint_maps(findings: Findings, suspect: Suspect) -> np.ndarray:
    """(n, h, w): the suspect's concepts on the grid, each in units of its peak, with the sign that its photos show."""
    chosen = list(suspect.concepts)
    maps = findings.maps[..., chosen].astype(np.float32)
    inside = np.isin(np.arange(len(maps)), suspect.photos)
    peaks = np.abs(maps).max(axis=(0, 1, 2)).clip(1e-30)
    sign = np.where(maps[inside].mean(axis=(0, 1, 2)) < maps[~inside].mean(axis=(0, 1, 2)), -1.0, 1.0)
    return (maps * (sign / peaks).astype(np.float32)).sum(axis=-1)


def patch_for(patches: Sequence[Patch], place: int) -> Patch:
    """The patch that the photo at this place among the others gets."""
    return patches[place % len(patches)]


def pasted(images: Tensor, patches: Sequence[Patch], *, control: bool = False) -> Tensor:
    """The images (b, channels, H, W), each with one patch in its region; control: with that of the control photo."""
    regions = torch.stack([patch.region for patch in patches])[:, None].to(images.device)
    sources = torch.stack([patch.control if control else patch.image for patch in patches])
    return torch.where(regions, sources.to(images), images)


class Planted:
    """Activations to add to those of other photos: a suspect's, and as a control those of another concept.

    Both have the same Frobenius norm, photo by photo; which concept and photo the control is of is drawn by the seed.
    """

    def __init__(self, findings: Findings, suspect: Suspect) -> None:
        self.findings, self.chosen = findings, list(suspect.concepts)
        self.rows = source_rows(suspect, findings.settings.seed)
        self._controls = _controls(findings, self.chosen)

    @property
    def has_control(self) -> bool:
        """False where no other concept is ever present."""
        return bool(self._controls)

    def parts(self, places: Sequence[int]) -> tuple[Tensor, Tensor]:
        """(b, T..., p) twice: what is added for the other photos at these places, and the control."""
        own = torch.stack([self._part(self.rows[i % len(self.rows)], self.chosen) for i in places])
        rng = [np.random.default_rng([self.findings.settings.seed, i]) for i in places]
        drawn = [self._controls[int(each.integers(len(self._controls)))] for each in rng]
        control = torch.stack([self._part(row, [concept]) for concept, row in drawn])
        return own, control * (_norm(own) / _norm(control).clamp(min=1e-30))

    def _part(self, row: int, concepts: list[int]) -> Tensor:
        codes = torch.from_numpy(self.findings.dictionary.codes[row][..., concepts].astype(np.float32))
        return codes @ torch.from_numpy(self.findings.dictionary.components[concepts]).float()


def _controls(findings: Findings, chosen: Sequence[int]) -> list[tuple[int, int]]:
    """(concept, row): every other concept that is ever present, in the photos that show it most."""
    codes = findings.dictionary.codes
    largest = np.stack([np.abs(image).reshape(-1, codes.shape[-1]).max(axis=0) for image in codes])  # (n, k)
    return [
        (j, int(row))
        for j in range(codes.shape[-1])
        if j not in chosen
        for row in np.argsort(-largest[:, j], kind="stable")[:STRONGEST]
        if largest[row, j] > 0
    ]


def _norm(values: Tensor) -> Tensor:
    """(b, 1...): the Frobenius norm of each (b, ...)."""
    return values.flatten(1).norm(dim=1).view(-1, *(1,) * (values.ndim - 1))
