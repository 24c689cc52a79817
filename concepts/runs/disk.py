"""The disk that a run takes: for a time, and for good. Said before it starts, and refused where it is not there."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from concepts.data.dataset import ItemKind
from concepts.engine.cost import SHOWN, THUMBNAIL
from concepts.runs.run import PART, Run, RunClass

if TYPE_CHECKING:
    from concepts.models.splitting.base import SplitModel

GB, MB = 10**9, 10**6
CODE = 2  # bytes of a code
A_CLASS: dict[ItemKind, int] = {"images": 4_000_000, "texts": 1_000_000}  # crops, report.html, its page in the site


@dataclass(frozen=True)
class DiskNeed:
    """Estimated bytes. at_a_time: stages of the classes under way, in the store. for_good: the reports and the site."""

    at_a_time: int
    for_good: int

    @property
    def text(self) -> str:
        """Both in words."""
        return (
            f"about {written(self.at_a_time)} at a time for activations, {written(self.for_good)} for reports and site"
        )

    @property
    def most(self) -> int:
        """Bytes at the worst moment: the reports, and the last classes under way."""
        return self.at_a_time + self.for_good


@dataclass(frozen=True)
class Shape:
    """What decides how many bytes a photo or text takes: its places, channels of each, concepts, and its kind."""

    positions: int
    channels: int
    n_concepts: int
    kind: ItemKind

    @property
    def codes(self) -> int:
        """Bytes of an item's codes."""
        return self.positions * self.n_concepts * CODE

    def stages(self, copies: int) -> int:
        """Bytes of an item while its class is under way. copies: of its activations."""
        return copies * self.positions * self.channels * 2 + THUMBNAIL + 2 * self.codes

    @property
    def report(self) -> int:
        """Bytes of an item in its report."""
        return SHOWN[self.kind] + self.codes


def disk_need(run: Run, classes: Sequence[RunClass], split: "SplitModel", window: int) -> DiskNeed:
    """What the reports of these classes take. window: how many classes are under way at a time; of those that share
    their stages, one has some."""
    window = 1 if run.shares else window
    return need_of([each.n_items for each in classes], _shape(run, split), window=window, part=run.part)


def _shape(run: Run, split: "SplitModel") -> Shape:
    return Shape(split.n_positions, split.n_channels, run.request.settings.n_concepts, run.request.kind)


def need_of(sizes: Sequence[int], shape: Shape, *, window: int, part: int = PART) -> DiskNeed:
    """What reports of so many items each take. window: how many are under way at a time. part: items that pass through
    the model at once; for a while, a class of more has its activations twice, in parts and as they are joined."""
    stages = (n * shape.stages(2 if n > part else 1) for n in sizes)
    for_good = sum(sizes) * shape.report + len(sizes) * A_CLASS[shape.kind]
    return DiskNeed(sum(sorted(stages, reverse=True)[:window]), for_good)


def least_need(run: Run, split: "SplitModel") -> DiskNeed:
    """What the reports take at least where the model's answers will say which class an item is of: the items are the
    same however they fall, and there is one class at least, whose stages are none at best."""
    shape = _shape(run, split)
    return DiskNeed(0, run.n_items * shape.report + A_CLASS[shape.kind])


def has_room(run: Run, classes: Sequence[RunClass], split: "SplitModel", reports: Path) -> bool:
    """Whether the disks have room for the stages of these classes at a time, and for their reports.

    What is there of them already takes its room twice: near a full disk, fewer classes are under way. Stages that are
    shared need no more than the first one has made.
    """
    need = disk_need(run, classes, split, len(classes))
    if run.shares:
        need = replace(need, at_a_time=0)
    return not short_of_room(need, reports, Path(run.store))


def check_disk(need: DiskNeed, out: Path, store: Path, *, there: int = 0) -> None:
    """Raises ValueError where a disk has less room than is needed. there: bytes of stages that an earlier command has
    left, which are used."""
    store.mkdir(parents=True, exist_ok=True)
    need = replace(need, at_a_time=max(0, need.at_a_time - there))
    for folder, needed, free in short_of_room(need, out, store):
        raise ValueError(
            f"the run needs {written(needed)} in {folder}, where {written(free)} are free: make room, give fewer "
            "workers or classes, or name folders on another disk (--out, --store)"
        )


def short_of_room(need: DiskNeed, out: Path, store: Path) -> list[tuple[Path, int, int]]:
    """The folders whose disks have less room than is needed: (folder, bytes needed, bytes free)."""
    same = _device(out) == _device(store)
    places = [(out, need.most if same else need.for_good)] + ([] if same else [(store, need.at_a_time)])
    found = [(folder, needed, free_bytes(folder)) for folder, needed in places]
    return [each for each in found if each[2] < each[1]]


def _device(folder: Path) -> int:
    """The disk of a folder, which need not be there yet."""
    return _there(folder).stat().st_dev


def free_bytes(folder: Path) -> int:
    """The room on the disk of a folder, which need not be there yet."""
    return shutil.disk_usage(_there(folder)).free


def _there(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.exists())


def written(n_bytes: int) -> str:
    """Such as "1.3 GB", "20.0 MB"."""
    return f"{n_bytes / GB:,.1f} GB" if n_bytes >= GB else f"{n_bytes / MB:,.1f} MB"
