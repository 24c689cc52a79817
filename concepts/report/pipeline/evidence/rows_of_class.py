"""Which of a report's photos are of its class."""

import numpy as np

from concepts.report.pipeline.assemble import Findings


def rows_of_class(findings: Findings) -> np.ndarray:
    """(m,) the rows of photos of the class; all where no photo's class is known."""
    own = [i for i, label in enumerate(findings.labels) if label is None or label in findings.target.indices]
    return np.asarray(own if own else range(len(findings.labels)))
