"""What an analysis will cost, before it starts: time, memory, disk."""

import math
from dataclasses import dataclass

from attribution.methods import IMPORTANCES

THUMBNAIL = 12_000  # bytes of a thumbnail with its crops, 224 px, measured on photos
FIXED_SECONDS = 12  # imports, strategies, writing
SLOWER = 1.4  # all but importance, beside the pass over the photos, see benchmarks/report.py
RUN, GRADIENT = 0.07, 0.15  # a run of the head, and one with its gradient: the same, SqueezeNet on a CPU
BATCH = 32
FIXED_MEMORY = 700 * 2**20  # Python with torch and the rest


@dataclass(frozen=True)
class Cost:
    """Estimates: seconds, bytes of memory at the peak, bytes on disk (store and report)."""

    seconds: float
    memory: int
    disk: int


def estimate(
    n_photos: int,
    shape: tuple[int, ...],
    n_concepts: int,
    *,
    seconds_per_photo: float,
    model_bytes: int,
    importance: str = "gradient_input",
    affine: bool = False,
) -> Cost:
    """The cost of a report: shape is that of one image's activations (T..., p); seconds_per_photo was measured.

    affine: is the head known to be affine? Then the methods that are complete there cost nothing: φ has a closed form.
    Raises ValueError for an unknown importance method.
    """
    slower = SLOWER + importance_share(importance, n_concepts, affine=affine)
    values, positions = math.prod(shape), math.prod(shape[:-1])
    codes = n_photos * positions * n_concepts * 2
    return Cost(
        seconds=FIXED_SECONDS + slower * seconds_per_photo * n_photos,
        memory=FIXED_MEMORY + 2 * model_bytes + 2 * codes + 8 * BATCH * values * 4,
        disk=n_photos * (values * 2 + 2 * THUMBNAIL) + 2 * codes,
    )


def importance_share(method: str, n_concepts: int, *, affine: bool) -> float:
    """The time of importance as a multiple of the pass over the photos; 0 where an affine head makes it exact."""
    if method not in IMPORTANCES:
        raise ValueError(f"unknown importance method {method!r}: choose one of {', '.join(IMPORTANCES)}")
    chosen = IMPORTANCES[method]
    if affine and chosen.complete_when_affine:
        return 0.0
    return (GRADIENT if chosen.passes.backward else RUN) * chosen.passes.forwards(n_concepts)
