"""The data for naming a report's concepts: the tokens of its photos and the codes of the same places."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from concepts.activations.collect import collect_activations
from concepts.data.dataset import Dataset
from concepts.models import Split
from concepts.report.class_report import ClassReport
from concepts.report.queries.reencoding import check_model, fresh_codes

MOST = 2000  # photos: 700 MB for tokens of 169 places and 512 channels


def report_places(
    report: ClassReport,
    split: Split,
    photos: Dataset[Image.Image],
    store: Path,
    *,
    most: int = MOST,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> tuple[Tensor, Tensor]:
    """Tokens (n, T, p) and codes (n, T, k) of the report's photos, concepts in report order, without named tokens.

    The codes are the report's concept maps; if its layer has no places they are computed from its dictionary, T = 1.
    Of more than `most` photos, a seeded sample of that size is taken. Activations are read from the store or written to
    it. Raises ValueError when the model or the photos are not those of the report.
    """
    check_model(report, split)
    chosen = _sample(len(report.data.items), most, seed)
    activations = collect_activations(split, _its_photos(report, photos, chosen), store, progress=progress)
    if len(activations) < len(chosen):
        raise ValueError(f"{len(chosen) - len(activations)} photos of the report can no longer be read")
    A = torch.cat(list(activations.batches(256)))
    if not report.has_maps:
        return A.unsqueeze(1), fresh_codes(report, A, torch.from_numpy(report.array("components"))).unsqueeze(1)
    codes = torch.from_numpy(report.array("maps")[chosen]).float()  # (n, h, w, k)
    return split.to_map(A).flatten(1, 2), codes.flatten(1, 2)


def _sample(n: int, most: int, seed: int) -> list[int]:
    """At most `most` of n images, seeded, in order."""
    return sorted(np.random.default_rng(seed).permutation(n)[:most].tolist())


def _its_photos(report: ClassReport, photos: Dataset[Image.Image], chosen: list[int]) -> Dataset[Image.Image]:
    rows = {name: i for i, name in enumerate(photos.names)}
    names = [report.data.items[i].name for i in chosen]
    missing = [name for name in names if name not in rows]
    if missing:
        raise ValueError(
            f"{len(missing)} of the report's {len(names)} photos, such as {missing[0]}, are not among those given: "
            "name the folder that the report was made from"
        )
    return photos.subset(rows[name] for name in names)
