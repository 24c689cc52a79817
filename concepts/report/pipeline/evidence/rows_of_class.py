"""Which of a report's photos are of its class."""

import numpy as np

from concepts.report.pipeline.assemble import Findings


def rows_of_class(findings: Findings) -> np.ndarray:
    """(m,) the rows of photos of the class, or of no known one and not among the others; all where there are none."""
    is_other = [findings.selection.is_other[i] for i in findings.activations.indices]
    own = [
        i
        for i, (label, other) in enumerate(zip(findings.labels, is_other, strict=True))
        if label in findings.target.indices or (label is None and not other)
    ]
    return np.asarray(own if own else range(len(findings.labels)))
