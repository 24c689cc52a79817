"""The disk that a run takes: for a time, and for good. Said before it starts, and refused where it is not there."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.engine.cost import SHOWN, THUMBNAIL
from concepts.runs.run import Run, RunClass

if TYPE_CHECKING:
    from concepts.models.splitting.base import SplitModel

GB, MB = 10**9, 10**6
CODE = 2  # bytes of a code


@dataclass(frozen=True)
class DiskNeed:
    """Bytes, estimated. at_a_time: stages of the classes under way, in the store. for_good: the reports."""

    at_a_time: int
    for_good: int

    @property
    def text(self) -> str:
        """Both in words."""
        return f"about {written(self.at_a_time)} at a time for activations, {written(self.for_good)} for the reports"


def disk_need(run: Run, classes: Sequence[RunClass], split: "SplitModel", window: int) -> DiskNeed:
    """What the reports of these classes take. window: how many classes are under way at a time."""
    positions, channels = split.n_positions, split.n_channels
    codes = positions * run.request.settings.n_concepts * CODE
    shown = SHOWN[run.request.kind]

    def stages(each: RunClass) -> int:
        copies = 2 if run.n_parts(each) > 1 else 1  # the parts, and both together as they are joined
        return each.n_items * (copies * positions * channels * 2 + THUMBNAIL + 2 * codes)

    largest = sorted(map(stages, classes), reverse=True)[:window]
    return DiskNeed(sum(largest), sum(each.n_items * (shown + codes) for each in classes))


def check_disk(need: DiskNeed, out: Path, store: Path) -> None:
    """Raises ValueError where a disk has less room than is needed."""
    store.mkdir(parents=True, exist_ok=True)
    same = out.stat().st_dev == store.stat().st_dev
    places = [(out, need.for_good + (need.at_a_time if same else 0))] + ([] if same else [(store, need.at_a_time)])
    for folder, needed in places:
        free = shutil.disk_usage(folder).free
        if free < needed:
            raise ValueError(
                f"the run needs {written(needed)} in {folder}, where {written(free)} are free: make room, give fewer "
                "workers or classes, or name folders on another disk (--out, --store)"
            )


def written(n_bytes: int) -> str:
    """Such as "1.3 GB", "20.0 MB"."""
    return f"{n_bytes / GB:,.1f} GB" if n_bytes >= GB else f"{n_bytes / MB:,.1f} MB"
