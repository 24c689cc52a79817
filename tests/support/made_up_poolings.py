"""A comparison of poolings made up by hand, stored like a real one. Nothing is measured."""

from dataclasses import replace
from pathlib import Path

from concepts.evaluation.pooling.compared import MEASURES, PoolingRow
from concepts.evaluation.pooling.comparison import PoolingComparison
from concepts.evaluation.pooling.writing import write_comparison

GAINS = {("mean", "causal"): 0.0, ("last", "causal"): -0.1, ("mean", "bidirectional"): 0.05, ("max", "causal"): 0.01}


def made_up_pooling(folder: Path, *, model: str = "tiny", created: str = "2025-03-01T10:00:00+00:00") -> Path:
    """The mean of both attentions is clearly better, the largest by chance alone; a bag of words beside them."""
    rows = [_row(pooling, attention, measure, gain)
            for measure in MEASURES for (pooling, attention), gain in GAINS.items()]  # fmt: skip
    control = replace(_row("bag of words", "", "accuracy", 0.02), value=0.71)
    found = PoolingComparison(
        model=model, fingerprint="ff00", attentions=("causal", "bidirectional"), classes=("neg", "pos"), n_texts=90,
        n_cut=3, n_concepts=5, n_folds=3, seed=0, created=created, left_out=("first, causal",),
        rows=(*rows, control),
    )  # fmt: skip
    return write_comparison(found, folder)


def _row(pooling: str, attention: str, measure: str, gain: float) -> PoolingRow:
    change = -gain if MEASURES[measure][2] == "lower" else gain
    reach = 0.0 if gain == 0 else 0.03
    return PoolingRow(
        pooling, attention, measure, 0.7 + change, 0.66 + change, 0.74 + change, change, change - reach, change + reach,
        n_texts=90,
    )  # fmt: skip
