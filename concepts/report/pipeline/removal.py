"""The model's outputs with concepts removed from the layer, on stored activations of a report's photos."""

from collections.abc import Sequence

import numpy as np
import torch

from concepts.report.pipeline.assemble import Findings

MOST_REMOVED = 500  # photos on which the model is run again without a concept
BATCH = 32


def asked_of(photos: np.ndarray, seed: int) -> np.ndarray:
    """At most 500 of these photos, drawn by the seed, in order."""
    return np.sort(np.random.default_rng(seed).permutation(photos)[:MOST_REMOVED])


def logits_without(findings: Findings, concepts: Sequence[int], photos: np.ndarray) -> np.ndarray:
    """(m, c) logits of these photos, by row, with the concepts removed; unchanged where none is named.

    A′ = A − Σ_j u_j v_j over the concepts: the part that the dictionary does not explain stays.
    """
    split, chosen = findings.split, list(concepts)
    V = torch.from_numpy(findings.dictionary.components[chosen]).to(split.device)
    logits = []
    with torch.inference_mode():
        for some in np.array_split(photos, max(1, -(-len(photos) // BATCH))):
            u = torch.from_numpy(findings.dictionary.codes[some][..., chosen].astype(np.float32)).to(split.device)
            logits.append(split.head(findings.activations.picked(some.tolist(), split.device) - u @ V).float().cpu())
    return torch.cat(logits).numpy()
