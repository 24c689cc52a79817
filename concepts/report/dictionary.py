"""Stage "concepts": a dictionary fitted on a seeded sample of positions, and the codes of all positions."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from concepts.activations import Activations
from concepts.extraction import EXTRACTORS, Extractor, StoredRows, make_extractor, sample_rows
from concepts.metrics import dead_concepts, sparsity
from concepts.models import Split
from concepts.report.settings import ReportSettings

IMAGES = 64  # read together
CONTROL_ROWS = 4096


def extractor_for(split: Split, settings: ReportSettings) -> Extractor:
    """The unfitted extractor; "auto" is nmf where activations are ≥ 0 and semi_nmf where they are signed."""
    method = settings.method
    if method == "auto":
        method = "nmf" if split.sign == ">= 0" else "semi_nmf"
    sampled = method in EXTRACTORS and not EXTRACTORS[method].streams
    options = {"sample": settings.sample} if sampled else {}
    return make_extractor(method, settings.n_concepts, seed=settings.seed, **options)


def find_concepts(
    split: Split, activations: Activations, settings: ReportSettings, progress: Callable[[float], None]
) -> dict[str, np.ndarray]:
    """`components` (k, p), `codes` (n, T..., k) float16 of all positions, and the figures of the dictionary.

    `relative_l2` over all positions; `control_l2`: the same for random directions; `fit_l2`: on the fitted sample;
    `sparsity`; `dead` (k,).
    """
    extractor = extractor_for(split, settings)
    rows = StoredRows(activations, split.device)
    sample = sample_rows(rows, settings.sample, settings.seed)
    V = extractor.fit(rows if extractor.streams else sample).dictionary
    progress(0.4)
    encoded = _encode(extractor, activations, split.device, progress)
    fitted = sample[:CONTROL_ROWS]
    return {
        "components": V.cpu().numpy(),
        **encoded,
        "fit_l2": np.asarray(_relative(extractor, fitted)),
        "control_l2": np.asarray(_relative(_control(extractor, fitted), fitted)),
    }


def _encode(
    extractor: Extractor, activations: Activations, device: torch.device | str, progress: Callable[[float], None]
) -> dict[str, np.ndarray]:
    codes, error, energy, dead, zeros, done = [], 0.0, 0.0, [], [], 0
    for batch in activations.batches(IMAGES, device):
        flat = batch.flatten(0, -2)
        U = extractor.transform(flat)
        error += (flat - extractor.inverse_transform(U)).square().sum().item()
        energy += flat.square().sum().item()
        dead.append(dead_concepts(U))
        zeros.append(sparsity(U))
        codes.append(U.half().cpu().numpy().reshape(*batch.shape[:-1], -1))
        done += len(batch)
        progress(0.4 + 0.6 * done / len(activations))
    return {
        "codes": np.concatenate(codes),
        "relative_l2": np.asarray((error / max(energy, 1e-30)) ** 0.5),
        "sparsity": np.asarray(np.mean(zeros)),
        "dead": torch.stack(dead).all(dim=0).cpu().numpy(),
    }


def _control(extractor: Extractor, A: Tensor) -> Extractor:
    """As many random directions, with the best codes that they allow."""
    return make_extractor("random", extractor.n_concepts, seed=extractor.seed).fit(A)


def _relative(extractor: Extractor, A: Tensor) -> float:
    return ((A - extractor.inverse_transform(extractor.transform(A))).norm() / A.norm().clamp(min=1e-30)).item()
