"""Typical photos of a strategy."""

import numpy as np

from concepts.report.rows import StrategyRow
from concepts.report.stored import StoredReport


def typical_photos(report: StoredReport, row: StrategyRow, n: int) -> list[int]:
    """The n photos of a strategy nearest to its medoid on the graph, the medoid first."""
    embedding, labels = report.array("embedding"), report.array("labels")
    members = np.flatnonzero(labels == row.label)
    distance = np.linalg.norm(embedding[members] - embedding[row.medoid], axis=1)
    return members[np.argsort(distance, kind="stable")][:n].tolist()
