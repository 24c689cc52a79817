"""Suspects put on other photos: the pixels of their regions."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from torch import Tensor

from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.evidence.others import prepared_others
from concepts.report.pipeline.evidence.pictures import pasted_pictures
from concepts.report.pipeline.evidence.sources import Patch, pasted, patch_for
from concepts.report.pipeline.evidence.transplants import Answers
from concepts.report.verdict import CounterProof


@dataclass(frozen=True, eq=False)
class PhotosBatch:
    """Prepared photos (b, channels, H, W) of other classes. patches: of each suspect."""

    findings: Findings
    images: Tensor
    places: list[int]
    patches: list[list[Patch]]

    def activations(self) -> Tensor:
        """(b, T..., p): of the photos as they are."""
        split = self.findings.split
        return split.encode(self.images.to(split.device))

    def changed(self, suspect: int, *, control: bool) -> Tensor | None:
        """(b, T..., p): with a region of the suspect pasted on each; None for a suspect without regions."""
        if not self.patches[suspect]:
            return None
        own = [patch_for(self.patches[suspect], place) for place in self.places]
        split = self.findings.split
        return split.encode(pasted(self.images, own, control=control).to(split.device))


@dataclass(frozen=True, eq=False)
class PhotoTransplants:
    """The regions of suspects, pasted on the chosen photos of other classes. patches: of each suspect."""

    findings: Findings
    chosen: np.ndarray
    patches: list[list[Patch]]
    by: Literal["pixels"] = "pixels"

    def batches(self) -> Iterator[PhotosBatch]:
        """The chosen photos, at least two at a time; those that cannot be read are left out."""
        for images, places in prepared_others(self.findings, self.chosen):
            yield PhotosBatch(self.findings, images, places, self.patches)

    def shown(self, answers: Answers, suspect: int, proof: CounterProof) -> tuple[CounterProof, dict[str, bytes]]:
        """The counter-proof with photos before and after, and their pictures by file name."""
        pairs, files = pasted_pictures(self.findings, self.chosen, answers, suspect, self.patches[suspect])
        return replace(proof, pictures=pairs), files
