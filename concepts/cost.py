"""What an analysis will cost, before it starts: time, memory, disk."""

import math
from dataclasses import dataclass

THUMBNAIL = 12_000  # bytes of a thumbnail with its crops, 224 px, measured on photos
FIXED_SECONDS = 12  # imports, strategies, writing
SLOWER = 1.5  # the whole beside the bare forward pass, see benchmarks/report.py
BATCH = 32
FIXED_MEMORY = 700 * 2**20  # Python with torch and the rest


@dataclass(frozen=True)
class Cost:
    """Estimates: seconds, bytes of memory at the peak, bytes on disk (store and report)."""

    seconds: float
    memory: int
    disk: int


def estimate(
    n_photos: int, shape: tuple[int, ...], n_concepts: int, *, seconds_per_photo: float, model_bytes: int
) -> Cost:
    """The cost of a report: shape is that of one image's activations (T..., p); seconds_per_photo was measured."""
    values, positions = math.prod(shape), math.prod(shape[:-1])
    codes = n_photos * positions * n_concepts * 2
    return Cost(
        seconds=FIXED_SECONDS + SLOWER * seconds_per_photo * n_photos,
        memory=FIXED_MEMORY + 2 * model_bytes + 3 * codes + 8 * BATCH * values * 4,
        disk=n_photos * (values * 2 + 2 * THUMBNAIL) + 2 * codes,
    )
