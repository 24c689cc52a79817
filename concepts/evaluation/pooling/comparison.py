"""The comparison of an encoder's poolings on labelled texts, from the texts to the rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from concepts.evaluation.pooling.compared import (
    HeldOut,
    PoolingRow,
    bag_of_words_right,
    compared,
    control_row,
    folds_of,
    held_out,
)
from concepts.numerics.samples import random_sample

if TYPE_CHECKING:
    from concepts.models.text.pooled import PooledEncoder

REFERENCE = "mean"
ROUNDING = 1e-4  # of the largest magnitude: batches of other sizes change less
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class PoolingComparison:
    """Rows, the encoder, the texts, and how they were compared.

    n_cut: texts longer than the model's window. left_out: poolings that give all texts the same vector, as that of the
    first token does where it sees itself only.
    """

    model: str
    fingerprint: str
    attentions: tuple[str, ...]
    classes: tuple[str, ...]
    n_texts: int
    n_cut: int
    n_concepts: int
    n_folds: int
    seed: int
    created: str
    left_out: tuple[str, ...]
    rows: tuple[PoolingRow, ...]


def compare_poolings(
    encoder: "PooledEncoder",
    texts: Sequence[str],
    labels: Sequence[str],
    *,
    n_concepts: int = 10,
    n_folds: int = 5,
    most: int = 2_000,
    seed: int = 0,
    progress: Progress = lambda stage, share: None,
) -> PoolingComparison:
    """Each way to pool, with each attention that the encoder takes, on the same texts and folds.

    The reference is the mean of the tokens with the attention that the model was trained with. most: texts, drawn with
    the seed where there are more; equal texts count once.
    Raises ValueError for fewer than two classes, a class with one text, and fewer texts in a fold's rest than concepts.
    """
    from concepts.models.text.fitting import labelled

    read = [i for i, text in enumerate(texts) if encoder.reads(text)]
    read = [read[i] for i in random_sample(len(read), most, seed=seed)]
    data = labelled([texts[i] for i in read], [labels[i] for i in read], seed=seed)
    folds = folds_of(data.labels, n_folds, seed=seed)
    if (fewest := len(folds) - max((folds == fold).sum() for fold in range(n_folds))) < 2 * n_concepts:
        raise ValueError(
            f"{fewest} texts to learn {n_concepts} concepts from, expected at least {2 * n_concepts}: give more texts"
        )
    measured: dict[tuple[str, str], HeldOut] = {}
    left_out: list[str] = []
    n_all = len(encoder.attentions) * len(encoder.poolings)
    for attention in encoder.attentions:
        features = encoder.features(data.texts, attention)
        for q, pooling in enumerate(encoder.poolings):
            progress("poolings", (len(measured) + len(left_out)) / n_all)
            if _is_constant(features[:, q]):
                left_out.append(f"{pooling}, {attention}")
                continue
            found = held_out(features[:, q], data.labels, folds, n_concepts=n_concepts, seed=seed)
            measured[pooling, attention] = found
    progress("poolings", 1.0)
    reference = REFERENCE, encoder.attentions[0]
    control = control_row(bag_of_words_right(data, folds), measured[reference], seed=seed)
    return PoolingComparison(
        model=encoder.name,
        fingerprint=encoder.fingerprint,
        attentions=encoder.attentions,
        classes=data.names,
        n_texts=len(data.texts),
        n_cut=sum(encoder.reader.pieces(text).n_cut > 0 for text in data.texts),
        n_concepts=n_concepts,
        n_folds=n_folds,
        seed=seed,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        left_out=tuple(left_out),
        rows=(*compared(measured, reference=reference, seed=seed), control),
    )


def _is_constant(A: np.ndarray) -> bool:
    """Whether features (n, p) are the same for all texts, but for rounding."""
    return float(np.ptp(A, axis=0).max()) <= ROUNDING * float(np.abs(A).max())
