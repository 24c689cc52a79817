"""Stage "strategies", second part: concepts present in some photos and absent in others, and the effect of each."""

from collections.abc import Sequence

import numpy as np

from concepts.report.pipeline.answers import recognised, right
from concepts.report.pipeline.assemble import Findings
from concepts.report.pipeline.removal import asked_of, logits_without
from concepts.report.pipeline.tables import share_right
from concepts.report.rows import PresenceRow
from concepts.strategies.populations import Populations

WINDOW = 3  # places a side


def presence_rows(findings: Findings, populations: Sequence[Populations]) -> tuple[PresenceRow, ...]:
    """One row per concept with two populations of photos, most suspicious first."""
    return tuple(_row(findings, each) for each in populations)


def _row(findings: Findings, found: Populations) -> PresenceRow:
    phi, j, present = findings.importances.phi, found.concept, found.present
    photos = np.flatnonzero(present)
    asked = asked_of(photos, findings.settings.seed)
    everyone = np.ones(len(asked), dtype=bool)
    with_it = share_right(None if findings.good is None else findings.good[asked], everyone)
    without = share_right(good_without(findings, j, asked), everyone)
    places = gathered(findings.maps, photos) if findings.split.grid is not None else None
    return PresenceRow(
        concept=j,
        suspicion=found.suspicion,
        n=len(photos),
        share=float(present.mean()),
        effect=float(phi[present, j].mean() - phi[~present, j].mean()),
        evidence=float(np.abs(phi[present, j]).sum() / max(np.abs(phi[present]).sum(), 1e-30)),
        accuracy=with_it[0], accuracy_low=with_it[1], accuracy_high=with_it[2],
        accuracy_ablated=without[0], accuracy_ablated_low=without[1], accuracy_ablated_high=without[2],
        location_share=None if places is None else float(places[j]),
        location_control=float(np.median(np.delete(places, j))) if places is not None and len(places) > 1 else None,
        photos=tuple(photos.tolist()),
    )  # fmt: skip


def good_without(findings: Findings, concept: int, photos: np.ndarray) -> np.ndarray | None:
    """(m,) bool, True where a photo is right (recognised, if classes are not known) with the concept removed.

    None for a model of quantities.
    """
    if findings.good is None:
        return None
    answers = logits_without(findings, [concept], photos)
    if findings.right is None:
        return recognised(findings.split.outputs, answers, findings.target)
    return right(findings.split.outputs, answers, [findings.labels[i] for i in photos], findings.target)


def gathered(maps: np.ndarray, photos: np.ndarray) -> np.ndarray:
    """(k,) in [0, 1]: share of these photos whose peak of a concept lies in that concept's most frequent window.

    maps: (n, h, w, k). The window has 3 × 3 places; the share is 1 for a mark stamped at one place.
    """
    _, h, w, k = maps.shape
    peaks = maps[photos].reshape(len(photos), h * w, k).argmax(axis=1)  # (m, k)
    found = np.zeros(k)
    for j in range(k):
        counts = np.bincount(peaks[:, j], minlength=h * w).reshape(h, w)
        found[j] = np.lib.stride_tricks.sliding_window_view(counts, (min(WINDOW, h), min(WINDOW, w))).sum((2, 3)).max()
    return found / len(photos)
