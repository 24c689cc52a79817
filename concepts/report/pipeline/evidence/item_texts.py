"""The texts of a report and the layer's activations of texts that are written anew."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from concepts.data.dataset import Dataset, UnreadableItem
from concepts.extraction.methods import EXTRACTIONS
from concepts.models.encoders.base import batched
from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.dictionary import extractor_for

TOGETHER = 256  # texts encoded at a time


def text_at(findings: Findings, row: int) -> str | None:
    """The text in this row of the report; None where it cannot be read now."""
    return text_of(findings.selection.photos, findings.activations.indices[row])


def text_of(texts: Dataset[str], i: int) -> str | None:
    """Text i of a dataset; None where it cannot be read now."""
    try:
        return texts.open(i)
    except UnreadableItem:
        return None


def activations_of_texts(findings: Findings, texts: Sequence[str]) -> Tensor:
    """(n, p) float32 on the model's device. A text of which the model reads nothing has the activations 0.

    Texts that the model reads alike, such as capitals in a model without them, are run once.
    """
    split, found = findings.split, []
    empty = torch.zeros(1, split.n_channels, device=split.device)
    with torch.inference_mode():
        for start in range(0, len(texts), TOGETHER):
            read = [_prepared(findings, text) for text in texts[start : start + TOGETHER]]
            keys = [_key(ids) for ids in read]
            different = {key: ids for key, ids in zip(keys, read, strict=True) if ids is not None}
            place = {key: i for i, key in enumerate(different, 1)}
            A = empty
            if different:
                inputs = batched(split.card, list(different.values())).to(split.device)
                A = torch.cat([empty, split.encode(inputs).float()])
            found.append(A[[place.get(key, 0) for key in keys]])
    return torch.cat(found) if found else empty[:0]


def _key(prepared: Tensor | None) -> tuple[torch.Size, bytes] | None:
    """Equal for texts that the model reads alike; None for one of which it reads nothing."""
    return None if prepared is None else (prepared.shape, prepared.numpy(force=True).tobytes())


def _prepared(findings: Findings, text: str) -> Tensor | None:
    """The text as the model reads it; None where it reads nothing of it."""
    try:
        return findings.split.card.prepare(text)
    except UnreadableItem:
        return None


def codes_of_activations(findings: Findings, A: Tensor) -> np.ndarray:
    """(n, k): codes of activations (n, p) by the report's method; by least squares where its state is not kept."""
    V = torch.from_numpy(findings.dictionary.components).to(A)
    extractor = extractor_for(findings.split, findings.settings)
    if EXTRACTIONS[extractor.method].state == ("components",):
        return extractor.restore(V).transform(A).float().cpu().numpy()
    return (A @ torch.linalg.pinv(V)).cpu().numpy()
