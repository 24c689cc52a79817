"""Stage "concepts": fits a dictionary on a seeded sample of positions and encodes all positions."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import torch
from torch import Tensor

from concepts.activations.collect import Activations
from concepts.activations.precision import fits_float16
from concepts.activations.rows import StoredRows, sample_rows
from concepts.extraction import Extractor, make_extractor
from concepts.extraction.base import check_channels
from concepts.extraction.methods import EXTRACTIONS, suited
from concepts.metrics import dead_concepts
from concepts.models.splitting.base import SplitModel
from concepts.report.settings import ReportSettings

IMAGES = 64  # read together
CONTROL_ROWS = 4096
ZERO = 1e-7  # of a concept's largest code: up to here `sparsity` counts a code as zero
LOOK = 48  # principal components: 32 lose letters, see benchmarks/marks.py
ENERGY = 0.9  # of the activations: fewer components are used if they hold this share
HALF = 60_000.0  # float16 ends at 65,504


@dataclass(frozen=True, eq=False)
class Dictionary:
    """V `components` (k, p), `codes` U (n, T..., k) of all positions, and the figures of the dictionary.

    Codes are float16 if that keeps the codes of every concept, else float32. `relative_l2` is over all positions,
    `fit_l2` on a seeded part of the fitted sample, `control_l2` on the same part for random directions. `sparsity` is
    over all codes; `dead` (k,). `places` (n, T..., q) float16: activations that `find_strategies` uses beside the
    concepts; q = 0 for a vector.
    """

    components: np.ndarray
    codes: np.ndarray
    places: np.ndarray
    relative_l2: float
    sparsity: float
    dead: np.ndarray
    fit_l2: float
    control_l2: float

    def ordered(self, order: np.ndarray) -> Self:
        """The same with the concepts renumbered by `order` (k,). The codes, by far the largest, change in place."""
        for codes in self.codes:
            codes[...] = codes[..., order]
        return replace(self, components=self.components[order], dead=self.dead[order])


def extractor_for(split: SplitModel, settings: ReportSettings, n_concepts: int | None = None) -> Extractor:
    """The unfitted extractor of the settings. n_concepts: replaces the number in the settings.

    "auto" is nmf for activations ≥ 0 and semi_nmf for signed ones.
    """
    method = suited(settings.method, signed=split.sign != ">= 0")
    options = {} if EXTRACTIONS[method].streams else {"sample": settings.sample}
    return make_extractor(method, n_concepts or settings.n_concepts, seed=settings.seed, **options)


def check_method(split: SplitModel, settings: ReportSettings) -> None:
    """Raises ValueError where the layer has fewer channels than the method needs for the number of concepts."""
    check_channels(extractor_for(split, settings).about, settings.n_concepts, split.n_channels)


def find_concepts(
    split: SplitModel, activations: Activations, settings: ReportSettings, progress: Callable[[float], None]
) -> Dictionary:
    """The dictionary, fitted on a seeded sample of positions, with the codes of all positions."""
    extractor = extractor_for(split, settings)
    rows = StoredRows(activations, split.device)
    sample = sample_rows(rows, settings.sample, settings.seed)
    V = extractor.fit(rows if extractor.about.streams else sample).dictionary
    progress(0.4)
    chosen = torch.randperm(len(sample), generator=torch.Generator().manual_seed(settings.seed))[:CONTROL_ROWS]
    fitted = sample[chosen.to(sample.device)]  # of all images: the sample is in their order
    control = _control(extractor, fitted)
    U = extractor.transform(fitted)
    encoded = _encode(extractor, activations, _peaks(U), _look(sample, split), progress)
    return Dictionary(
        components=V.cpu().numpy(),
        codes=encoded.codes,
        places=encoded.places,
        relative_l2=encoded.relative_l2,
        sparsity=encoded.sparsity,
        dead=encoded.dead,
        fit_l2=_relative(fitted, extractor.inverse_transform(U)),
        control_l2=_relative(fitted, control.inverse_transform(control.transform(fitted))),
    )


@dataclass(frozen=True, eq=False)
class _Encoded:
    """All positions encoded: the part of a `Dictionary` that one pass over the activations computes."""

    codes: np.ndarray
    places: np.ndarray
    relative_l2: float
    sparsity: float
    dead: np.ndarray


class _Codes:
    """The codes (n, T..., k), filled in order: float16 while that keeps the codes of every concept, then float32.

    peaks: (k,) the largest magnitude of each concept's codes so far, at the start from a sample.
    """

    def __init__(self, shape: tuple[int, ...], peaks: Tensor) -> None:
        self.peaks, self.done = peaks, 0
        self.values = np.empty(shape, np.float16 if self._half_suits() else np.float32)

    def add(self, U: Tensor) -> None:
        """Adds the codes (m, T..., k) of the next m images."""
        self.peaks = torch.maximum(self.peaks, _peaks(U))
        if self.values.dtype == np.float16 and not self._half_suits():
            self.values = self.values.astype(np.float32)  # codes too small for float16 were zero: nothing is lost yet
        self.values[self.done : self.done + len(U)] = U.cpu().numpy()
        self.done += len(U)

    def sparsity(self) -> float:
        """Share of all codes that are zero: |u| ≤ 1e-7 of the largest of their concept."""
        limits, zeros = ZERO * self.peaks.cpu().numpy(), 0
        for start in range(0, len(self.values), IMAGES):
            zeros += int(np.count_nonzero(np.abs(self.values[start : start + IMAGES]) <= limits))
        return zeros / self.values.size

    def _half_suits(self) -> bool:
        return all(fits_float16(peak) for peak in self.peaks.tolist())


def _peaks(U: Tensor) -> Tensor:
    """(k,) the largest magnitude of each concept in codes (..., k)."""
    return U.abs().flatten(0, -2).amax(dim=0)


def _look(sample: Tensor, split: SplitModel) -> Tensor:
    """(p, q): projection of activations to their leading principal components, in units of the first one's spread.

    As many components as hold 90% of the energy, at most 48: the rest is detail that the model hardly keeps, and
    patterns of it (clouds, wallpaper) are no reason to recognise anything.
    """
    if split.grid is None:
        return sample.new_zeros(sample.shape[1], 0)
    basis = make_extractor("pca", min(LOOK, *sample.shape)).fit(sample).dictionary
    energy = (sample @ basis.T).square().mean(dim=0)
    held = energy.cumsum(dim=0) / sample.square().sum(dim=1).mean().clamp(min=1e-30)
    enough = int((held < ENERGY).sum()) + 1
    return basis[:enough].T / energy[0].sqrt().clamp(min=1e-30)


def _encode(
    extractor: Extractor, activations: Activations, peaks: Tensor, look: Tensor, progress: Callable[[float], None]
) -> _Encoded:
    shape = (len(activations), *activations.info.shape[:-1])
    codes, error, energy, dead = _Codes((*shape, len(peaks)), peaks), 0.0, 0.0, []
    places = np.empty((*shape, look.shape[1]), np.float16)
    for batch in activations.batches(IMAGES, peaks.device):
        flat = batch.flatten(0, -2)
        U = extractor.transform(flat)
        error += (flat - extractor.inverse_transform(U)).square().sum().item()
        energy += flat.square().sum().item()
        dead.append(dead_concepts(U))
        places[codes.done : codes.done + len(batch)] = (batch @ look).clamp(-HALF, HALF).cpu().numpy()
        codes.add(U.reshape(*batch.shape[:-1], -1))
        progress(0.4 + 0.6 * codes.done / len(activations))
    return _Encoded(
        codes=codes.values,
        places=places,
        relative_l2=(error / max(energy, 1e-30)) ** 0.5,
        sparsity=codes.sparsity(),
        dead=torch.stack(dead).all(dim=0).cpu().numpy(),
    )


def _control(extractor: Extractor, A: Tensor) -> Extractor:
    """A dictionary of as many random directions, with the best codes that they allow."""
    return make_extractor("random", extractor.n_concepts, seed=extractor.seed).fit(A)


def _relative(A: Tensor, A_hat: Tensor) -> float:
    return ((A - A_hat).norm() / A.norm().clamp(min=1e-30)).item()
