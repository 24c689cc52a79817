"""What a process keeps open for a run: the model and the photos, opened once."""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from concepts.data.images.photoset import PhotoSet
from concepts.data.others import WithOthers, part_of
from concepts.engine.analysis import load_model_of, open_request_items
from concepts.runs.looked import read_look
from concepts.runs.run import Run, RunClass, RunFolder

if TYPE_CHECKING:
    from concepts.data.dataset import Dataset
    from concepts.models.splitting.base import SplitModel


@dataclass(frozen=True)
class Bench:
    """A run, with its model and its photos or texts as they are first used."""

    folder: RunFolder

    @property
    def run(self) -> Run:
        return self.folder.run

    def open(self, *, model: bool) -> None:
        """Opens the photos, and the model where asked, unless they are open. Raises what opening them does."""
        _ = self.items
        if model:
            _ = self.split

    @cached_property
    def items(self) -> "Dataset[Any]":
        """All photos or texts. Raises ValueError where there are others by now than when the run began."""
        found = open_request_items(self.run.request, Path(self.run.store), within=self.run.within)
        if len(found) != self.run.n_items:
            raise ValueError(
                f"there are {len(found):,} photos by now, {self.run.n_items:,} when the run began: start another run"
            )
        return found

    @cached_property
    def split(self) -> "SplitModel":
        """The model."""
        return load_model_of(self.run.request, self.items)

    @cached_property
    def looked_at(self) -> "Dataset[Any]":
        """All photos, which know the digests that the look at them has found, so that none is read for these again."""
        for number in range(self.run.n_looks):
            found = read_look(self.folder, number)
            for i, digest in enumerate(found.digests, start=number * self.run.looked):
                photos, place = part_of(self.items, i)
                if digest is not None and isinstance(photos, PhotoSet):
                    photos.know_digests([(place, digest)])
        return self.items

    def items_of(self, each: RunClass) -> "Dataset[Any]":
        """What the report of a class is made of: as its request alone would open it."""
        request = self.folder.request_of(each)
        if not self.run.answered or self.run.shares:
            return self.looked_at
        own = open_request_items(replace(request, others=None), Path(self.run.store))
        base = self.looked_at
        return WithOthers(own, base.others if isinstance(base, WithOthers) else base)


def bench_of(folder: RunFolder) -> Bench:
    """The bench of a run in this process: the last one's model and photos are kept, until a command on the run names
    another store."""
    return _bench(str(folder.path), folder.run.key, folder.run.store)


@lru_cache(maxsize=1)
def _bench(folder: str, key: str, store: str) -> Bench:
    return Bench(RunFolder(Path(folder)))
