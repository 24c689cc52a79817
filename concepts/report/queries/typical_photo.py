"""The photo that shows a concept best."""

import numpy as np

from concepts.report.stored import StoredReport


def typical_photo(report: StoredReport, concept: int) -> int:
    """The image in which a concept is strongest, of those of its crops that are recognised; else the strongest.

    Without crops, the image with the largest importance |φ| of the concept.
    """
    crops, images = report.data.concepts[concept].crops, report.data.items
    if not crops:
        return int(np.argmax(np.abs(report.array("phi")[:, concept])))
    return next((crop.image for crop in crops if images[crop.image].recognised), crops[0].image)
