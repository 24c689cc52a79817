"""The report of one class of a run: its parts through the model, joined; the report; the stages go."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from concepts.activations.collect import Activations, collect_activations, place_of
from concepts.activations.joining import join_activations
from concepts.engine.allocator import giving_back_between_stages
from concepts.engine.analysis import report_of
from concepts.engine.result_owners import OwnedResult
from concepts.engine.upload_owners import claim
from concepts.report.folder import REPORT
from concepts.report.pipeline.selection import choose_photos, named_target
from concepts.runs.bench import Bench
from concepts.runs.run import RunClass, RunFolder
from concepts.storage.store import NoRoomError, discard
from concepts.storage.typed_json import Positive, read_typed, write_typed

if TYPE_CHECKING:
    from concepts.data.dataset import Dataset

Progress = Callable[[str, float], None]
PRUNED = 3  # times that a report begins again where its stages are gone


@dataclass(frozen=True)
class DoneClass:
    """The content of the file that says that a report stands. seconds: in which it was made of its parts."""

    label: str
    seconds: Positive


def encode_part(bench: Bench, each: RunClass, part: int) -> None:
    """Passes a part of the photos of a class through the model; it lies in the store of the class.

    Nothing is done where all parts are joined there: an earlier command on the run came so far.
    """
    chosen, store = items_in(bench, each), bench.folder.store_of(each)
    if not place_of(bench.split, chosen, store)[0].is_dir():
        _encoded(bench, chosen, store, part)


def make_report(bench: Bench, each: RunClass, progress: Progress) -> None:
    """Makes the report of a class, writes it, and removes its stages, unless all classes share them. One that stands is
    not made again.

    Another worker may do the same at the same time: the last report stays, whole, and where the other has removed the
    stages meanwhile, its report stands.
    """
    folder, begin = bench.folder, time.perf_counter()
    if not stands(folder, each):
        try:
            _make_until_stages_stay(bench, each, giving_back_between_stages(progress))
        except Exception:  # whatever a library says of a file that is gone
            if not stands(folder, each):
                raise
        else:
            write_typed(folder.done(each), DoneClass(each.label, time.perf_counter() - begin))
    if not bench.run.shares:
        discard(folder.store_of(each))


def stands(folder: RunFolder, each: RunClass) -> bool:
    """Whether the report of a class has been written in this run, and is still there."""
    try:
        read_typed(DoneClass, folder.done(each))
    except (OSError, ValueError):
        return False
    return (folder.report(each) / REPORT.file).is_file()  # it came whole: it is not read, of a thousand classes


def _make_until_stages_stay(bench: Bench, each: RunClass, progress: Progress) -> None:
    """Makes the report, and again where stages went meanwhile: a store that others share may be pruned by them."""
    for left in reversed(range(PRUNED + 1)):
        try:
            _make(bench, each, progress)
        except FileNotFoundError:
            if not left or stands(bench.folder, each):
                raise
        else:
            break


def _make(bench: Bench, each: RunClass, progress: Progress) -> None:
    store, request = bench.folder.store_of(each), bench.folder.request_of(each)
    if bench.run.n_parts(each) > 1:
        progress("activations", 0.0)
        _join(bench, each, store)
    report = report_of(request, bench.split, bench.items_of(each), store, progress)
    if bench.run.home is not None:
        claim(OwnedResult(bench.folder.report(each)), bench.run.home.owner)  # first: a report that is there has one
    report.save(bench.folder.report(each))


def items_in(bench: Bench, each: RunClass) -> "Dataset[Any]":
    """The photos that the report of a class is on, in its order."""
    request, items = bench.folder.request_of(each), bench.items_of(each)
    names, target = named_target(bench.split, items, request.target)
    return choose_photos(items, target, names, request.settings).photos


def _join(bench: Bench, each: RunClass, store: Path) -> None:
    """Makes the activations of a class from those of its parts, which go; a part that is missing is computed.

    Where a part can give none, such as one of damaged photos alone, this is left to one pass over all of them.
    """
    chosen = items_in(bench, each)
    if place_of(bench.split, chosen, store)[0].is_dir():
        return
    starts = range(0, len(chosen), bench.run.part)
    try:
        parts = [_encoded(bench, chosen, store, number) for number in range(len(starts))]
    except NoRoomError:
        raise
    except ValueError:
        return
    join_activations(bench.split, chosen, parts, starts, store)
    for part in parts:
        discard(part.folder)


def _encoded(bench: Bench, chosen: "Dataset[Any]", store: Path, part: int) -> Activations:
    start = part * bench.run.part
    subset = chosen.subset(range(start, min(start + bench.run.part, len(chosen))))
    return collect_activations(bench.split, subset, store, batch_size=bench.run.request.settings.batch_size)
