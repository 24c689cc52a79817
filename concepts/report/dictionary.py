"""Stage "concepts": a dictionary fitted on a seeded sample of positions, and the codes of all positions."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from concepts.activations import Activations
from concepts.extraction import Extractor, make_extractor
from concepts.metrics import dead_concepts, sparsity
from concepts.models import Split
from concepts.report.settings import ReportSettings

IMAGES = 64  # read together
CONTROL_ROWS = 4096


def extractor_for(split: Split, settings: ReportSettings, n_concepts: int | None = None) -> Extractor:
    """The unfitted extractor of the settings, or of so many concepts.

    "auto" is nmf where activations are ≥ 0 and semi_nmf where they are signed.
    """
    method = settings.method
    if method == "auto":
        method = "nmf" if split.sign == ">= 0" else "semi_nmf"
    return make_extractor(method, n_concepts or settings.n_concepts, seed=settings.seed)


def sample_positions(activations: Activations, size: int, seed: int, device: str | torch.device) -> Tensor:
    """(min(size, n·T), p) float32: positions drawn without replacement, seeded; one pass over the disk."""
    n, shape = len(activations), activations.info["shape"]
    positions = int(np.prod(shape[:-1]))
    generator = torch.Generator().manual_seed(seed)
    chosen = torch.randperm(n * positions, generator=generator)[:size].sort().values.to(device)
    rows, start = [], 0
    for batch in activations.batches(IMAGES, device):
        flat = batch.flatten(0, -2)
        inside = chosen[(chosen >= start) & (chosen < start + len(flat))]
        rows.append(flat[inside - start])
        start += len(flat)
    return torch.cat(rows)


def find_concepts(
    split: Split, activations: Activations, settings: ReportSettings, progress: Callable[[float], None]
) -> dict[str, np.ndarray]:
    """`components` (k, p), `codes` (n, T..., k) float16 of all positions, and the figures of the dictionary.

    `relative_l2` over all positions; `control_l2`: the same for random directions; `fit_l2`: on the fitted sample;
    `sparsity`; `dead` (k,).
    """
    extractor = extractor_for(split, settings)
    sample = sample_positions(activations, settings.sample, settings.seed, split.device)
    V = extractor.fit(sample).dictionary
    progress(0.4)
    encoded = _encode(extractor, activations, split.device, progress)
    fitted = sample[:CONTROL_ROWS]
    return {
        "components": V.cpu().numpy(),
        **encoded,
        "fit_l2": np.asarray(_relative(extractor, fitted)),
        "control_l2": np.asarray(_relative(_random_like(extractor, V, settings.seed), fitted)),
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


def _random_like(extractor: Extractor, V: Tensor, seed: int) -> Extractor:
    """The control: as many random directions, ≥ 0 where the dictionary is."""
    random = torch.randn(V.shape, generator=torch.Generator().manual_seed(seed)).to(V)
    random = random.abs() if V.min() >= 0 else random
    return type(extractor)(len(V), seed=seed).restore(torch.nn.functional.normalize(random, dim=1))


def _relative(extractor: Extractor, A: Tensor) -> float:
    return ((A - extractor.inverse_transform(extractor.transform(A))).norm() / A.norm().clamp(min=1e-30)).item()
