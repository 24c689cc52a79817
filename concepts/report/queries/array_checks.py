"""Check that a report's arrays match its tables."""

import numpy as np

from concepts.report.stored import StoredReport


def check_arrays(report: StoredReport) -> None:
    """Raises ValueError if `phi`, `embedding` or `labels` do not match the tables in shape, or hold values that are
    not finite.

    Any other error while they are read becomes a ValueError, too: safetensors does not export its error classes.
    """
    n, k = len(report.data.images), len(report.data.concepts)
    try:
        for name, shape in {"phi": (n, k), "embedding": (n, 2), "labels": (n,)}.items():
            if report.array(name).shape != shape:
                raise ValueError(f"its {name} has shape {report.array(name).shape}, expected {shape}")
        if not all(np.isfinite(report.array(name)).all() for name in ("phi", "embedding")):
            raise ValueError("its arrays hold values that are no numbers")
    except ValueError:
        raise
    except Exception as error:
        raise ValueError(f"its arrays cannot be read ({type(error).__name__})") from error
